/** The WeCom app against the contract that all adapters share: in a group that it made, and once more where its cards are. */
import { type ContractException, type ContractTest, platformContract } from '../contract.ts'
import { wecomDirectSubject, wecomSubject } from './subject.ts'

const because = (reason: string, ...tests: readonly ContractTest[]): readonly ContractException[] =>
  tests.map((test) => ({ test, reason }))

const noWait = because(
  'WeCom says that it was too much and never for how long to wait',
  'a rate limit is told with the wait that the platform asks for',
)
const cannotFind = because(
  'WeCom cannot be asked what lies in a conversation: the same request is repeated instead, which it shows once',
  'after a lost answer the message is found where it lies',
  'after a lost call the message is absent',
)
const noEphemeral = because(
  'nothing that is said in a group reaches the app, so there is no mention to answer',
  'a private answer to an event is seen by that person alone',
)

platformContract(
  'WeCom',
  wecomSubject,
  [
    ...because(
      'WeCom has no slash commands: what begins with a slash is text like any other',
      'a slash command arrives as said, with its name',
      'a slash command with a Chinese name arrives with that name',
    ),
    ...because('an app hears nothing of what is said in groups', 'a mention in a group arrives without the mention'),
    ...because(
      'forms are pages of ours: they come in by http/forms and not from WeCom',
      'a submitted form arrives with its value and its fields by name',
      'several people in a form arrive as a list',
      'form errors are carried in the answer, and the form stays open',
      'an error of the form as a whole is seen too',
    ),
    ...because(
      'WeCom tells an app of no edit and of no recall',
      'an edited message arrives as edited and names the message',
      'a deleted message arrives as deleted and names the message',
    ),
    ...because(
      'WeCom tells no name of a picture, and takes no other file to an app',
      'a file arrives with the message it was sent with, and can be fetched',
    ),
    ...because(
      'WeCom names no age after which a call is too old, and signs its repeats anew: the inbox knows them by their key',
      'a stale call is refused and never delivered',
      'a call from the future is refused and never delivered',
    ),
    ...because(
      'an answer carries nothing: replies leave through the outbox, which can tell whether they arrived',
      'a reply is carried in the answer wherever the event says it can be',
      'a reply carried in the answer is seen by the person alone and its buttons work',
    ),
    ...noWait,
    ...cannotFind,
    ...noEphemeral,
    ...because('WeCom changes nothing that was said in a group', 'a sent card is replaced by its edit, in its place'),
  ],
  ['receiving', 'sending'],
)

platformContract(
  'WeCom, in the conversation with the app',
  wecomDirectSubject,
  [
    ...noWait,
    ...cannotFind,
    ...noEphemeral,
    ...because(
      'the small print of a card stands above what can be pressed: WeCom has no place below the buttons',
      'the parts of a card keep their order',
    ),
    ...because(
      'there are no mentions in the conversation with the app',
      'a person with an account is mentioned, one without is named',
    ),
    ...because(
      'an answer carries nothing: replies leave through the outbox',
      'hostile words in a reply carried in the answer stay words',
    ),
    ...because(
      'forms are pages of ours: see test/http/forms.test.ts',
      'a form with every kind of field is drawn, its fields in order',
      'the largest form stays within limits',
    ),
  ],
  ['sending', 'rendering'],
)
