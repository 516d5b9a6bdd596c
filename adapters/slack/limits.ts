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
/** The address behind a button. https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const LINK_CHARS_MAX = 3_000
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

/** A file, up or down: 1 GB. A workspace may set less, and then says `file_upload_size_restricted`. https://slack.com/help/articles/201330736-Add-files-to-Slack */
export const FILE_BYTES_MAX = 1_000_000_000
/** Slower than this an upload is given up, in bytes a second; an upload of any size has {@link CALL_TIMEOUT_MS} besides. */
export const UPLOAD_PACE_MIN = 100_000
/** How long Slack may take to show a file that it was told to share: it checks the file first, and names no time. https://github.com/slackapi/bolt-js/issues/2115 */
export const SHARING_TAKES_MS = 60_000
/** Redirects that a download follows, within Slack's own hosts. */
export const REDIRECTS_MAX = 3

/** Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode. `hello` comes at once; what has not said it by then is no connection. */
export const HELLO_WITHIN_MS = 10_000
/** How long our close frame may stay unanswered before the socket is cut. */
export const CLOSE_WITHIN_MS = 1_000
/** How long a stop waits for what is in hand; each handler has {@link ANSWER_WITHIN_MS}. */
export const STOP_WITHIN_MS = 10_000
/** Waits between failed connections: this, twice, four times … at most the last. `apps.connections.open` takes 50 a minute (tier 3). */
export const RECONNECT_FIRST_MS = 1_000
export const RECONNECT_MAX_MS = 60_000
/** A connection that lived shorter than this counts as a failed one: or we would open connections as fast as they break. */
export const STEADY_AFTER_MS = 10_000
/** Slack answers pings at once; after this a socket without an answer is dead. The SDK's own default. */
export const PONG_WITHIN_MS = 5_000
/** Slack pings every few seconds; after so long without one the socket is dead. The SDK's own default. */
export const PING_WITHIN_MS = 30_000

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
  fileBytesMax: FILE_BYTES_MAX,
  forms: 'modal',
  afterUnknown: 'find',
  writeCommand: (said) => `/banzhang ${said}`,
  umbrellaCommand: 'banzhang',
  reservedCommands: RESERVED_COMMANDS,
}
