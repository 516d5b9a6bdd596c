/** Every number of the smart bot that WeCom imposes and we rely on; `/101463` is https://developer.work.weixin.qq.com/document/path/101463. */
import { HOUR_MS, MINUTE_MS } from '#core/clock.ts'

/** A reply to an event, a changed card included, is taken for 5 s; half a second is left for the network. /101027 */
export const EVENT_ANSWER_MS = 4_500
/** A message of markdown, in bytes. /101463 */
export const MARKDOWN_BYTES_MAX = 20_480
/** Messages that one text of ours may become; the rest is left out and counted. Ours: a conversation takes 30 a minute. */
export const TEXTS_MAX = 4
/** What one conversation takes from the bot: 30 messages a minute and 1,000 an hour. /101463 */
export const CHAT_PACE = [
  { sends: 30, perMs: MINUTE_MS },
  { sends: 1_000, perMs: HOUR_MS },
]
/** After one of the two was exceeded nothing is taken for a minute. /90312 */
export const BLOCKED_MS = 60_000
/** Where files lie for 5 minutes. /100719 */
export const FILE_LIVES_MS = 300_000
/** A file that somebody sends. /100719 */
export const FILE_RECEIVED_BYTES_MAX = 100_000_000
/** A card's texts, "suggested at most", in characters as wide as a Chinese one: narrower than the app's. /101032 */
export const TITLE_WIDTH_MAX = 26
export const SUB_TITLE_WIDTH_MAX = 112
export const FIELD_VALUE_WIDTH_MAX = 26
export const OPTION_WIDTH_MAX = 10

/** All in milliseconds of real time. */
export interface BotTiming {
  /** A connection that was not accepted by then is none. */
  readonly connectWithinMs: number
  /** WeCom recommends a ping every half minute; after two without an answer the connection is dead. /101463 */
  readonly pingEveryMs: number
  /** Waits between failed connections: this, twice, four times … at most the last. */
  readonly reconnectFirstMs: number
  readonly reconnectMaxMs: number
  /** A connection that lived shorter than this counts as a failed one. */
  readonly steadyAfterMs: number
  /** Somebody else took the connection: it is not fought over, or each would throw the other out for ever. */
  readonly thrownOutMs: number
  /** How long a stop waits for the answers to what was sent. Together with the waits of the lease less than its grace. */
  readonly drainWithinMs: number
  /** How long a stop waits for handlers. */
  readonly stopWithinMs: number
  /** How long the download of a file may take. */
  readonly downloadWithinMs: number
}
export const BOT_TIMING: BotTiming = {
  connectWithinMs: 10_000,
  pingEveryMs: 30_000,
  reconnectFirstMs: 1_000,
  reconnectMaxMs: 60_000,
  steadyAfterMs: 10_000,
  thrownOutMs: 300_000,
  drainWithinMs: 2_000,
  stopWithinMs: 10_000,
  downloadWithinMs: 120_000,
}
