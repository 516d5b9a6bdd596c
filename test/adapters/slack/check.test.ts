/** What `ops check` finds wrong with an installation, and what it says to do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '#core/errors.ts'
import { createSlack, type SlackConfig } from '../../../adapters/slack/index.ts'
import { BOT_SCOPES } from '../../../adapters/slack/manifest.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'

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
