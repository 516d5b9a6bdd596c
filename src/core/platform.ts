/** What a chat platform must do for us: hear, speak and, where it can, correct itself. It knows no feature and no database. */
import type { Message } from './card.ts'
import type { Instant } from './clock.ts'
import type { Form, FormValues } from './form.ts'
import type { Locale, Text } from './i18n.ts'

/** A call from outside, as it arrived. `body` is the raw bytes: signatures are made over them. */
export interface RawRequest {
  readonly method: string
  /** Path with query, as `/slack/events?x=1`. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Real time of arrival: signature age is measured against it, never against the rehearsed clock. */
  readonly receivedAt: Instant
}
export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Where a message lies. `handle` is the platform's own means of changing it later (a response URL, a code); opaque, newest kept. */
export interface SentAs {
  /** The room on the platform, without the platform's name: `C0123ABC`. */
  readonly address: string
  readonly messageId: string
  readonly handle?: string
}

/** A file that somebody sent, as the platform names it. The bytes are fetched later, by a job: see {@link Platform.fetchFile}. */
export interface FileRef {
  /** The platform's own id of the file; with `handle`, what {@link Platform.fetchFile} needs to find it. At most 200 characters. */
  readonly id: string
  /** As the person's machine calls it: data, at most 255 characters. */
  readonly name: string
  /** What the platform claims; what it really is, is told by its content. */
  readonly mediaType?: string
  /** In bytes, when the platform says so. */
  readonly size?: number
  /** Where it lies, opaque to the engine: kept, never shown. */
  readonly handle?: string
  /** It was uploaded to a page of ours and lies with us: no platform is asked for it. Set by the engine alone, never by an adapter. */
  readonly upload?: true
}

/** A file to be sent. */
export interface OutgoingFile {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  /** The whole of it; at most {@link PlatformLimits.fileBytesMax}. Throws when it is kept no more. */
  read(): Promise<Uint8Array>
}

/** What every inbound event says of itself. */
interface Heard {
  /** The platform's own identity of the delivery, the same in every repeat: the key of deduplication. At most 200 characters. */
  readonly key: string
  /** The account on the platform. */
  readonly person: string
  readonly room: string
  readonly roomKind: 'direct' | 'group'
  /** The platform's language for this account, when it says so. */
  readonly locale?: Locale
  /** How to answer this event privately, and for how long; opaque to the engine. */
  readonly replyHandle?: string
  /**
   * What the answer to this delivery can carry: `message` (the reply itself), `errors` (form errors), `toast`, `form`.
   * What it cannot carry goes through the outbox.
   */
  readonly canCarry: readonly ('message' | 'errors' | 'toast' | 'form')[]
}

export type Incoming =
  /**
   * Typed to the bot: a slash command (`command` holds its name without the slash), a mention or a direct message; with
   * the files that came along, in which case `text` may be empty.
   */
  | (Heard & {
      readonly kind: 'said'
      readonly text: string
      readonly command?: string
      readonly messageId?: string
      readonly files?: readonly FileRef[]
    })
  | (Heard & {
      readonly kind: 'clicked'
      readonly action: string
      readonly value: string
      /** The option chosen, when a select fired. */
      readonly chosen?: string
      /** The message that carried the button, with the newest handle, and the key it was sent under when known. */
      readonly on: SentAs
      readonly sentKey?: string
    })
  | (Heard & {
      readonly kind: 'filled'
      readonly form: string
      readonly value: string
      readonly values: FormValues
      /** Of its file fields, by the id that the values name. */
      readonly files?: readonly FileRef[]
      /** The fields whose values are accounts on the platform: the engine turns them into our person ids. */
      readonly people?: readonly string[]
      /** The key that the message with the form was sent under, where forms are messages: what was taken is not taken twice. */
      readonly sentKey?: string
      readonly opened?: OpenedForm
    })
  /** A message that may have asked for something was changed afterwards. Runs nothing a second time. */
  | (Heard & { readonly kind: 'edited'; readonly messageId: string; readonly text: string })
  | (Heard & { readonly kind: 'deleted'; readonly messageId: string })

