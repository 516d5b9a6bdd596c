/** The environment is read strictly: every problem at once, each with the thing, its value and the remedy. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KNOWN } from '../src/config/reader.ts'
import { type Environment, readConfig } from '../src/config.ts'
import { ConfigError } from '../src/core/errors.ts'

const SLACK = { SLACK_SIGNING_SECRET: 'shh', SLACK_BOT_TOKEN: 'xoxb-1' }
function problems(env: Environment): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('without any setting', () => {
  it('runs the demonstration: simulator, embedded database, the rehearsal of one Monday', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir: 'data',
      databaseUrl: undefined,
      simulator: true,
      demonstration: true,
      slack: undefined,
      clock: { kind: 'rehearsal', startsAt: Date.parse('2026-09-28T09:00:00+08:00') },
    })
  })
})

describe('with Slack', () => {
  it('has a real clock and no simulator, unless asked for', () => {
    expect(readConfig(SLACK)).toMatchObject({ simulator: false, demonstration: false, clock: { kind: 'real' } })
    expect(readConfig({ ...SLACK, SIMULATOR: 'on' }).simulator).toBe(true)
  })

  it('takes two signing secrets while one is rotated', () => {
    expect(readConfig({ ...SLACK, SLACK_SIGNING_SECRET: 'new, old' }).slack?.signingSecrets).toEqual(['new', 'old'])
  })

  it('refuses to rehearse with people who would read it, and does so with a fake', () => {
    const rehearsal = { ...SLACK, CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00' }
    expect(problems(rehearsal)).toEqual([expect.stringMatching(/rehearsal.*real one/)])
    expect(problems({ ...rehearsal, SLACK_API_URL: 'http://127.0.0.1:4003/api/' })).toEqual([])
  })
})

describe('with Slack by Socket Mode', () => {
  const SOCKET = { SLACK_APP_TOKEN: 'xapp-1', SLACK_BOT_TOKEN: 'xoxb-1' }
  it('needs the app-level token and the bot token, no signing secret and no address', () => {
    expect(readConfig(SOCKET)).toMatchObject({
      slack: { signingSecrets: [], botToken: 'xoxb-1', appToken: 'xapp-1' },
      publicUrl: undefined,
      demonstration: false,
      simulator: false,
      clock: { kind: 'real' },
    })
    expect(readConfig(SLACK).slack?.appToken).toBeUndefined()
  })
  it('takes a signing secret beside them: then calls by HTTP are verified too', () => {
    expect(readConfig({ ...SLACK, ...SOCKET }).slack).toMatchObject({ signingSecrets: ['shh'], appToken: 'xapp-1' })
  })
  it('refuses to rehearse with people who would read it', () => {
    const rehearsal = { ...SOCKET, CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00' }
    expect(problems(rehearsal)).toEqual([expect.stringMatching(/rehearsal.*real one/)])
    expect(problems({ ...rehearsal, SLACK_API_URL: 'http://127.0.0.1:4003/api/' })).toEqual([])
  })
  it.each<[string, Environment, RegExp]>([
    ['its bot token', { SLACK_APP_TOKEN: 'xapp-1' }, /^SLACK_BOT_TOKEN is missing beside SLACK_APP_TOKEN: /],
    [
      'the bot token of both ways',
      { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 's' },
      /^SLACK_BOT_TOKEN is missing beside SLACK_SIGNING_SECRET and SLACK_APP_TOKEN/,
    ],
    [
      'either door',
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      /^SLACK_SIGNING_SECRET is missing beside SLACK_BOT_TOKEN.*SLACK_APP_TOKEN \(Socket Mode\)/,
    ],
    [
      'another kind of token',
      { ...SOCKET, SLACK_APP_TOKEN: 'xoxb-secret-1' },
      /^SLACK_APP_TOKEN does not begin with xapp-.*connections:write/,
    ],
  ])('half of it names what is missing or wrong: %s', (_, env, complaint) => {
    const told = problems(env)
    expect(told).toEqual([expect.stringMatching(complaint)])
    expect(told.join()).not.toContain('secret-1')
  })
})

const LARK = { LARK_APP_ID: 'cli_a1b2c3d4e5f60718', LARK_APP_SECRET: 'quiet' }
const APP = {
  WECOM_CORP_ID: 'ww1234567890abcdef',
  WECOM_AGENT_ID: '1000002',
  WECOM_SECRET: 'quiet',
  WECOM_TOKEN: 'quiet-token',
  WECOM_ENCODING_AES_KEY: 'a'.repeat(43),
}
const BOT = { WECOM_BOT_ID: 'aib1', WECOM_BOT_SECRET: 'quiet' }

describe('with Lark', () => {
  it('is in China by webhook with a verification token, by long connection without', () => {
    const webhook = { ...LARK, LARK_VERIFICATION_TOKEN: 'v', LARK_ENCRYPT_KEY: 'e', LARK_DOMAIN: 'lark' }
    expect(readConfig(LARK)).toMatchObject({
      lark: { appId: 'cli_a1b2c3d4e5f60718', appSecret: 'quiet', domain: 'feishu' },
      demonstration: false,
      simulator: false,
    })
    expect(readConfig(LARK).lark?.verificationToken).toBeUndefined()
    expect(readConfig(webhook).lark).toMatchObject({ verificationToken: 'v', encryptKey: 'e', domain: 'lark' })
  })
  it.each<[string, Environment, RegExp]>([
    ['its id', { LARK_APP_SECRET: 'quiet' }, /^LARK_APP_ID is missing beside LARK_APP_SECRET: copy it/],
    ['its secret', { LARK_APP_ID: 'cli_1' }, /^LARK_APP_SECRET is missing beside LARK_APP_ID: copy it/],
    ['both', { LARK_ENCRYPT_KEY: 'quiet' }, /^LARK_ENCRYPT_KEY is set, LARK_APP_ID and LARK_APP_SECRET are not/],
    ['the token beside its key', { ...LARK, LARK_ENCRYPT_KEY: 'quiet' }, /^LARK_VERIFICATION_TOKEN is missing beside/],
    ['an id', { ...LARK, LARK_APP_ID: 'app1' }, /^LARK_APP_ID is app1: it begins with cli_/],
    ['a domain', { ...LARK, LARK_DOMAIN: 'https://x.example/open' }, /^LARK_DOMAIN is https:.*write feishu, lark, or/],
    [
      'a real one in a rehearsal',
      { ...LARK, CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00' },
      /Lark is the real one.*LARK_DOMAIN/,
    ],
  ])('names what is missing or wrong: %s', (_, env, complaint) => {
    expect(problems(env)).toEqual([expect.stringMatching(complaint)])
    expect(problems(env).join()).not.toContain('quiet')
  })
  it('rehearses with one on this machine', () => {
    const env = { ...LARK, LARK_DOMAIN: 'http://127.0.0.1:4004', CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00' }
    expect(problems(env)).toEqual([])
  })
})

describe('with WeCom', () => {
  it('is an app with its five, a smart bot with its two, or both, and may post by group webhooks', () => {
    expect(readConfig(APP).wecom).toEqual({
      corpId: 'ww1234567890abcdef',
      app: { agentId: '1000002', secret: 'quiet', token: 'quiet-token', encodingAesKey: 'a'.repeat(43) },
      webhooks: {},
    })
    expect(readConfig(BOT).wecom).toEqual({ bot: { botId: 'aib1', secret: 'quiet' }, webhooks: {} })
    expect(readConfig({ ...APP, ...BOT, WECOM_WEBHOOKS: 'team=693a-1, second = b2' }).wecom).toMatchObject({
      app: { agentId: '1000002' },
      bot: { botId: 'aib1' },
      webhooks: { team: '693a-1', second: 'b2' },
    })
  })
  it.each<[string, Environment, RegExp]>([
    ['one of the five', { ...APP, WECOM_TOKEN: undefined }, /^WECOM_TOKEN is missing beside the other/],
    ['half a bot', { WECOM_BOT_SECRET: 'quiet' }, /^WECOM_BOT_ID is missing beside WECOM_BOT_SECRET/],
    ['the other half', { WECOM_BOT_ID: 'aib1' }, /^WECOM_BOT_SECRET is missing beside WECOM_BOT_ID/],
    ['somebody who speaks', { WECOM_WEBHOOKS: 'team=quiet' }, /^WECOM_WEBHOOKS is set, and neither/],
    ['a number', { ...APP, WECOM_AGENT_ID: 'app' }, /^WECOM_AGENT_ID is app: it is a number/],
    ['a whole key', { ...APP, WECOM_ENCODING_AES_KEY: 'quiet' }, /^WECOM_ENCODING_AES_KEY is not 43 letters/],
    ['the end of an address', { ...APP, WECOM_API_URL: 'https://q.example/' }, /it must end in \/cgi-bin\//],
    [
      'a webhook, not its address',
      { ...APP, WECOM_WEBHOOKS: 'https://q.example?key=quiet' },
      /^WECOM_WEBHOOKS: entry 1 is not name=key/,
    ],
    ['one of two names', { ...APP, WECOM_WEBHOOKS: 'a=1,a=2' }, /^WECOM_WEBHOOKS names a twice/],
    [
      'a real one in a rehearsal',
      { ...BOT, CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00' },
      /WeCom is the real one.*WECOM_BOT_URL/,
    ],
  ])('names what is missing or wrong: %s', (_, env, complaint) => {
    expect(problems(env)).toEqual([expect.stringMatching(complaint)])
    expect(problems(env).join()).not.toContain('quiet')
  })
})

describe('the secret key', () => {
  const server = { ...SLACK, DATABASE_URL: 'postgresql://x@localhost/y' }
  it('is needed where several processes share a server, and long', () => {
    expect(problems(server)).toEqual([
      expect.stringMatching(/^SECRET_KEY is missing beside DATABASE_URL.*openssl rand/),
    ])
    expect(problems({ ...server, SECRET_KEY: 'k'.repeat(32) })).toEqual([])
    expect(problems({ ...server, SECRET_KEY: 'quiet-'.repeat(5) })).toEqual([
      expect.stringMatching(/^SECRET_KEY has 30 characters; it needs 32/),
    ])
    expect(readConfig(SLACK).secretKey).toBeUndefined()
  })
})

describe('what is wrong', () => {
  it.each<[string, Environment, RegExp]>([
    ['half of Slack', { SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_SIGNING_SECRET is missing/],
    ['the other half', { SLACK_SIGNING_SECRET: 's' }, /SLACK_BOT_TOKEN is missing/],
    ['another kind of token', { ...SLACK, SLACK_BOT_TOKEN: 'xapp-1' }, /does not begin with xoxb-/],
    ['three secrets', { ...SLACK, SLACK_SIGNING_SECRET: 'a,b,c' }, /one secret, or two/],
    ['an API address of another shape', { ...SLACK, SLACK_API_URL: 'https://slack.com/' }, /must end in \/api\//],
    ['a port that is none', { PORT: '70000' }, /PORT is 70000/],
    ['a word for a port', { PORT: 'http' }, /PORT is http/],
    [
      'a clock in another form',
      { CLOCK: 'rehearsal:2026-09-28' },
      /CLOCK is rehearsal:2026-09-28: write real, or rehearsal:2026/,
    ],
    [
      'a policy that is not there',
      { POLICY_FILE: 'no/such.yaml' },
      /POLICY_FILE is no\/such.yaml: there is no such file/,
    ],
    [
      'a database of another make',
      { DATABASE_URL: 'mysql://x/y' },
      /DATABASE_URL is not an address that begins with postgres/,
    ],
    ['a level that is none', { LOG_LEVEL: 'loud' }, /LOG_LEVEL is loud: write fatal, error/],
    ['nobody to talk to', { SIMULATOR: 'off' }, /nobody could reach the bot/],
    [
      'a slip of the pen',
      { ...SLACK, SLACK_BOT_TOKN: 'x' },
      /SLACK_BOT_TOKN is not a setting. Known are .*SLACK_BOT_TOKEN/,
    ],
  ])('%s is told with its remedy', (_, env, complaint) => {
    expect(problems(env).join('\n')).toMatch(complaint)
  })

  it('is told all at once, and never repeats a secret', () => {
    const told = problems({ PORT: 'x', CLOCK: 'y', LOG_LEVEL: 'z', SLACK_BOT_TOKEN: 'xapp-verysecret' })
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told.join('\n')).not.toContain('verysecret')
  })
})

it('.env.example runs as it is, and names every setting', () => {
  const text = readFileSync('.env.example', 'utf8')
  const set = text
    .split('\n')
    .flatMap((line) => (/^[A-Z_]+=/.test(line) ? [line.split('=', 2) as [string, string]] : []))
  expect(problems(Object.fromEntries(set))).toEqual([])
  for (const name of KNOWN) expect(text, `${name} is missing in .env.example`).toMatch(new RegExp(`^#? ?${name}=`, 'm'))
})
