/** A change replaces what it says and leaves the rest. */
import { describe, expect, it } from 'vitest'
import type { Span } from '../../../src/core/calendar/count.ts'
import type { Period } from '../../../src/core/command-args.ts'
import { amendedPeriod } from '../../../src/features/leave/rules/amend.ts'

const THREE_DAYS = { span: { from: '2026-09-29', to: '2026-10-08' }, amount: { halfDays: 6, restMinutes: 0 } }
const MORNING = {
  span: { from: '2026-09-29', to: '2026-09-29', toHalf: 'morning' } as Span,
  amount: { halfDays: 1, restMinutes: 0 },
}
const HOURS = {
  span: { from: '2026-09-29', to: '2026-09-29', fromTime: '14:00', toTime: '16:00' },
  amount: { halfDays: 0, restMinutes: 120 },
}

describe('a change of a request', () => {
  it.each<[string, typeof THREE_DAYS | typeof MORNING | typeof HOURS, Period, Period]>([
    [
      '改成2天 keeps the first day',
      THREE_DAYS,
      { amount: { halfDays: 4 } },
      { from: '2026-09-29', amount: { halfDays: 4 } },
    ],
    ['改成周四 keeps the amount', THREE_DAYS, { from: '2026-10-15' }, { from: '2026-10-15', amount: { halfDays: 6 } }],
    [
      'both ends replace both',
      THREE_DAYS,
      { from: '2026-10-15', to: '2026-10-16' },
      { from: '2026-10-15', to: '2026-10-16' },
    ],
    [
      'a day and an amount replace both',
      THREE_DAYS,
      { from: '2026-10-15', amount: { halfDays: 2 } },
      { from: '2026-10-15', amount: { halfDays: 2 } },
    ],
    ['a new end keeps the beginning', THREE_DAYS, { to: '2026-10-09' }, { from: '2026-09-29', to: '2026-10-09' }],
    ['a morning stays a morning', MORNING, { from: '2026-10-15' }, { from: '2026-10-15', fromHalf: 'morning' }],
    ['改成下午 stays on its day', MORNING, { fromHalf: 'afternoon' }, { from: '2026-09-29', fromHalf: 'afternoon' }],
    [
      'hours move with their hours',
      HOURS,
      { from: '2026-10-15' },
      { from: '2026-10-15', fromTime: '14:00', toTime: '16:00' },
    ],
    [
      'hours that become days forget the time',
      HOURS,
      { amount: { halfDays: 2 } },
      { from: '2026-09-29', amount: { halfDays: 2 } },
    ],
    [
      'more hours begin at the same time',
      HOURS,
      { amount: { minutes: 180 } },
      { from: '2026-09-29', fromTime: '14:00', amount: { minutes: 180 } },
    ],
    ['nothing said about time keeps all of it', HOURS, {}, HOURS.span],
  ])('%s', (_, old, said, expected) => {
    expect(amendedPeriod(old, said)).toEqual(expected)
  })
})
