/** Who decides and how early it is asked for: thresholds at their limit and one beyond, with the values of the rulebook. */
import { describe, expect, it } from 'vitest'
import type { Period } from '../../../src/core/command-args.ts'
import { type About, refusal, terms } from './asker.ts'

type PolicyIn = NonNullable<About['policy']>

/** Mall platform, LEAVE-01 to LEAVE-08. */
const MALL: PolicyIn = {
  types: {
    personal: {},
    annual: {},
    sick: { decision: 'none', tells: ['supervisor'], retrospectiveDays: 3 },
    marriage: {},
  },
  chains: [
    { steps: ['supervisor', 'manager-role'], rule: 'LEAVE-05' },
    {
      types: ['personal', 'annual'],
      from: 3,
      steps: ['supervisor', 'manager-role', 'general-manager'],
      rule: 'LEAVE-06',
    },
    { types: ['marriage'], steps: ['head'], rule: 'LEAVE-07' },
  ],
  notice: [
    { types: ['personal'], days: 3, rule: 'LEAVE-05' },
    { types: ['personal', 'annual'], from: 3, days: 10, rule: 'LEAVE-06' },
    { types: ['marriage'], months: 1, rule: 'LEAVE-07' },
    { types: ['sick'], hours: 1, rule: 'LEAVE-01' },
  ],
}
const days = (from: string, n: number): Period => ({ from, amount: { halfDays: n * 2 } })
const steps = (period: Period, type: string, policy: PolicyIn = MALL) => terms(period, { type, policy }).steps

describe('the chain', () => {
  it('of LEAVE-05 has two steps below three days, that of LEAVE-06 three from exactly three', () => {
    expect(steps(days('2026-10-12', 2.5), 'personal')).toEqual(['supervisor', 'manager-role'])
    expect(steps(days('2026-10-12', 3), 'personal')).toEqual(['supervisor', 'manager-role', 'general-manager'])
  })

  it('of LEAVE-12 has its two steps for any leave', () => {
    const centre: PolicyIn = { chains: [{ steps: ['cs-manager', 'general-manager'], rule: 'LEAVE-12' }] }
    for (const n of [0.5, 1, 30])
      expect(steps(days('2026-10-12', n), 'personal', centre)).toEqual(['cs-manager', 'general-manager'])
  })

  it('takes above: as beyond the number, and from: with it', () => {
    const chains = [{ steps: ['a'] }, { from: 3, steps: ['b'] }, { above: 3, steps: ['c'] }]
    expect([2.5, 3, 3.5].map((n) => steps(days('2026-10-12', n), 'personal', { chains }))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ])
  })

  it('prefers the one that names the type, and of equal ones the later', () => {
    const chains = [{ types: ['personal'], steps: ['named'] }, { steps: ['all'] }, { steps: ['later'] }]
    expect(steps(days('2026-10-12', 1), 'personal', { chains })).toEqual(['named'])
    expect(steps(days('2026-10-12', 1), 'annual', { chains })).toEqual(['later'])
  })

  it('measures by the leave’s own days, or by every day from first to last where the policy says so', () => {
    const by = (lengthIn: 'countedDays' | 'calendarDays'): PolicyIn => ({
      chains: [{ steps: ['short'] }, { from: 3, lengthIn, steps: ['long'] }],
    })
    const overWeekend: Period = { from: '2026-10-16', to: '2026-10-19' }
    expect(steps(overWeekend, 'personal', by('countedDays'))).toEqual(['short'])
    expect(steps(overWeekend, 'personal', by('calendarDays'))).toEqual(['long'])
  })

  it('has no step where nobody decides (LEAVE-01)', () => {
    expect(steps({ from: '2026-09-29' }, 'sick')).toEqual([])
  })
})