/** What an event is answered with, in the same exchange where the platform can. */
export interface Answer {
  /** Told to the person alone. */
  readonly message?: Message
  /** A word in passing; platforms without toasts drop it, so it never carries what must be known. */
  readonly toast?: string
  /** By field name, after `filled`: the form stays open. `""` is the form as a whole. */
  readonly errors?: Readonly<Record<string, string>>
  /** A form to show (where `canCarry` has `form`; elsewhere it went through {@link Platform.openForm}). */
  readonly form?: Form
  /** The key under which `message` lies in the outbox, to be carried like {@link Outgoing.key}. */
  readonly key?: string
}
/**
 * The edge's promise: resolves when the event is durable and handled, or at the platform's limit with an empty answer.
 * `left` comes from a long connection that learns only afterwards whether it could carry the answer: true once the answer
 * was written, false when the connection was gone before. It never rejects. Without it, an answer has left when it is given.
 */
export type Deliver = (event: Incoming, left?: Promise<boolean>) => Promise<Answer>

export interface OpenedForm {
  /** The platform's name for the open form (Slack: view id). */
  readonly handle: string
}

/** One message to one place. */
export interface Outgoing {
  /** Ours, unique; carried along so that a click, or a search after an unknown send, finds the row again. */
  readonly key: string
  readonly to: Recipient
  readonly message: Message
  /** In the reader's language: the adapter's own words (truncation, "more lines"). */
  readonly locale: Locale
  /** Accounts on this platform of the people that the message names, by our person id. */
  readonly accounts: Readonly<Record<string, string>>
  /** What `message.file` names, ready to be read; `message.text` is its caption. Then there is no card. */
  readonly file?: OutgoingFile
}
export type Recipient =
  /** A room the bot is in. `onlyFor`: shown to that account alone (ephemeral, or a direct message where there is none). */
  | { readonly room: string; readonly onlyFor?: string; readonly replyHandle?: string }
  /** A direct message to an account. */
  | { readonly account: string }

export interface PlatformLimits {
  /** How long an inbound call may wait for its answer, in milliseconds, with a margin for the network. */
  readonly answerWithinMs: number
  /** How long a message can be edited after it was sent, in milliseconds; `Infinity` where no limit is documented. */
  readonly editWithinMs: number
  /** Pace for one conversation: at most `sends` in `perMs`. */
  readonly roomPace: { readonly sends: number; readonly perMs: number }
  /** Pace for the whole app. */
  readonly appPace: { readonly sends: number; readonly perMs: number }
  readonly buttonsMax: number
  readonly textCharsMax: number
  /** The largest file it takes and gives, in bytes; 0 where it has none. */
  readonly fileBytesMax: number
  /**
   * How forms are shown: in a window of their own, inside a message, or as a page behind a link. The last two are messages
   * ({@link Message.form}): they leave through the outbox and need no {@link Platform.openForm}.
   */
  readonly forms: 'modal' | 'card' | 'page'
  /** After an unknown send: can the platform be asked, is repeating harmless, or neither. */
  readonly afterUnknown: 'find' | 'repeat' | 'list'
  /** With `repeat`: how long after the first try a repeat under the same key is harmless, in milliseconds of real time; for ever when absent. */
  readonly repeatWithinMs?: number
  /** How a command is written there, for help: `/banzhang leave 3 days`. `name` is the command's first name in that language. */
  readonly writeCommand: (said: string) => string
  /** The one command that takes every other behind it there, as `banzhang`; absent where each is typed by its own name. */
  readonly umbrellaCommand?: string
  /** Words that the platform keeps for itself, so that they cannot be commands there. */
  readonly reservedCommands: readonly string[]
}

export interface CheckResult {
  readonly what: string
  readonly ok: boolean
  /** What was found, and when not ok the remedy. */
  readonly detail: string
}

/** A command as a menu shows it. */
export interface CommandEntry {
  /** Without a slash: `leave`; `请假` in a Chinese menu. */
  readonly name: Text
  readonly description: Text
}

/** How it stands with a platform, as far as this process has seen: nobody is asked for it. */
export interface Health {
  readonly ok: boolean
  /** How it is connected; when not ok what is wrong, and the remedy. */
  readonly detail: string
  /** Real time since which it is so. */
  readonly since: Instant
}

