/** The environment is read strictly: every problem at once, each with the thing, its value and the remedy. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
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
    ['a platform of a later version', { LARK_APP_ID: 'cli_1' }, /LARK_APP_ID is set: this version/],
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
  const source = readFileSync('src/config.ts', 'utf8')
  const known = [...(/const KNOWN = \[([\s\S]*?)\]/.exec(source)?.[1] ?? '').matchAll(/'([A-Z_]+)'/g)].map(
    (match) => match[1],
  )
  expect(known.length).toBeGreaterThan(10)
  for (const name of known) expect(text, `${name} is missing in .env.example`).toMatch(new RegExp(`^#? ?${name}=`, 'm'))
})
