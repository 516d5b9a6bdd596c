/** What `ops check` finds wrong with an installation, and what it says to do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '#core/errors.ts'
import { createSlack, type SlackConfig } from '../../../adapters/slack/index.ts'
import { BOT_SCOPES } from '../../../adapters/slack/manifest.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { listenOn, SOON } from './socket-support.ts'

let fake: FakeSlack
beforeEach(async () => {
  fake = await startFakeSlack()
})
afterEach(() => fake.close())

const check = async (change: Partial<SlackConfig> = {}) =>
  createSlack({ ...fake.config, ...change }, { timeoutMs: 1_500 }).check(new AbortController().signal)
const wrong = async (change: Partial<SlackConfig> = {}) => (await check(change)).filter((result) => !result.ok)

describe('check', () => {
  it('finds nothing wrong with a whole installation', async () => {
    fake.grant(Object.keys(BOT_SCOPES))
    const results = await check()
    expect(results.map((result) => result.ok)).toEqual([true, true, true])
    expect(results[0]?.detail).toContain('Department')
  })
  it('names the scopes that are missing', async () => {
    fake.grant(Object.keys(BOT_SCOPES).filter((scope) => scope !== 'im:history' && scope !== 'users:read.email'))
    const [result] = await wrong()
    expect(result?.detail).toContain('missing im:history, users:read.email')
    expect(result?.detail).toContain('manifest.json')
  })
  it('says what to do about a wrong token, without repeating it', async () => {
    const [result] = await wrong({ botToken: 'xoxb-wrong-token' })
    expect(result).toMatchObject({ what: 'Slack token', ok: false })
    expect(result?.detail).toContain('SLACK_BOT_TOKEN')
    expect(result?.detail).not.toContain('xoxb-wrong-token')
  })
  it.each([
    [-10 * 60_000, 'ahead of'],
    [10 * 60_000, 'behind'],
  ])('sees a clock that differs by minutes', async (slackAheadMs, word) => {
    fake.advance(slackAheadMs)
    const [result] = await wrong()
    expect(result?.detail).toMatch(new RegExp(`(59|60)\\d s ${word} Slack.*NTP`))
  })
  it('says that Slack cannot be reached', async () => {
    await fake.stopListening()
    expect((await wrong())[0]?.detail).toContain('SLACK_API_URL')
  })
})

describe('check of Socket Mode', () => {
  const byMode = async (config: SlackConfig = fake.socketConfig) =>
    (await createSlack(config, { timeoutMs: 1_500 }).check(new AbortController().signal)).find(
      ({ what }) => what === 'Slack Socket Mode',
    )
  it('asks whether a connection could be opened, and opens none', async () => {
    expect(await byMode()).toMatchObject({ ok: true })
    expect(fake.called()).toContain('apps.connections.open')
    expect(fake.sockets.open).toBe(0)
  })
  it('is left out by HTTP alone', async () => {
    expect(await byMode(fake.config)).toBeUndefined()
    expect(fake.called()).not.toContain('apps.connections.open')
  })
  it('says what to do about a token that does not count, without repeating it, also beside a wrong bot token', async () => {
    for (const botToken of [fake.config.botToken, 'xoxb-wrong']) {
      const wrong = await byMode({ ...fake.socketConfig, botToken, appToken: 'xapp-wrong-token' })
      expect(wrong).toMatchObject({ ok: false, detail: expect.stringContaining('SLACK_APP_TOKEN') })
      expect(wrong?.detail).not.toContain('xapp-wrong-token')
    }
  })
  it('tells of the connection itself where this process listens', async () => {
    const bot = await listenOn(fake)
    const check = async () => (await bot.slack.check(new AbortController().signal)).at(-1)
    expect(await check()).toMatchObject({ ok: true, detail: 'connected in Socket Mode' })
    fake.sockets.disconnect('link_disabled')
    await expect.poll(() => bot.slack.health?.().ok, SOON).toBe(false)
    await bot.stop()
    expect(await check()).toMatchObject({ ok: false, detail: expect.stringContaining('switch it on') })
  })
})

describe('health', () => {
  const slackOf = (at: () => number) => createSlack(fake.config, { timeoutMs: 1_500, now: at })
  it.each(['invalid_auth', 'token_revoked', 'account_inactive', 'token_expired'])(
    'is not ok from a call that answers %s until one that takes the token, since when the first was refused',
    async (error) => {
      let now = 1_000
      const slack = slackOf(() => now)
      expect(slack.health?.()).toMatchObject({ ok: true, since: 1_000 })
      const send = () =>
        slack
          .send(
            { key: 'k', to: { room: fake.rooms.general }, message: { text: 'x' }, locale: 'en', accounts: {} },
            new AbortController().signal,
          )
          .catch(() => {})
      for (now of [2_000, 3_000]) {
        fake.fail({ error })
        await send()
        expect(slack.health?.()).toMatchObject({ ok: false, since: 2_000, detail: expect.stringContaining(error) })
      }
      now = 4_000
      for (const trouble of [{ status: 500 }, { reset: 'before' }] as const) {
        fake.fail(trouble)
        await send()
        expect(slack.health?.().ok).toBe(false)
      }
      await send()
      expect(slack.health?.()).toMatchObject({ ok: true, since: 4_000 })
    },
  )
  it('stays ok while Slack is merely in trouble, or refuses what was said', async () => {
    const slack = slackOf(() => 1_000)
    for (const trouble of [{ status: 500 }, { status: 429 }, { error: 'not_in_channel' }] as const) {
      fake.fail(trouble)
      await slack.check(new AbortController().signal)
    }
    expect(slack.health?.()).toMatchObject({ ok: true, since: 1_000 })
  })
})

describe('a configuration', () => {
  const whole: SlackConfig = { signingSecrets: ['a'], botToken: 'xoxb-1' }
  it.each<[string, SlackConfig]>([
    ['signingSecrets', { ...whole, signingSecrets: [] }],
    ['signingSecrets', { ...whole, signingSecrets: ['a', 'b', 'c'] }],
    ['signingSecrets', { ...whole, signingSecrets: [''] }],
    ['botToken', { ...whole, botToken: 'xapp-secret' }],
    ['botToken', { ...whole, botToken: '' }],
    ['apiUrl', { ...whole, apiUrl: 'http://127.0.0.1:1/api' }],
    ['apiUrl', { ...whole, apiUrl: 'file:///api/' }],
    ['appToken', { ...whole, appToken: 'xoxb-secret-1' }],
    ['appToken', { ...whole, signingSecrets: [], appToken: '' }],
  ])('with a wrong %s is refused with the remedy and without the secret', (setting, config) => {
    const make = () => createSlack(config)
    expect(make).toThrow(ConfigError)
    expect(make).toThrow(`slack.${setting}`)
    expect(make).not.toThrow('secret-')
  })
  it('is taken with two secrets, and with a token that is rotated', () => {
    expect(createSlack({ ...whole, signingSecrets: ['a', 'b'] }).name).toBe('slack')
    expect(createSlack({ ...whole, botToken: 'xoxe.xoxb-1' }).name).toBe('slack')
  })
  it('opens the doors it has keys for', () => {
    const doors = (config: SlackConfig) => {
      const { paths, listen } = createSlack(config)
      return [paths, typeof listen]
    }
    expect(doors(whole)).toEqual([['/slack/events'], 'undefined'])
    expect(doors({ ...whole, signingSecrets: [], appToken: 'xapp-1' })).toEqual([[], 'function'])
    expect(doors({ ...whole, appToken: 'xapp-1' })).toEqual([['/slack/events'], 'function'])
  })
  it.each([
    [undefined, true],
    ['https://slack.com/api/', true],
    ['https://localhost.example.com/api/', true],
    ['http://127.0.0.1.example.com/api/', true],
    ['http://127.0.0.1:4003/api/', false],
    ['http://localhost:4003/api/', false],
    ['http://[::1]:4003/api/', false],
  ])('with the address %s reaches people: %s', (apiUrl, reaches) => {
    const config = apiUrl === undefined ? whole : { ...whole, apiUrl }
    expect(createSlack(config).reachesPeople).toBe(reaches)
  })
})
