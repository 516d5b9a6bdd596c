/** A platform on loopback, as the people of a soak use it, and as it breaks. */
import type { RawRequest } from '../../src/core/platform.ts'
import type { Deed } from './plan.ts'

export interface Ground {
  readonly name: string
  /** Settings that point the product at it. */
  readonly env: Readonly<Record<string, string>>
  join(staffNo: string, name: string): void
  account(staffNo: string): string
  /** Commands have a call of their own, and its answer carries the reply. */
  readonly answersCommands: boolean
  /** Tells the bot when somebody changes what they said. */
  readonly tellsEdits: boolean
  /** A card that was said once is changed for ever; elsewhere a new one may take its place. */
  readonly keepsCards: boolean
  /** What carries a deed to the bot, each time that it is delivered. Undefined while the card that it presses is not there. */
  request(deed: Deed): RawRequest | undefined
  /** The same again, signed at this instant of real time. */
  signed(request: RawRequest, at: number): RawRequest
  /** What the answer to somebody's command shows them. */
  keepAnswer(staffNo: string, body: string): void
  /** Whether the card with `token` was shown to them, with or without buttons. */
  isShown(staffNo: string, token: string): boolean
  /** How often the bot has called it. */
  calls(): number
  /** The next call goes wrong. @param roll from 0 to 1: in which way @returns the way's name */
  breakNext(roll: number): string
  /** Its time goes on. */
  advance(ms: number): void
  /** Everything that the bot has said to people, in the order in which it came, as it is now. */
  said(): readonly Said[]
  /** The names under which what a row of the outbox says may lie. @param message the platform's own name, when it gave one */
  namesOf(row: {
    readonly key: string
    readonly conversation: string
    readonly message: string | null
  }): readonly string[]
  close(): Promise<void>
}

export interface Said {
  /** Its name there, as the bot was told; our own key where an answer carried it. */
  readonly name: string
  readonly staffNo: string
  readonly words: string
}
