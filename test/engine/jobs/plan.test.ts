/** What of a stretch of time is run and what is left out: every occurrence gets exactly one of the two. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../../src/core/clock.ts'
import type { CatchUp } from '../../../src/engine/feature.ts'
import { LATE_AT_ONCE_MAX, planOf } from '../../../src/engine/jobs/plan.ts'

const NOW = Date.parse('2026-09-28T12:00:00+08:00')
const ago = (minutes: number) => NOW - minutes * MINUTE_MS
const plan = (minutesAgo: readonly number[], missed: CatchUp['missed'], freshForMinutes = 60) => {
  const { run, skip } = planOf(minutesAgo.map(ago), NOW, { missed, freshForMinutes })
  const minutes = (due: number) => (NOW - due) / MINUTE_MS
  return [
    ...run.map(({ due, late }) => `${minutes(due)} ${late ? 'late' : 'run'}`),
    ...skip.map(({ due, reason }) => `${minutes(due)} ${reason}`),
  ]
}

describe('what was missed', () => {
  it.each<[string, number[], CatchUp['missed'], string[]]>([
    ['one in its minute', [0], 'once', ['0 run']],
    ['one in its minute, catching up nothing', [0], 'skip', ['0 run']],
    ['exactly 5 minutes is not late', [5], 'skip', ['5 run']],
    ['a moment more is', [5.001], 'once', ['5.001 late']],
    ['a moment more, catching up nothing', [5.001], 'skip', ['5.001 missed']],
    ['exactly as old as allowed', [60], 'once', ['60 late']],
    ['a moment older', [60.001], 'each', ['60.001 stale']],
    ['several, once', [90, 50, 40, 30], 'once', ['30 late', '90 stale', '50 superseded', '40 superseded']],
    ['several, once, the newest in time', [50, 2], 'once', ['2 run', '50 superseded']],
    ['several, each', [90, 50, 2], 'each', ['50 late', '2 run', '90 stale']],
    ['several, skip', [90, 50, 4, 2], 'skip', ['4 run', '2 run', '90 stale', '50 missed']],
    ['none', [], 'each', []],
  ])('%s', (_, minutesAgo, missed, expected) => {
    expect(plan(minutesAgo, missed)).toEqual(expected)
  })

  it('is not late but stale when the freshness is shorter than 5 minutes', () => {
    expect(plan([4, 3, 2], 'each', 3)).toEqual(['3 run', '2 run', '4 stale'])
  })

  it('is decided once for every occurrence, the older of too many first, and repeated looks end', () => {
    const dues = fc.uniqueArray(fc.nat(600), { maxLength: 60 }).map((minutes) => minutes.map(ago).sort((a, b) => a - b))
    const modes = fc.constantFrom('once', 'each', 'skip')
    fc.assert(
      fc.property(dues, modes, fc.nat(600), (all, missed, freshForMinutes) => {
        const decided: number[] = []
        let rest = all
        let looks = 0
        for (let until = 0; until < NOW; looks++) {
          const one = planOf(rest, NOW, { missed, freshForMinutes })
          expect(one.run.filter(({ late }) => late).length).toBeLessThanOrEqual(LATE_AT_ONCE_MAX)
          const dealt = [...one.run, ...one.skip].map(({ due }) => due)
          expect(dealt.toSorted((a, b) => a - b)).toEqual(rest.filter((due) => due <= one.until))
          decided.push(...dealt)
          until = one.until
          rest = rest.filter((due) => due > until)
        }
        expect(decided.sort((a, b) => a - b)).toEqual(all)
        expect(looks).toBeLessThanOrEqual(1 + all.length / LATE_AT_ONCE_MAX)
      }),
    )
  })
})
