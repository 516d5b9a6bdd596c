/** What goes wrong on our side: a handler that throws, one that is slow, a process that dies between its commit and its answer. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Department, Where } from '../support/department.ts'
import { errandThat } from '../support/errand.ts'
import type { SlackStage } from '../support/stage-slack.ts'
import { auditOf, countOf, leaveStates, rowsOf, stories, timesSeen } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
afterEach(() => void vi.useRealTimers())

/** Writes a line and then does what it is told. */
const feature = (work: () => Promise<void>) =>
  errandThat(async (ctx) => {
    await ctx.audit('errand.run', 'errand')
    await work()
  })

const APOLOGY = /我这边出了点问题，编号 E1。我会自动重试/
const GIVEN_UP = /试了 4 次还是没办成，编号 E1/
const failures = (spruce: Department) =>
  spruce.logged.filter(({ message }) => message === 'an event could not be handled')
const inbox = () =>
  rowsOf<{ state: string; attempts: number }>(test.db, 'SELECT state, attempts FROM inbox ORDER BY id')

describe.each<Where>(['simulator', 'slack'])('on %s', (on) => {
  it('a handler that always throws: an apology at once, three more tries, then it is given up and said; everything else goes on', async () => {
    const spruce = await open({ on, moreFeatures: [feature(() => Promise.reject(new Error('the errand broke')))] })
    const [an, lin] = [spruce.someone('A1'), spruce.someone('A2')]
    await an.says('跑腿')
    await an.sees(APOLOGY)
    expect(failures(spruce)).toHaveLength(1)
    expect(failures(spruce)[0]?.data).toMatchObject({ reference: 'E1', platform: on })
    await lin.says('请假 10月12日')
    await lin.sees(/请假：请核对/)

    // 5 s, 20 s, 80 s after one another.
    const at = async (second: number) => {
      await spruce.until(new Date(Date.parse('2026-09-28T09:00:00+08:00') + second * 1_000).toISOString())
      return failures(spruce).length
    }
    expect(await at(5)).toBe(2)
    expect(await at(21)).toBe(2)
    expect(await at(25)).toBe(3)
    expect(await at(101)).toBe(3)
    await an.doesNotSee(GIVEN_UP)
    expect(await at(105)).toBe(4)
    await an.sees(GIVEN_UP)
    expect((await inbox())[0]).toEqual({ state: 'parked', attempts: 4 })
    expect(await at(7_200)).toBe(4)
    expect([await timesSeen(spruce, 'A1', APOLOGY), await timesSeen(spruce, 'A1', GIVEN_UP)]).toEqual([1, 1])
    expect(await auditOf(test.db, 'errand.run')).toEqual([])
    await lin.clicks('提交')
    expect(await leaveStates(test.db)).toEqual(['pending'])
  })

  it('a handler that throws once: the reply comes with the second try, what the first wrote is gone', async () => {
    let tries = 0
    const work = async () => {
      tries += 1
      if (tries === 1) throw new Error('the errand broke')
    }
    const spruce = await open({ on, moreFeatures: [feature(work)] })
    await spruce.someone('A1').says('跑腿')
    await spruce.someone('A1').doesNotSee(/跑完了/)
    await spruce.until('2026-09-28T09:00:05+08:00')
    expect(await timesSeen(spruce, 'A1', /跑完了/)).toBe(1)
    expect(await timesSeen(spruce, 'A1', APOLOGY)).toBe(1)
    expect(await auditOf(test.db, 'errand.run')).toHaveLength(1)
    await spruce.until('2026-09-28T10:00:00+08:00')
    expect(tries).toBe(2)
    expect(await inbox()).toMatchObject([{ state: 'done' }])
  })

  it('an attempt that a process left behind is taken up by the next', async () => {
    let broken = true
    const spruce = await open({
      on,
      moreFeatures: [feature(() => (broken ? Promise.reject(new Error('broken')) : Promise.resolve()))],
    })
    await spruce.someone('A1').says('跑腿')
    broken = false
    await spruce.restart()
    await spruce.until('2026-09-28T09:00:05+08:00')
    expect(await timesSeen(spruce, 'A1', /跑完了/)).toBe(1)
  })
})

