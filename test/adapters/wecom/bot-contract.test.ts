/** The WeCom smart bot, the second way in, against the contract that all adapters share. */
import { type ContractException, type ContractTest, platformContract } from '../contract.ts'
import { botSubject } from './bot-subject.ts'

const because = (reason: string, ...tests: readonly ContractTest[]): readonly ContractException[] =>
  tests.map((test) => ({ test, reason }))

platformContract('WeCom smart bot', botSubject, [
  ...because(
    'WeCom has no slash commands: what begins with a slash is text like any other',
    'a slash command arrives as said, with its name',
    'a slash command with a Chinese name arrives with that name',
  ),
  ...because(
    'forms are pages of ours: they come in by http/forms and not from WeCom',
    'a submitted form arrives with its value and its fields by name',
    'several people in a form arrive as a list',
    'form errors are carried in the answer, and the form stays open',
    'an error of the form as a whole is seen too',
    'a form with every kind of field is drawn, its fields in order',
    'the largest form stays within limits',
  ),
  ...because(
    'WeCom tells a bot of no edit and of no recall',
    'an edited message arrives as edited and names the message',
    'a deleted message arrives as deleted and names the message',
  ),
  ...because('WeCom tells no name of a file', 'a file arrives with the message it was sent with, and can be fetched'),
  ...because(
    'nobody calls the bot: it has dialled out itself, by TLS and with its secret, and nothing on that line is signed',
    'a forged call is refused and never delivered',
    'a stale call is refused and never delivered',
    'a call from the future is refused and never delivered',
    'an authentic call that cannot be read is told apart and never delivered',
    'an oversized call is refused and never delivered',
  ),
  ...because(
    'a frame takes no answer: replies leave through the outbox, which can tell whether they arrived',
    'a reply is carried in the answer wherever the event says it can be',
    'a reply carried in the answer is seen by the person alone and its buttons work',
    'hostile words in a reply carried in the answer stay words',
  ),
  ...because(
    'frames are not acknowledged, and WeCom repeats none: what was not handled is told in the log',
    'what the handler throws makes the platform repeat',
  ),
  ...because(
    'a card of the bot changes only in answer to a click on it, within five seconds; otherwise it gets a successor',
    'a sent card is replaced by its edit, in its place',
  ),
  ...because(
    'WeCom tells no wait with its number, but on its page: one minute',
    'a rate limit is told with the wait that the platform asks for',
    'a rate limit without a wait is told as a rate limit',
  ),
  ...because('the number for a server that is busy says that nothing was done', 'a server error is told as unknown'),
  ...because(
    'WeCom cannot be asked what lies in a conversation',
    'after a lost answer the message is found where it lies',
    'after a lost call the message is absent',
  ),
  ...because(
    'nothing is tried: a connection that the check opens would throw out the one that works',
    'a check that finds something wrong says what to do',
  ),
  ...because(
    'WeCom has no way to escape markdown: what could be markup is written with its full-width twin, which is no markup',
    'hostile words in a text stay words',
    'hostile words anywhere in a card stay words',
  ),
  ...because(
    'no page says that the markdown of the bot can mention somebody: people are named',
    'a person with an account is mentioned, one without is named',
  ),
  ...because(
    'the small print of a card stands above its fields and its buttons: WeCom has no place below them',
    'the parts of a card keep their order',
  ),
])
