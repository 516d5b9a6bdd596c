/** What the bot would make of sentences: the real answer, and no effect at all. */
import { describe, expect, it } from 'vitest'
import { command, defineFeature } from '../../src/engine/feature.ts'
import { department, rowCounts, WAYS } from './support.ts'

const say = (text: string) => () => text
const broken = defineFeature({
  name: 'broken',
  commands: [
    command({
      id: 'broken.fall',
      names: { en: ['stumble'], zh: ['摔倒'] },
      permission: 'inbox.talk',
      args: {},
      help: { line: say('stumbles'), examples: { en: ['stumble'], 'zh-CN': ['摔倒'] } },
      run: async (ctx) => {
        await ctx.sql('SELECT no_such_column FROM person')
        return {}
      },
    }),
    command({
      id: 'broken.forbidden',
      names: { en: ['open sesame'], zh: ['芝麻开门'] },
      permission: 'broken.open',
      args: {},
      help: { line: say('opens'), examples: { en: ['open sesame'], 'zh-CN': ['芝麻开门'] } },
      run: async () => ({ message: { text: 'open' } }),
    }),
  ],
})

describe.each(WAYS)('understand, through %s', (way) => {
  const here = department(way, { moreFeatures: [broken] })
  const json = async (sentences: string, words = '--as S3 --json') => {
    const { out, ...rest } = await here.ops(`understand ${words}`, { stdin: sentences })
    return {
      ...rest,
      said: out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    }
  }

  it('gives a request with its dates, its minutes and what the person would read', async () => {
    const { code, said } = await json('明天请两天事假\n')
    expect(code).toBe(0)
    expect(said).toMatchObject([
      {
        sentence: '明天请两天事假',
        intent: 'command',
        command: 'leave.request',
        via: 'sentence',
        values: { type: 'personal', period: { from: '2026-09-29', amount: { halfDays: 4 } } },
        facts: { minutes: 960, halfDays: 4, span: { from: '2026-09-29', to: '2026-09-30' }, steps: ['supervisor'] },
        reply: expect.stringContaining('2天'),
        choices: ['提交', '修改', '放弃'],
      },
    ])
    expect(said[0].facts.days.map((day: { minutes: number }) => day.minutes)).toEqual([480, 480])
  })

  it('stores nothing and sends nothing, whatever is said', async () => {
    const before = await rowCounts(here.test)
    const { said } = await json('请假 3天\n请病假一周\n2月30日请假\n请假记录\n帮助\n/laeve\n早上好\n')
    expect(said).toHaveLength(7)
    expect(await rowCounts(here.test)).toEqual(before)
    expect(await here.app.outbox.pump(new AbortController().signal)).toBe(0)
  })

  it('gives each sentence the same answer, whatever was said before it', async () => {
    const { said } = await json('请假 3天\n请假 3天\n')
    const [first, second] = said.map(({ reply: _, ...rest }) => rest)
    expect(second).toEqual(first)
  })

  it('gives what it would ask, with the likely answers', async () => {
    const { said } = await json('请病假一周\n2月30日请事假\n')
    expect(said[0]).toMatchObject({
      command: 'leave.request',
      ask: [
        { arg: 'period', why: 'ambiguous', candidates: [{ amount: { halfDays: 10 } }, { amount: { halfDays: 14 } }] },
      ],
      choices: ['5天', '7天', '取消'],
    })
    expect(said[1]).toMatchObject({
      ask: [{ why: 'impossible', problem: 'no-such-date', said: '2月30日' }],
      reply: expect.stringContaining('2月30日'),
    })
  })

  it('gives the refusal and the rule behind it, in the language of whoever speaks', async () => {
    const { code, said } = await json('明天起请事假5天')
    expect(code).toBe(0)
    expect(said).toMatchObject([
      { command: 'leave.request', refusal: { rule: 'LEAVE-06', text: expect.stringContaining('10天') } },
    ])
    expect(said[0]).not.toHaveProperty('reply')
    const english = await json('leave 5 days personal from tomorrow', '--as S4 --json')
    expect(english.said).toMatchObject([
      { refusal: { rule: 'LEAVE-06', text: expect.stringMatching(/10 (calendar )?days/) } },
    ])
  })

  it('refuses what this person may not do', async () => {
    const { said } = await json('/open sesame')
    expect(said).toMatchObject([
      { intent: 'command', command: 'broken.forbidden', refusal: { text: expect.stringContaining('broken.open') } },
    ])
    expect((await json('/open sesame', '--as S1 --json')).said).toMatchObject([{ reply: 'open' }])
  })

  it('tells help, slips, small talk and a cancel apart from requests', async () => {
    const { said } = await json('帮助\n/laeve 3 days\n今天天气不错\n算了\n')
    expect(said.map(({ intent }) => intent)).toEqual(['help', 'unknown-command', 'nothing', 'cancel'])
    expect(said[1].nearest).toContain('leave')
    expect(said[2].why).toBe('small-talk')
  })

  it('opens no form but names its fields', async () => {
    const { said } = await json('请假')
    expect(said).toMatchObject([
      { command: 'leave.request', form: { title: expect.any(String), fields: expect.arrayContaining(['请假类型']) } },
    ])
  })

  it('counts from the instant it is given, with or without an offset', async () => {
    for (const at of ['2026-11-02T09:00', '2026-11-02T01:00:00Z', '2026-11-02T09:00:00+08:00']) {
      const { said } = await json('明天请一天事假', `--as S3 --json --at ${at}`)
      expect(said).toMatchObject([
        { values: { period: { from: '2026-11-03' } }, facts: { span: { from: '2026-11-03' } } },
      ])
    }
    expect(here.clock.now()).toBe(Date.parse('2026-09-28T09:00:00+08:00'))
  })

  it('goes on after a sentence that a bug keeps from being carried out, and fails as a whole', async () => {
    const { code, err, said } = await json('/stumble\n帮助\n')
    expect(code).toBe(1)
    expect(said).toMatchObject([{ failure: expect.stringContaining('no_such_column') }, { intent: 'help' }])
    expect(err).toContain('/stumble: ')
  })

  it('reads well without --json', async () => {
    const { code, out } = await here.ops('understand --as S3', { stdin: '明天请两天事假\r\n\r\n请病假一周\n' })
    expect(code).toBe(0)
    expect(out).toContain('> 明天请两天事假\n  leave.request, from a free sentence\n')
    expect(out).toContain('  = minutes: 960\n')
    expect(out).toContain('  asks for period: ambiguous, “一周”')
    expect(out).toContain('    [提交] [修改] [放弃]\n')
  })

  it.each([
    ['--as S9', '请假', 1, 'Nobody has the staff number S9'],
    ['--as S3', ' \n', 2, 'There is nothing to understand'],
    ['--as S3 --at tomorrow', '请假', 2, '--at tomorrow is no instant'],
    ['--as S3 --at 2026-02-30T09:00', '请假', 2, 'is no instant'],
    ['--as S3 --at 2026-09-28T25:00+08:00', '请假', 2, 'is no instant'],
    ['--as S3', '长'.repeat(5_001), 2, 'A line has 5001 characters'],
  ])('refuses %s', async (words, stdin, code, complaint) => {
    expect(await here.ops(`understand ${words}`, { stdin })).toMatchObject({
      code,
      out: '',
      err: expect.stringContaining(complaint),
    })
  })

  it('does nothing for somebody who has left', async () => {
    await here.test.db.transact('people', ({ sql }) => sql(`UPDATE person SET active = FALSE WHERE staff_no = 'S3'`))
    expect(await here.ops('understand --as S3', { stdin: '请假' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('S3 安然 has left'),
    })
  })
})
