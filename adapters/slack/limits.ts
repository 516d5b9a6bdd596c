/** Every number that Slack imposes and we rely on, each with the page that says so. */
import type { PlatformLimits } from '#core/platform.ts'

/** Calls must be answered within 3 s; half a second is left for the network. https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
export const ANSWER_WITHIN_MS = 2_500
/** How far the timestamp of a signed call may be from our time, in either direction. https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const SIGNATURE_AGE_MAX_MS = 300_000
/** Larger bodies are not read. Slack names no limit; its own payloads stay under 100 kB, a view under 250 kB. */
export const BODY_BYTES_MAX = 1_000_000

/** A response URL lives 30 minutes (and takes 5 posts, which Slack counts). https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
export const RESPONSE_URL_LIVES_MS = 30 * 60_000
/** No documented call takes longer; what has not answered by then is unknown. */
export const CALL_TIMEOUT_MS = 8_000

/** https://docs.slack.dev/reference/block-kit/blocks; of the 50 blocks of a message a card of ours takes seven. */
export const VIEW_BLOCKS_MAX = 100
export const HEADER_CHARS_MAX = 150
export const SECTION_CHARS_MAX = 3_000
export const CONTEXT_ELEMENTS_MAX = 10
export const ACTION_ELEMENTS_MAX = 25
export const LABEL_CHARS_MAX = 2_000
export const HINT_CHARS_MAX = 2_000
export const ID_CHARS_MAX = 255
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const BUTTON_CHARS_MAX = 75
export const BUTTON_VALUE_CHARS_MAX = 2_000
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object; the value's limit is that of `@slack/types`. */
export const OPTION_CHARS_MAX = 75
export const OPTION_VALUE_CHARS_MAX = 75
export const OPTIONS_MAX = 100
export const OPTION_GROUPS_MAX = 100
export const PLACEHOLDER_CHARS_MAX = 150
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export const CONFIRM_TITLE_CHARS_MAX = 100
export const CONFIRM_TEXT_CHARS_MAX = 300
export const CONFIRM_BUTTON_CHARS_MAX = 30
/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
export const INPUT_CHARS_MAX = 3_000
/** https://docs.slack.dev/reference/block-kit/block-elements/file-input-element */
export const FILES_MAX = 10
/** https://docs.slack.dev/reference/views/modal-views */
export const VIEW_TITLE_CHARS_MAX = 24
export const PRIVATE_METADATA_CHARS_MAX = 3_000

/** The notification text: 4,000 recommended, 40,000 cut off. https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
export const TEXT_CHARS_MAX = 4_000
/** All blocks of a message as JSON; about 13,200 characters were measured, no page says so. https://github.com/slackapi/bolt-js/issues/2509 */
export const BLOCKS_JSON_CHARS_MAX = 12_800

/** https://docs.slack.dev/reference/methods/conversations.members, https://docs.slack.dev/reference/methods/conversations.history */
export const PAGE_ITEMS_MAX = 200
/** Pages looked through before we say that we cannot tell. */
export const PAGES_MAX = 5

/**
 * Names that Slack keeps for itself: it takes `/leave` before an app sees it, and one of them in a manifest makes Slack
 * refuse the whole list. https://slack.com/help/articles/201259356-Slash-commands-in-Slack and what apps were refused for.
 */
export const RESERVED_COMMANDS: readonly string[] = [
  'active',
  'apps',
  'archive',
  'away',
  'call',
  'canvas',
  'collapse',
  'dm',
  'dnd',
  'expand',
  'feed',
  'feedback',
  'huddle',
  'invite',
  'invite_people',
  'join',
  'kick',
  'leave',
  'list',
  'me',
  'msg',
  'mute',
  'open',
  'part',
  'pro',
  'prefs',
  'remind',
  'remove',
  'rename',
  'search',
  'shortcuts',
  'shrug',
  'star',
  'status',
  'topic',
  'unmute',
  'who',
]

export const limits: PlatformLimits = {
  answerWithinMs: ANSWER_WITHIN_MS,
  // chat.update names no age; a workspace may set one, and then says `edit_window_closed`.
  editWithinMs: Number.POSITIVE_INFINITY,
  // https://docs.slack.dev/apis/web-api/rate-limits: 1 message a second and channel, several hundred a minute and workspace.
  roomPace: { sends: 1, perMs: 1_000 },
  appPace: { sends: 240, perMs: 60_000 },
  buttonsMax: ACTION_ELEMENTS_MAX,
  textCharsMax: SECTION_CHARS_MAX,
  fileBytesMax: 1_000_000_000,
  forms: 'modal',
  afterUnknown: 'find',
  writeCommand: (said) => `/banzhang ${said}`,
  umbrellaCommand: 'banzhang',
  reservedCommands: RESERVED_COMMANDS,
}
