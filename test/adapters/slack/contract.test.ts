/** The Slack adapter against the contract that all adapters share: whole by HTTP, its ears once more by Socket Mode. */
import { platformContract } from '../contract.ts'
import { slackSocketSubject, slackSubject } from './subject.ts'

platformContract('Slack', slackSubject, [])

const unsigned =
  'frames come over a connection that was opened with our own token: they carry no signature and have no age'
const unthrown = 'nobody waits for what a frame that cannot be read throws: it is logged and not acknowledged'
platformContract(
  'Slack in Socket Mode',
  slackSocketSubject,
  [
    { test: 'a forged call is refused and never delivered', reason: unsigned },
    { test: 'a stale call is refused and never delivered', reason: unsigned },
    { test: 'a call from the future is refused and never delivered', reason: unsigned },
    { test: 'an authentic call that cannot be read is told apart and never delivered', reason: unthrown },
    { test: 'an oversized call is refused and never delivered', reason: unthrown },
  ],
  ['receiving'],
)
