/** The Slack adapter against the contract that all adapters share. It has no exceptions. */
import { platformContract } from '../contract.ts'
import { slackSubject } from './subject.ts'

platformContract('Slack', slackSubject, [])
