/** What a button for a likely answer says is what the parser reads from it again. */
import { describe, expect, it } from 'vitest'
import type { Period } from '../../../src/core/command-args.ts'
import { readAnswer } from '../../../src/core/parser/understand.ts'
import { agreedIn, likelyOf } from '../../../src/engine/inbox/candidates.ts'

const moment = { today: '2026-09-28', time: '09:00', holidays: [] }
const vocabulary = { commands: [], choices: {}, people: [] }
const PERIODS: readonly [Period, string, string][] = [
  [{ amount: { halfDays: 10 } }, '5天', '5 days'],
  [{ amount: { halfDays: 1 } }, '0.5天', '0.5 days'],
  [{ amount: { halfDays: 2 } }, '1天', '1 day'],
  [{ from: '2026-09-29', amount: { halfDays: 14 } }, '9月29日（周二） 7天', 'Tue 29 Sep 7 days'],
  [{ from: '2026-10-12', to: '2026-10-16' }, '10月12日（周一）到10月16日（周五）', 'Mon 12 Oct to Fri 16 Oct'],
  [
    { from: '2026-10-12', to: '2026-10-12', fromTime: '14:00', toTime: '16:00' },
    '10月12日（周一） 14:00到16:00',
    'Mon 12 Oct 14:00 to 16:00',
  ],
  [
    { from: '2026-10-12', to: '2026-10-12', fromHalf: 'morning', toHalf: 'morning' },
    '10月12日（周一） 上午',
    'Mon 12 Oct morning',
  ],
  [
    { from: '2026-10-12', to: '2026-10-13', fromHalf: 'afternoon', toHalf: 'morning' },
    '10月12日（周一） 下午到10月13日（周二） 上午',
    'Mon 12 Oct afternoon to Tue 13 Oct morning',
  ],
]

describe.each(PERIODS)('%o', (period, zh, en) => {
  it('is shown as a person would say it', () => {
    expect(likelyOf(period, 'zh-CN').label).toBe(zh)
    expect(likelyOf(period, 'en').label).toBe(en)
  })

  it.each(['zh-CN', 'en'] as const)('is read back from what its button stands for in %s', (locale) => {
    expect(readAnswer(likelyOf(period, locale).said, { kind: 'period' }, vocabulary, moment)).toEqual({ value: period })
  })
})

it('keeps what all meanings agree in', () => {
  const from = '2026-09-29'
  expect(
    agreedIn([
      { from, amount: { halfDays: 10 } },
      { from, amount: { halfDays: 14 } },
    ]),
  ).toEqual({ from })
  expect(agreedIn([{ from: '2026-09-30' }, { from }])).toEqual({})
  expect(agreedIn(['personal', 'annual'])).toEqual({})
  expect(agreedIn([])).toEqual({})
})