export interface Account {
  readonly account: string
  readonly name?: string
  readonly email?: string
}
/** Somebody in the platform's own directory, as its administrators keep it. */
export interface DirectoryPerson extends Account {
  readonly mobile?: string
  readonly staffNo?: string
  /** The names of their departments as the platform has them; none when it has no departments. */
  readonly departments: readonly string[]
  /** False for those who were deactivated or have resigned, where the platform still lists them. */
  readonly active: boolean
}
export interface Directory {
  /**
   * Everybody whom the app may see. Complete or an error, never half of it: who is missing here has left.
   * Throws `PlatformError`.
   */
  people?(signal: AbortSignal): Promise<readonly DirectoryPerson[]>
  byEmail?(email: string, signal: AbortSignal): Promise<Account | undefined>
  byMobile?(mobile: string, signal: AbortSignal): Promise<Account | undefined>
  members?(room: string, signal: AbortSignal): Promise<readonly Account[]>
  /** The bot's own account: where `members` does not name it, it cannot speak. */
  self?(signal: AbortSignal): Promise<Account>
}

export interface Platform {
  /** First part of every address on it: `slack` in `slack:C0123ABC`. */
  readonly name: string
  readonly limits: PlatformLimits
  /** The paths that its calls come in on, as `/slack/events`. */
  readonly paths: readonly string[]
  /**
   * Takes one call: verifies it, decodes it, hands each event to `deliver` and awaits it, and gives the HTTP answer that
   * carries what the platform can carry. Sends nothing, touches no database. Throws `PlatformError('not-authentic')`
   * for what is forged, stale or from the future, and {@link MalformedCall} for what cannot be read.
   */
  receive(request: RawRequest, deliver: Deliver): Promise<HttpAnswer>
  /**
   * Long connections: acknowledges each event when `deliver` has resolved. Ends when `signal` aborts, after what is in
   * hand was acknowledged; a connection that breaks is made again and never ends it.
   */
  listen?(deliver: Deliver, signal: AbortSignal): Promise<void>
  /** The platform gives its connection to one process alone and throws out the one before: only who holds the lease listens. */
  readonly listensAlone?: true
  /** How the rooms begin that only the process with the connection can speak in; absent while that is this one, and where every process can. */
  roomsOutOfReach?(): string | undefined
  /**
   * Shows a form, first a placeholder at once, then (with `opened`) the real one or, as `message`, why there is none.
   * Absent where the answer carries forms or where a form is a page. Never retried.
   */
  openForm?(
    event: Incoming,
    show: { form: Form; locale?: Locale } | { placeholder: Locale } | { message: Message; locale: Locale },
    opened?: OpenedForm,
  ): Promise<OpenedForm>
  /** Puts one message out and says where it now lies. Throws `PlatformError`. */
  send(message: Outgoing, signal: AbortSignal): Promise<SentAs>
  /** Replaces a message; gives the place and handle that hold from now on. Throws `PlatformError('gone')` when it can no longer change. */
  edit?(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  /** After an unknown send: is a message with this key there? */
  find?(message: Outgoing, since: Instant, signal: AbortSignal): Promise<SentAs | 'absent' | 'cannot-tell'>
  /**
   * Fetches what somebody sent. Called by a job, after the event was handled. Throws `PlatformError`: `gone` when it was
   * deleted there, `refused` when the app may not read it, `rate-limited` and `not-sent` when it can be tried again.
   */
  fetchFile?(file: FileRef, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  readonly directory?: Directory
  /**
   * Makes a room with these accounts and the bot in it, where apps make their own. @returns its address.
   * Throws `PlatformError`.
   */
  createRoom?(
    room: { readonly name: string; readonly accounts: readonly string[] },
    signal: AbortSignal,
  ): Promise<string>
  /** Tells the platform which commands there are, for its menu or its panel; what was there before is replaced. Throws `PlatformError`. */
  publishCommands?(commands: readonly CommandEntry[], signal: AbortSignal): Promise<readonly CheckResult[]>
  /** Is the address real? Rehearsal refuses real ones. True for the vendor's hosts, false for the simulator and fakes on loopback. */
  readonly reachesPeople: boolean
  check(signal: AbortSignal): Promise<readonly CheckResult[]>
  /**
   * Not ok while its connection is down, and from a call that refused our token until one that took it. Answers at once;
   * for readiness, metrics and alerts. Absent where nothing can go wrong between us.
   */
  health?(): Health
  /** Frees sockets and timers. */
  close?(): Promise<void>
}

/** A call that is authentic but cannot be read: answered 400 and counted. */
export class MalformedCall extends Error {
  override readonly name = 'MalformedCall'
}
