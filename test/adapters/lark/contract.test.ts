/** The Lark adapter against the contract that all adapters share: whole by webhook, its ears once more by long connection. */
import { type ContractException, platformContract } from '../contract.ts'
import { larkSocketSubject, larkSubject } from './subject.ts'

const inText = 'a slash command is an ordinary message on Lark: its name stands in the text'
const silent = 'an event is acknowledged without a reply: only card callbacks carry something, a toast and a card'
const ears: readonly ContractException[] = [
  { test: 'a slash command arrives as said, with its name', reason: inText },
  { test: 'a slash command with a Chinese name arrives with that name', reason: inText },
  { test: 'an edited message arrives as edited and names the message', reason: 'Lark tells no app of edits' },
  { test: 'a reply is carried in the answer wherever the event says it can be', reason: silent },
  { test: 'a reply carried in the answer is seen by the person alone and its buttons work', reason: silent },
]
const unlimited = 'Lark names no limit of age, and repeats a call for seven hours; repeats are known by their key'

platformContract('Lark', larkSubject, [
  ...ears,
  { test: 'a stale call is refused and never delivered', reason: unlimited },
  { test: 'a call from the future is refused and never delivered', reason: unlimited },
  {
    test: 'after a lost answer the message is found where it lies',
    reason: 'Lark cannot be asked for a key; a send is repeated under the same uuid instead',
  },
  { test: 'after a lost call the message is absent', reason: 'Lark cannot be asked for a key' },
  { test: 'hostile words in a reply carried in the answer stay words', reason: silent },
  {
    test: 'the largest form stays within limits',
    reason: 'a menu of 250 options is more than the 200 elements of a card: such a form is shown as a link to its page',
  },
])

const unsigned = 'frames come over a connection that was opened with our own secret: they carry no signature'
const unthrown = 'nobody waits for what a frame that cannot be read throws: it is logged and refused'
platformContract(
  'Lark by long connection',
  larkSocketSubject,
  [
    ...ears,
    { test: 'a forged call is refused and never delivered', reason: unsigned },
    { test: 'a stale call is refused and never delivered', reason: unsigned },
    { test: 'a call from the future is refused and never delivered', reason: unsigned },
    { test: 'an authentic call that cannot be read is told apart and never delivered', reason: unthrown },
    { test: 'an oversized call is refused and never delivered', reason: unthrown },
  ],
  ['receiving'],
)
