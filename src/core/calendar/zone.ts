/** Time zones: which there are, and how far each is from UTC at an instant. Reads no zone of the process. */
import { Temporal } from 'temporal-polyfill'
import { DAY_MS, type Instant } from '../clock.ts'

/** True for an IANA time zone this runtime knows (`Asia/Shanghai`); bare offsets as `+08:00` are refused, for they hide summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/**
 * Offset of `zone` from UTC at an instant, in ms. The days on which the offset stays the same, nearly all, are remembered:
 * a zone look-up costs 10 µs, and a month's sheet of ten thousand people asks a million times.
 */
export function offsetMsAt(instant: Instant, zone: string): number {
  const days = offsetsOf(zone)
  const day = Math.floor(instant / DAY_MS)
  let known = days.get(day)
  if (known === undefined) {
    const start = lookUpOffsetMs(day * DAY_MS, zone)
    known = start === lookUpOffsetMs((day + 1) * DAY_MS, zone) ? start : CHANGES
    if (days.size >= OFFSET_DAYS_MAX) days.clear()
    days.set(day, known)
  }
  return known === CHANGES ? lookUpOffsetMs(instant, zone) : known
}

const CHANGES = 'changes'
const OFFSET_DAYS_MAX = 4_000
const OFFSET_ZONES_MAX = 64
const offsets = new Map<string, Map<number, number | typeof CHANGES>>()

function offsetsOf(zone: string): Map<number, number | typeof CHANGES> {
  const known = offsets.get(zone)
  if (known !== undefined) return known
  if (!isZone(zone)) throw new RangeError(`${zone} is not a time zone: write an IANA name, as Asia/Shanghai`)
  if (offsets.size >= OFFSET_ZONES_MAX) offsets.clear()
  const made = new Map<number, number | typeof CHANGES>()
  offsets.set(zone, made)
  return made
}

function lookUpOffsetMs(instant: Instant, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
}

/** The first instant after the gap that swallows a wall time, which is given as if it were UTC. Throws when there is no gap. */
export function endOfGap(localMs: number, zone: string): Instant {
  const wall = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime()
  const end = wall.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')
  if (end === null) throw new RangeError(`${wall.toString()} does not exist in ${zone}`)
  return end.epochMilliseconds
}
