/** Hours in which somebody does not want to be spoken to unasked. Pure. */
import type { Instant } from '../clock.ts'
import { addDays, civilDateAt, instantAt } from './civil.ts'

/** Civil times of the person's own zone, `22:00`. With `until` before `from` they run over midnight; the two are never the same. */
export interface QuietHours {
  readonly from: string
  readonly until: string
}

/**
 * When the quiet hours that hold at `at` are over; undefined when none hold. They hold from their first instant on, and no
 * more at their last: exactly at the end one may speak.
 * @param zone IANA; throws `RangeError` for an unknown one
 */
export function quietUntil({ from, until }: QuietHours, zone: string, at: Instant): Instant | undefined {
  const today = civilDateAt(at, zone)
  for (const date of [addDays(today, -1), today]) {
    const end = instantAt(from < until ? date : addDays(date, 1), until, zone)
    if (instantAt(date, from, zone) <= at && at < end) return end
  }
  return undefined
}

/** One end: an hour of the clock, with minutes or without, and the part of the day where it was said. */
const TIME =
  '(上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|晚|夜里|早)?\\s*(\\d{1,2})(?:\\s*[:点时]\\s*(\\d{2}|半)?)?\\s*分?\\s*(am|pm)?'
const HOURS = new RegExp(`^(?:从|from)?\\s*${TIME}\\s*(?:-|–|—|~|到|至|to|until)\\s*(?:次日|第二天)?\\s*${TIME}$`, 'i')

/**
 * Quiet hours as people write them: `22:00-08:00`, `22 - 8`, `晚上10点到早上8点`, `10pm to 7:30am`. Undefined for anything
 * else, and for two times that are the same.
 */
export function readQuietHours(said: string): QuietHours | undefined {
  const text = said.normalize('NFKC').replaceAll('鐘', '').replaceAll('点钟', '点').replaceAll('點', '点').trim()
  const match = HOURS.exec(text)
  if (!match) return undefined
  const from = timeIn(match.slice(1, 5))
  const until = timeIn(match.slice(5, 9))
  return from === undefined || until === undefined || from === until ? undefined : { from, until }
}

function timeIn([part, hour, minute, half]: readonly (string | undefined)[]): string | undefined {
  const n = Number(hour)
  const isLate = /下午|傍晚|晚|夜/.test(part ?? '') || half?.toLowerCase() === 'pm'
  const isEarly = /早|凌晨|上午/.test(part ?? '') || half?.toLowerCase() === 'am'
  // 晚上12点 and 12am are midnight, 12pm is noon.
  const midnight = n === 12 && (isEarly || (isLate && half === undefined && !/下午/.test(part ?? '')))
  const full = midnight || n === 24 ? 0 : isLate && n < 12 ? n + 12 : n
  const minutes = minute === '半' ? 30 : Number(minute ?? 0)
  if (full > 23 || minutes > 59) return undefined
  return `${String(full).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}
