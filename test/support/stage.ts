/** A platform as people use it, for stories: what they type, press and fill in, and what they then see. */
import type { Platform } from '../../src/core/platform.ts'

/** One of the bot's messages as a person sees it now. */
export interface Shown {
  /** Stable while the message changes. */
  readonly id: string
  readonly room: 'direct' | 'channel'
  readonly words: string
  readonly buttons: readonly string[]
  readonly options: readonly string[]
  readonly onlyForMe: boolean
  /** Files that can be opened there; absent where there are none. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}
/** A file in somebody's hand. */
export interface SentFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}
export interface OpenForm {
  readonly title: string
  readonly fields: readonly string[]
}

export interface Stage {
  readonly platform: Platform
  /** The account of a member of staff there. */
  account(staffNo: string): string
  /** Types to the bot: in a direct message, or in the channel after a mention. @returns a name for what was said, to edit it */
  say(staffNo: string, text: string, room: 'direct' | 'channel', files?: readonly SentFile[]): Promise<string>
  /** Types a command with a slash, where the platform has those: the command's own way of writing it. */
  command(staffNo: string, text: string, room: 'direct' | 'channel'): Promise<void>
  shown(staffNo: string): Promise<readonly Shown[]>
  press(staffNo: string, id: string, label: string): Promise<void>
  choose(staffNo: string, id: string, option: string): Promise<void>
  form(staffNo: string): OpenForm | undefined
  /** By the field's name. @returns the errors, by field; empty when it was taken */
  fill(
    staffNo: string,
    values: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<Readonly<Record<string, string>>>
  toasts(staffNo: string): readonly string[]
  edit(staffNo: string, said: string, text: string): Promise<void>
  remove(staffNo: string, said: string): Promise<void>
  close(): Promise<void>
}
/** What a stage needs of the product behind it. */
export interface Backstage {
  /** Hands an event to the app; set once the app is made. */
  deliver: import('../../src/core/platform.ts').Deliver
  now(): number
}
