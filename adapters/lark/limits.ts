/** Every number that Lark imposes and we rely on, each with the page that says so. Pages are named below https://open.feishu.cn/document. */
import { MINUTE_MS } from '#core/clock.ts'
import type { PlatformLimits } from '#core/platform.ts'

/** Events and card callbacks must be answered within 3 s; half a second is left for the network. /uAjLw4CM/ukTMukTMukTM/event-subscription-guide/overview */
export const ANSWER_WITHIN_MS = 2_500
/** Larger bodies are not read. Lark names no limit; a message of 150 kB, escaped and encrypted, stays below. */
export const BODY_BYTES_MAX = 1_000_000
/** No documented call takes longer; what has not answered by then is unknown. */
export const CALL_TIMEOUT_MS = 8_000
/** What an upload or a download may take besides, by its size: slower than this, in bytes a second, it is given up. */
export const PACE_MIN_BYTES_PER_S = 100_000

/** `tenant_access_token` lives two hours, and a new one is given in its last half hour. /server-docs/authentication-management/access-token/tenant_access_token_internal */
export const TOKEN_MARGIN_MS = 5 * MINUTE_MS

/** A card's request may have 30 KB (230025), with room for what stands round the card. /server-docs/im-v1/message/create */
export const CARD_BYTES_MAX = 28_000
/** A post has the same bound. /server-docs/im-v1/message-content-description/create_json */
export const POST_BYTES_MAX = 28_000
/** Elements of a card, of which every object with a `tag` is counted (11310). /uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-structure */
export const CARD_ELEMENTS_MAX = 200
/** A body of a card as we cut it; Lark names none but the bytes. */
export const TEXT_CHARS_MAX = 6_000
/** A title is cut after four lines. /uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-components/containers/title */
export const TITLE_CHARS_MAX = 150
export const SUMMARY_CHARS_MAX = 200
/** No page names a bound for these; longer ones cannot be read on a phone. */
export const BUTTON_CHARS_MAX = 60
export const OPTION_CHARS_MAX = 60
export const LABEL_CHARS_MAX = 300
export const CONFIRM_TITLE_CHARS_MAX = 100
export const CONFIRM_TEXT_CHARS_MAX = 300
/** /uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-components/interactive-components/input */
export const INPUT_CHARS_MAX = 1_000
/** A toast is a line or two on a phone; no page names a bound. */
export const TOAST_CHARS_MAX = 300

/** A key against doubles, for one hour. /server-docs/im-v1/message/create */
export const UUID_CHARS_MAX = 50
/** Minutes are left for the clock and the last try. */
export const REPEAT_WITHIN_MS = 55 * MINUTE_MS
/** A card can be changed for 14 days (230031). /server-docs/im-v1/message-card/patch */
export const EDIT_WITHIN_MS = 14 * 24 * 60 * MINUTE_MS
/** /server-docs/im-v1/file/create */
export const FILE_BYTES_MAX = 30 * 1024 * 1024
/** /server-docs/im-v1/image/create */
export const IMAGE_BYTES_MAX = 10 * 1024 * 1024

/** /server-docs/group/chat-member/get */
export const MEMBERS_PAGE_MAX = 100
/** /server-docs/contact-v3/user/find_by_department, /server-docs/contact-v3/department/children */
export const CONTACT_PAGE_MAX = 50
/** A bound against a page token that never ends; no department comes near. */
export const PAGES_MAX = 1_000
/** Commands of an app. */
export const COMMANDS_MAX = 100

/** An address to connect to, and the connection itself, are given at once; what has not come by then is no connection. */
export const CONNECT_WITHIN_MS = 15_000
/** After a ping without any answer for so long, the connection is dead. The SDK asks for seconds. */
export const PONG_WITHIN_MS = 10_000
/** How long a stop waits for what is in hand; each handler has {@link ANSWER_WITHIN_MS}. */
export const STOP_WITHIN_MS = 10_000
/** Waits between failed connections: this, twice, four times … at most the last. */
export const RECONNECT_FIRST_MS = 1_000
export const RECONNECT_MAX_MS = 60_000
/** A connection that lived shorter than this counts as a failed one: or we would open connections as fast as they break. */
export const STEADY_AFTER_MS = 10_000

export const limits: PlatformLimits = {
  answerWithinMs: ANSWER_WITHIN_MS,
  editWithinMs: EDIT_WITHIN_MS,
  // 5 a second for a chat, shared with every other bot in it, and for a person; 50 a second and 1,000 a minute for the app.
  // /server-docs/im-v1/message/create
  // Over the border of two windows four leave in a second, never more than the five that it takes.
  roomPace: { sends: 2, perMs: 1_000 },
  appPace: { sends: 16, perMs: 1_000 },
  buttonsMax: 20,
  textCharsMax: TEXT_CHARS_MAX,
  fileBytesMax: FILE_BYTES_MAX,
  forms: 'card',
  afterUnknown: 'repeat',
  repeatWithinMs: REPEAT_WITHIN_MS,
  writeCommand: (said) => `/${said}`,
  reservedCommands: [],
}
