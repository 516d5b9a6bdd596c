/** The smart bot's one connection: kept, not fought over, told of, and closed when what was sent is answered. */
import { describe, expect, it } from 'vitest'
import type { Answer } from '#core/platform.ts'
import { createBot } from '../../../adapters/wecom/bot/index.ts'
import { BOT_TIMING } from '../../../adapters/wecom/bot/limits.ts'
import { LEASE_TIMING } from '../../../src/engine/db/lease.ts'
import { botStage, GROUP, hears, SOON, START, say, signal } from './bot-support.ts'

const stage = botStage()

describe('the connection', () => {
  it('is made again after it broke, and meanwhile it is said that it is not there', async () => {
    const on = await stage.listening()
    expect(on.bot.health()).toMatchObject({ ok: true, detail: 'the smart bot is connected' })
    stage.fake.drop()
    await expect.poll(() => stage.fake.accepted, SOON).toBe(2)
    await expect.poll(() => on.bot.isConnected(), SOON).toBe(true)
    stage.says('wangli', 'again')
    expect(await hears(on)).toMatchObject({ text: 'again' })
  })

  it('is not fought over with another program: it is told with the remedy, and tried again much later', async () => {
    const { bot, logged } = await stage.listening()
    stage.fake.throwOut()
    await expect.poll(() => bot.health().ok, SOON).toBe(false)
    expect(bot.health().detail).toMatch(/another program.*bot of its own/)
    expect(bot.isConnected()).toBe(false)
    expect(logged.at(-1)).toMatchObject({ level: 'error', data: { code: 'thrown_out', retryInMs: 60_000 } })
    expect(stage.fake.accepted).toBe(1)
    expect(logged.filter(({ level }) => level !== 'info')).toHaveLength(1)
  })

  it('comes back by itself when the other program is gone', async () => {
    const { bot } = await stage.listening(undefined, { timing: { thrownOutMs: 5 } })
    stage.fake.throwOut()
    await expect.poll(() => stage.fake.accepted, SOON).toBe(2)
    await expect.poll(() => bot.health().ok, SOON).toBe(true)
  })

  it('is refused for a wrong secret with what to do, and never says the secret', async () => {
    const { bot, logged } = await stage.listening(undefined, {
      config: { ...stage.fake.config, secret: 'wrong-secret' },
      connects: false,
    })
    await expect.poll(() => bot.health().detail, SOON).toMatch(/40001.*WECOM_BOT_SECRET/)
    expect(bot.health().ok).toBe(false)
    expect(await bot.check(signal())).toMatchObject([{ ok: false }])
    expect(JSON.stringify(logged)).not.toContain('wrong-secret')
  })

  it('is tried again and again where nobody listens', async () => {
    const config = { ...stage.fake.config, url: 'ws://127.0.0.1:1/' }
    const { bot, logged } = await stage.listening(undefined, { config, connects: false })
    await expect.poll(() => logged.length, SOON).toBeGreaterThan(3)
    expect(bot.health()).toMatchObject({ ok: false, detail: expect.stringContaining('WECOM_BOT_URL') })
    expect(logged.map(({ data }) => (data as { retryInMs: number }).retryInMs).slice(0, 4)).toEqual([5, 10, 20, 40])
  })

  it('that WeCom does not answer pings on is dead, and made again', async () => {
    stage.fake.answers = ({ cmd }) => (cmd === 'ping' ? 'silent' : undefined)
    await stage.listening(undefined, { timing: { pingEveryMs: 15 } })
    await expect.poll(() => stage.fake.accepted, SOON).toBeGreaterThan(1)
  })

  it('is not there, and nothing is wrong, in a process that does not hold it', async () => {
    const bot = createBot(stage.fake.config, { now: () => START, timeoutMs: 1_000, log: console })
    expect(bot.health()).toMatchObject({ ok: true, detail: expect.stringContaining('another process') })
    expect(bot.isConnected()).toBe(false)
    expect(await bot.check(signal())).toMatchObject([{ ok: true }])
  })

  it('hears nothing more once it is to stop, gives what was sent the time for its answer, and then is closed', async () => {
    let finish: (answer: Answer) => void = () => {}
    const handled = new Promise<Answer>((resolve) => {
      finish = resolve
    })
    const { bot, heard, stop } = await stage.listening(() => handled)
    stage.says('wangli', 'in hand')
    await expect.poll(() => heard.length, SOON).toBe(1)
    stage.fake.answers = ({ cmd }) => (cmd === 'aibot_send_msg' ? 'silent' : undefined)
    const sending = say(bot, GROUP, { text: 'on its way' })
    await expect.poll(() => stage.fake.shown.length, SOON).toBe(1)
    const stopped = stop()
    stage.says('wangli', 'too late')
    expect(bot.isConnected()).toBe(false)
    const reqId = stage.fake.frames.findLast(({ cmd }) => cmd === 'aibot_send_msg')?.reqId
    stage.fake.sendText(JSON.stringify({ headers: { req_id: reqId }, errcode: 0, errmsg: 'ok' }))
    await expect(sending).resolves.toMatchObject({ address: 'bot:wr-1' })
    await expect.poll(() => stage.fake.open, SOON).toBe(0)
    finish({})
    await stopped
    expect(heard).toHaveLength(1)
  })

  it('falls silent within the time that the lease allows for it', () => {
    const { askEveryMs, answerWithinMs, graceMs } = LEASE_TIMING
    expect(BOT_TIMING.drainWithinMs).toBeLessThan(graceMs - askEveryMs - answerWithinMs)
  })
})
