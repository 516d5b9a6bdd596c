/** Every number that WeCom imposes and we rely on, each with the page that says so (`path/N` of https://developer.work.weixin.qq.com/document/). */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#core/clock.ts'
import type { PlatformLimits } from '#core/platform.ts'

/** WeCom waits 5 s for an answer and then calls again, up to three times; a second is left for the network. path/90930 */
export const ANSWER_WITHIN_MS = 4_000
/** Larger bodies are not read. WeCom names no limit; a text of 2,048 bytes makes a call of 4 kB. */
export const BODY_BYTES_MAX = 200_000
/** No documented call takes longer; what has not answered by then is unknown. */
export const CALL_TIMEOUT_MS = 8_000
/** Slower than this an upload or a download is given up, in bytes a second; each has {@link CALL_TIMEOUT_MS} besides. */
export const TRANSFER_PACE_MIN = 100_000

/** A text, to a member, a group or by webhook: longer ones are cut by WeCom without a word. path/90236, path/90248, path/91770 */
export const TEXT_BYTES_MAX = 2_048
/** Texts that one message of ours may become; the rest is left out and counted. Ours: a member takes 30 messages a minute. */
export const TEXTS_MAX = 4

/** Template cards: "suggested at most", in characters as wide as a Chinese one. path/90236 */
export const TITLE_WIDTH_MAX = 36
export const SUB_TITLE_WIDTH_MAX = 160
export const FIELD_NAME_WIDTH_MAX = 5
export const FIELD_VALUE_WIDTH_MAX = 30
export const BUTTON_WIDTH_MAX = 10
export const OPTION_WIDTH_MAX = 16
export const VOTE_TITLE_WIDTH_MAX = 16
export const VOTE_OPTION_WIDTH_MAX = 17
/** Hard limits of template cards. path/90236 */
export const FIELDS_MAX = 6
export const BUTTONS_MAX = 6
export const OPTIONS_MAX = 10
export const VOTE_OPTIONS_MAX = 20
export const BUTTON_KEY_BYTES_MAX = 1_024
export const OPTION_ID_BYTES_MAX = 128
/** Cards of twenty options that one menu may become. Ours. */
export const VOTE_CARDS_MAX = 5

/** A response code changes a card once, within 72 h. path/94888 */
export const RESPONSE_CODE_LIVES_MS = 72 * HOUR_MS
/** The longest that WeCom looks back for the same request: 4 h. Up to {@link DUPLICATE_CHECK_VARIANTS} s less are asked for. path/90236 */
export const DUPLICATE_CHECK_MAX_S = 14_400
export const DUPLICATE_CHECK_VARIANTS = 1_024
/** Well inside the shortest interval asked for: three and a half hours. */
export const REPEAT_WITHIN_MS = 3.5 * HOUR_MS

/** 30 messages a minute and 1,000 an hour from one app to one member; what is more is dropped without a word. One is left. path/90236 */
export const MEMBER_PACE = [
  { sends: 29, perMs: MINUTE_MS },
  { sends: 999, perMs: HOUR_MS },
]
/** 20 messages a minute by one webhook. path/91770 */
export const HOOK_PACE = [{ sends: 19, perMs: MINUTE_MS }]

/** A token lives two hours and may be revoked before; it is asked for anew five minutes early. path/91039 */
export const TOKEN_MARGIN_MS = 5 * MINUTE_MS

/** path/90253 */
export const FILE_BYTES_MAX = 20 * 1024 * 1024
export const IMAGE_BYTES_MAX = 10 * 1024 * 1024
export const FILE_BYTES_MIN = 6

/** `appchat/create`: 2 to 2,000 members, the app itself counted; a name of 50 characters. path/90245 */
export const ROOM_MEMBERS_MIN = 2
export const ROOM_MEMBERS_MAX = 1_999
export const ROOM_NAME_CHARS_MAX = 50

/** `menu/create`: 3 times 5 entries. path/90231 */
export const MENU_GROUPS_MAX = 3
export const MENU_ENTRIES_MAX = 5
export const MENU_GROUP_BYTES_MAX = 16
export const MENU_ENTRY_BYTES_MAX = 40
export const MENU_KEY_BYTES_MAX = 128

/**
 * Looking people up by mobile or e-mail is blocked for a day when more than a fifth of the headcount was not found
 * (path/95402, path/95895): each answer is kept for an hour, and no more than so many are asked for in one.
 */
export const LOOK_UP_KEPT_MS = HOUR_MS
export const LOOK_UPS_AN_HOUR = 60

export const limits: PlatformLimits = {
  answerWithinMs: ANSWER_WITHIN_MS,
  editWithinMs: RESPONSE_CODE_LIVES_MS,
  // At most 30 in any minute for one member: two of one window and fourteen windows of two more. What one press brings, a
  // change of its card and a notice, leaves at once. Messages of several parts, and a webhook's 20, are guarded in pace.ts.
  roomPace: { sends: 2, perMs: 4_500 },
  // 10,000 calls a minute are allowed (path/90312), and 200 messages a day for each account of the enterprise, whose number we do not know.
  appPace: { sends: 300, perMs: 60 * SECOND_MS },
  buttonsMax: BUTTONS_MAX,
  textCharsMax: Math.floor((TEXT_BYTES_MAX * TEXTS_MAX) / 3) - 100,
  fileBytesMax: FILE_BYTES_MAX,
  forms: 'page',
  afterUnknown: 'repeat',
  repeatWithinMs: REPEAT_WITHIN_MS,
  writeCommand: (said) => said,
  reservedCommands: [],
}