describe('notice', () => {
  it('of LEAVE-05: exactly three days ahead passes, two are refused with the earliest day', () => {
    expect(
      terms(days('2026-10-08', 1), { type: 'personal', policy: MALL, now: '2026-10-05T09:00:00+08:00' }).late,
    ).toEqual([])
    const found = refusal(() =>
      terms(days('2026-10-08', 1), { type: 'personal', policy: MALL, now: '2026-10-06T09:00:00+08:00' }),
    )
    expect(found).toMatchObject({
      rule: 'LEAVE-05',
      field: 'from',
      words:
        'Personal leave of 1 day has to be asked for 3 days ahead; Thu 8 Oct is too soon. The earliest first day is Fri 9 Oct. If it is urgent, talk to your manager.',
    })
    expect(found.zh).toMatch(/要提前3天申请.*最早可以从10月9日（周五）开始/)
  })

  it('of LEAVE-06: three days need exactly ten days, two and a half do not', () => {
    const at = (n: number, now: string) => () =>
      terms(days('2026-10-19', n), { type: 'annual', policy: MALL, now: `${now}T09:00:00+08:00` })
    expect(at(3, '2026-10-09')).not.toThrow()
    expect(refusal(at(3, '2026-10-10')).rule).toBe('LEAVE-06')
    expect(at(2.5, '2026-10-10')).not.toThrow()
  })

  it('names the rule that asks for the latest day when two are not met', () => {
    expect(refusal(() => terms(days('2026-09-29', 3), { type: 'personal', policy: MALL }))).toMatchObject({
      rule: 'LEAVE-06',
      words: expect.stringMatching(/10 days ahead.*Thu 8 Oct/),
    })
  })

  it('of LEAVE-07: one month to the day, and the last day of a shorter month', () => {
    const at = (from: string, now: string) => () =>
      terms(days(from, 1), { type: 'marriage', policy: MALL, now: `${now}T09:00:00+08:00` })
    expect(at('2026-10-28', '2026-09-28')).not.toThrow()
    expect(refusal(at('2026-10-27', '2026-09-28'))).toMatchObject({
      rule: 'LEAVE-07',
      words: expect.stringMatching(/1 month ahead/),
    })
    expect(at('2026-11-30', '2026-10-31')).not.toThrow()
    expect(at('2027-01-29', '2026-12-29')).not.toThrow()
  })

  it('of LEAVE-01: one hour before work passes, a minute later is refused, or only recorded', () => {
    const at =
      (now: string, policy = MALL) =>
      () =>
        terms({ from: '2026-09-29' }, { type: 'sick', policy, now: `2026-09-29T${now}:00+08:00` })
    expect(at('08:00')).not.toThrow()
    expect(refusal(at('08:01'))).toMatchObject({
      rule: 'LEAVE-01',
      words: expect.stringMatching(/1 hour before work begins \(Tue 29 Sep, 09:00\)/),
    })
    const recorded: PolicyIn = {
      ...MALL,
      notice: [{ types: ['sick'], hours: 1, whenShort: 'record', rule: 'LEAVE-01' }],
    }
    expect(at('08:01', recorded)().late).toMatchObject([{ met: false, rule: { rule: 'LEAVE-01' } }])
  })

  it('counts working days where the policy says so: over National Day only they pass', () => {
    const policy: PolicyIn = { notice: [{ days: 2, in: 'workingDays' }] }
    const at = (from: string) => () =>
      terms(days(from, 1), { type: 'personal', policy, now: '2026-09-30T09:00:00+08:00' })
    expect(at('2026-10-09')).not.toThrow()
    expect(refusal(at('2026-10-08')).words).toMatch(/2 working days ahead.*Fri 9 Oct/)
  })

  it('looks at the first day that counts: a leave that begins on a holiday is missed only after it', () => {
    expect(() =>
      terms(
        { from: '2026-10-01', to: '2026-10-08' },
        { type: 'personal', policy: MALL, now: '2026-09-30T09:00:00+08:00' },
      ),
    ).not.toThrow()
  })
})
