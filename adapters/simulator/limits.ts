/** The simulator's numbers. Nobody imposes them: they are wide enough to be out of the way and narrow enough to be bounds. */
import { SECOND_MS } from '#core/clock.ts'
import type { PlatformLimits } from '#core/platform.ts'

export const limits: PlatformLimits = {
  answerWithinMs: 10 * SECOND_MS,
  editWithinMs: Number.POSITIVE_INFINITY,
  roomPace: { sends: 50, perMs: SECOND_MS },
  appPace: { sends: 200, perMs: SECOND_MS },
  buttonsMax: 5,
  // A page scrolls: nothing is cut.
  textCharsMax: Number.POSITIVE_INFINITY,
  fileBytesMax: 20 * 1024 * 1024,
  forms: 'modal',
  afterUnknown: 'find',
  writeCommand: (said) => `/${said}`,
  reservedCommands: [],
}

/** Files in one message. */
export const FILES_MAX = 10
export const FILE_NAME_CHARS_MAX = 200
/** What one person can say in one message, in characters. */
export const SAID_CHARS_MAX = 4_000
/** What a browser may post in one call, in bytes: a form with its longest texts fits well. */
export const BODY_BYTES_MAX = 65_536
/** What a text field holds when the form does not say, in characters. */
export const FIELD_CHARS_MAX = 3_000
/** Messages kept for each room; the oldest go first. */
export const ROOM_MESSAGES_MAX = 500
/** Messages handed out at once when a room is opened. */
export const PAGE_MESSAGES_MAX = 150
/** Forms that wait to be sent; the oldest is given up first. */
export const OPEN_FORMS_MAX = 200
/** Buttons and options that a card has ever offered and that may still be clicked late. */
export const OFFERED_MAX = 200
/** The chat file is rewritten with what is still kept when it grows beyond this, in bytes. */
export const STORE_BYTES_MAX = 5 * 1024 * 1024
/** Browser panes that listen at once. */
export const STREAMS_MAX = 60
/** Changes that a returning pane is told one by one; after more than that it loads its room again. */
export const RESUME_CHANGES_MAX = 300
/** How often a quiet stream says that it is alive, and tells the clock. */
export const HEARTBEAT_MS = 15 * SECOND_MS
/** How often the page hears the clock while it is being moved. */
export const MOVING_TICK_MS = SECOND_MS / 4
/** How far the clock moves in one go at most, in days. */
export const ADVANCE_DAYS_MAX = 366
/** How long people and rooms are believed before the host is asked again, in milliseconds of real time. */
export const DIRECTORY_FRESH_MS = 2 * SECOND_MS
