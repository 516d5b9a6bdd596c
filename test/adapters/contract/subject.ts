/** What an adapter's author hands to the contract suite: the platform, and the hands and eyes of its people on a fake of it. */
import type { Form, FormValues } from '#core/form.ts'
import type { Deliver, Platform } from '#core/platform.ts'

/** Something a person does on the platform. The same `id` again is the same delivery, repeated. */
export type Gesture = { readonly id: string } & (
  | { readonly kind: 'direct'; readonly text: string; readonly files?: readonly SentFile[] }
  /** `command` without a slash, as people write it there, with what follows it. */
  | { readonly kind: 'command'; readonly command: string; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string }
  /** Said in a group and not addressed to the bot. */
  | { readonly kind: 'chatter'; readonly text: string }
  /** The platform tells the bot of a message that the bot itself has sent to the direct room. */
  | { readonly kind: 'own'; readonly text: string }
  | { readonly kind: 'click'; readonly on: Shown; readonly label: string }
  | { readonly kind: 'choose'; readonly on: Shown; readonly option: string }
  | { readonly kind: 'submit'; readonly form: ShownForm; readonly values: FormValues }
  /** `of` is the id of a `direct` gesture made before. */
  | { readonly kind: 'edit'; readonly of: string; readonly text: string }
  | { readonly kind: 'delete'; readonly of: string }
)

/** A file in somebody's hand. */
export interface SentFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** What may be wrong with a call that claims to come from the platform. */
export type Spoilt = 'forged' | 'stale' | 'from the future' | 'malformed' | 'oversized'

/** A message as the platform's people see it. */
export interface Shown {
  readonly messageId: string
  readonly room: string
  /** The account that alone sees it. */
  readonly onlyFor?: string
  /** Every word that can be read, in the order of reading, as it appears on the screen. */
  readonly words: string
  /** What the platform would act on: `mention:U1`, `link:https://…`, `everyone`, `bold:…`. Words alone are not live. */
  readonly live: readonly string[]
  readonly buttons: readonly string[]
  readonly options: readonly string[]
  /** Files that can be opened there, with what is in them. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** The platform's limits that it breaks, in words; empty when it breaks none. */
  readonly problems: readonly string[]
}
export interface ShownForm {
  readonly id: string
  readonly title: string
  /** In the order of reading. */
  readonly fields: readonly { readonly name: string; readonly label: string }[]
  readonly problems: readonly string[]
}

/** What the platform makes of the answer to a gesture. */
export interface Seen {
  /** False when the platform takes it for a failure and delivers again, or tells the person that it failed. */
  readonly accepted: boolean
  /** A message carried in the answer itself. */
  readonly message?: Shown
  /** Errors beside the fields of the form that stays open. */
  readonly errors?: Readonly<Record<string, string>>
}

/** How the next call to the platform ends. */
export type Failure =
  /** Refused for now; the platform asks to wait {@link RETRY_AFTER_MS}. */
  | 'rate-limited'
  /** Refused for now without saying for how long. */
  | 'rate-limited, wait unknown'
  /** Refused for good: bad content or a missing right. */
  | 'refused'
  /** The room or person is not there any more. */
  | 'gone'
  /** Nobody listens at the address. */
  | 'unreachable'
  /** Done, but the answer does not arrive in time. */
  | 'answer late'
  /** Done, but the connection breaks before the answer. */
  | 'answer lost'
  /** Not done, and the connection breaks. */
  | 'call lost'
  | 'server error'
  /** An answer in a language that the platform does not speak, as a proxy's error page. */
  | 'gibberish'

export const RETRY_AFTER_MS = 7_000

export interface ContractSubject {
  readonly platform: Platform
  /** The account that makes the gestures, and one that only watches. */
  readonly person: string
  readonly other: string
  /** The person's direct room with the bot, and a group that both accounts and the bot are in. */
  readonly direct: string
  readonly group: string
  /** The gestures that exist on this platform; tests that go through all of them take these. */
  readonly gestures: readonly Gesture['kind'][]
  /**
   * Carries the gesture to the bot the platform's way and waits for its answer. Rejects with what `receive` threw.
   * `spoilt` makes the call not what it claims to be.
   */
  perform(gesture: Gesture, deliver: Deliver, spoilt?: Spoilt): Promise<Seen>
  /** Everything that the bot has put on the platform and that is still there, oldest first, as it looks now. */
  shown(): readonly Shown[]
  /** Has the form shown to the person, by whatever way the platform has. */
  showForm(form: Form): Promise<ShownForm>
  fail(how: Failure): void
  close(): Promise<void>
}
