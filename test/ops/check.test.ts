/** What `check` says of rooms, of platforms that do not answer, and of data that cannot be opened. */
import { describe, expect, it } from 'vitest'
import { ConfigError, PlatformError } from '../../src/core/errors.ts'
import type { Directory, Platform } from '../../src/core/platform.ts'
import { aboutChannels } from '../../src/ops/check/department.ts'
import { attention, ok, problem, report } from '../../src/ops/check/finding.ts'
import type { OpsContext } from '../../src/ops/command.ts'
import { cannotOpen, checked } from '../../src/ops/commands/check.ts'

const signal = new AbortController().signal
const BOT = { account: 'UBOT' }

function rooms(channels: Readonly<Record<string, object>>, directory: Directory | undefined) {
  const platform = { name: 'slack', ...(directory ? { directory } : {}) } as Platform
  const app = { policy: { current: () => ({ section: () => channels }) } }
  // Nobody has joined a room by a command.
  const db = { transact: (_: string, work: (tx: object) => unknown) => work({ sql: async () => [] }) }
  return aboutChannels({ app, db, platforms: [platform] } as unknown as OpsContext, signal)
}
const members = (...accounts: string[]): Directory => ({
  members: async () => accounts.map((account) => ({ account })),
  self: async () => BOT,
})

describe('a room', () => {
  const cs = { cs: { slack: 'C0CS' } }

  it('is right when the bot is in it', async () => {
    expect(await rooms(cs, members('U1', 'UBOT'))).toEqual([ok('channel cs', 'slack C0CS, 2 members')])
  })

  it('without the bot in it is a problem: nothing can be said there', async () => {
    const [found] = await rooms(cs, members('U1'))
    expect(found).toMatchObject({ state: 'problem', remedy: 'invite the bot into C0CS' })
  })

  it('that is not there is a problem, in the words of the platform', async () => {
    const gone = { members: () => Promise.reject(new PlatformError('gone', 'channel_not_found')) }
    const [found] = await rooms(cs, gone)
    expect(found).toMatchObject({ state: 'problem', detail: 'slack C0CS: channel_not_found' })
  })

  it('that is named nowhere wants attention; one that nobody can be asked about is taken for right', async () => {
    expect(await rooms({ cs: { lark: 'oc_1' } }, members())).toMatchObject([{ state: 'attention', what: 'channel cs' }])
    expect(await rooms(cs, undefined)).toMatchObject([{ state: 'ok' }])
  })
})

describe('the report', () => {
  it('says a remedy to its end, however much is missing before it', () => {
    const missing = Array.from({ length: 20 }, (_, n) => `contact:user.scope${n}:readonly`).join(', ')
    expect(report([problem('Lark scopes', `missing ${missing}: create a version`)]).at(-1)).toMatch(/create a version$/)
  })

  it('ends with what to do next, problems first, and fails for a problem alone', () => {
    const findings = [ok('a', 'fine'), attention('b', 'so so', 'look at b'), problem('c', 'broken')]
    expect(report(findings)).toEqual([
      'ok         a  fine',
      'attention  b  so so',
      'problem    c  broken',
      '',
      'What to do next:',
      '  1. c: broken',
      '  2. b: look at b',
    ])
    expect(checked(findings, false).exitCode).toBe(1)
    expect(checked(findings.slice(0, 2), false).exitCode).toBe(0)
    expect(report([ok('a', 'fine')]).at(-1)).toBe('What to do next: nothing. All is well.')
  })

  it('names each setting that is wrong with its own remedy, and not the database', () => {
    const problems = ['SLACK_SIGNING_SECRET is missing: copy it', 'PORT is x: write a port']
    const { output, exitCode } = cannotOpen(new ConfigError(problems), false)
    expect(exitCode).toBe(1)
    expect(output).toMatch(/^problem +settings +SLACK_SIGNING_SECRET[^\n]*\nproblem +settings +PORT is x/)
    expect(output).toMatch(/1\. settings: SLACK_SIGNING_SECRET is missing: copy it\n {2}2\. settings: PORT/)
    expect(output).not.toContain('DATABASE_URL')
  })

  it('says what keeps the data shut, also as JSON', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
    expect(cannotOpen(refused, false)).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(
        /^problem +database +connect ECONNREFUSED[\s\S]*1\. database: look whether DATABASE_URL/,
      ),
    })
    expect(JSON.parse(cannotOpen(refused, true).output)).toMatchObject([{ what: 'database', state: 'problem' }])
  })
})