describe('Slack waits only so long', () => {
  const slackOf = (spruce: Department) => spruce.stage as SlackStage
  const commandOf = ({ slack }: SlackStage, text: string) =>
    slack.slashCommand({ user: 'UA1', room: slack.rooms.direct('UA1'), command: '/banzhang', text })
  /** Everything that was held back for an answer is due: real time has passed. */
  const aMinuteLater = async (spruce: Department) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    await spruce.settle()
  }

  it('a slow handler is acknowledged with nothing, and its reply comes through the outbox, once', async () => {
    let finish = () => {}
    const gate = new Promise<void>((resolve) => {
      finish = resolve
    })
    const spruce = await open({ on: 'slack', answerWithinMs: 20, moreFeatures: [feature(() => gate)] })
    const answer = await slackOf(spruce).call(commandOf(slackOf(spruce), '跑腿'))
    expect(answer).toEqual({ status: 200, body: '' })
    finish()
    await spruce.app.inbox.drain()
    await spruce.settle()
    expect(await timesSeen(spruce, 'A1', /跑完了/)).toBe(1)
    await aMinuteLater(spruce)
    expect(await timesSeen(spruce, 'A1', /跑完了/)).toBe(1)
    expect(await auditOf(test.db, 'errand.run')).toHaveLength(1)
  })

  it('the process dies after the commit and before the answer: the outbox says it, once, and nothing was done twice', async () => {
    let deaths = 0
    const beforeAnswer = () => {
      deaths += 1
      if (deaths === 1) throw new Error('killed')
    }
    const spruce = await open({ on: 'slack', beforeAnswer })
    const stage = slackOf(spruce)
    expect((await stage.call(commandOf(stage, '请假 10月12日'))).status).toBe(500)
    await spruce.restart()
    await spruce.settle()
    await aMinuteLater(spruce)
    expect(await timesSeen(spruce, 'A1', /请假：请核对/)).toBe(1)
    expect(await countOf(test.db, 'leave_request')).toBe(1)
    await spruce.someone('A1').clicks('提交')
    await spruce.someone('S1').sees(/安然申请请假/)
  })

  it('the process dies and Slack asks again: the repeat carries the stored answer, and the outbox does not say it too', async () => {
    let deaths = 0
    const beforeAnswer = () => {
      deaths += 1
      if (deaths === 1) throw new Error('killed')
    }
    const spruce = await open({ on: 'slack', beforeAnswer })
    const stage = slackOf(spruce)
    const request = commandOf(stage, '请假 10月12日')
    expect((await stage.call(request)).status).toBe(500)
    await spruce.restart()
    const repeat = await stage.call(request)
    expect(repeat.status).toBe(200)
    expect(repeat.body).toMatch(/请假：请核对/)
    await stage.elsewhere()
    await aMinuteLater(spruce)
    await spruce.someone('A1').doesNotSee(/请假：请核对/)
    expect([await countOf(test.db, 'inbox'), await countOf(test.db, 'leave_request')]).toEqual([1, 1])
  })

  it('the answer breaks off on its way: the outbox says it at once, and once', async () => {
    const gone = new AbortController()
    let stage: SlackStage | undefined
    const spruce = await open({
      on: 'slack',
      beforeAnswer: async () => {
        gone.abort()
        await stage?.elsewhere()
      },
    })
    stage = slackOf(spruce)
    await expect(stage.call(commandOf(stage, '请假 10月12日'), gone.signal)).rejects.toThrow()
    await stage.elsewhere()
    await spruce.settle()
    expect(await timesSeen(spruce, 'A1', /请假：请核对/)).toBe(1)
    await aMinuteLater(spruce)
    expect(await timesSeen(spruce, 'A1', /请假：请核对/)).toBe(1)
    expect(await countOf(test.db, 'leave_request')).toBe(1)
  })
})
