/** What an administrator does when something is wrong: sees it, tries again or lets be, examines, backs up and restores. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { lastBackup } from '../../src/engine/alerts/repository.ts'
import { appendLine } from '../../src/engine/audit/lines.ts'
import { seal } from '../../src/engine/audit/seal.ts'
import { aboutMachine } from '../../src/ops/check/machine.ts'
import { COMMANDS } from '../../src/ops/commands.ts'
import { department, rowCounts, WAYS, type Ways } from './support.ts'

const sql = (here: Ways, text: string, values: readonly unknown[] = []) =>
  here.test.db.transact('people', (tx) => tx.sql(text, values))

/** One of each that needs somebody. */
async function trouble(here: Ways): Promise<void> {
  const at = new Date(here.clock.now())
  await sql(
    here,
    `INSERT INTO inbox (platform, key, kind, event, account, room, state, attempts, due_at, last_error, received_at)
     SELECT 'slack', 'k' || n, 'said', '{"kind":"said","text":"a secret"}', 'U2', 'D1', 'parked', 4, $1, 'TypeError: it broke', $1
     FROM generate_series(1, 2) AS n`,
    [at],
  )
  await sql(
    here,
    `INSERT INTO job (name, payload, state, due_at, attempts, attempts_max, created_at, finished_at)
     VALUES ('leave.lapse', '{}', 'failed', $1, 5, 5, $1, $1)`,
    [at],
  )
  await sql(
    here,
    `INSERT INTO outbox (key, platform, conversation, recipient, message, locale, accounts, operation, quiet, state, due_at, attempts, created_at)
     VALUES ('x', 'slack', 'slack:C1', '{"room":"C1"}', '{"text":"x"}', 'en', '{}', 'send', false, 'dead', $1, 1, $1)`,
    [at],
  )
}

describe.each(WAYS)('through %s', (way) => {
  const here = department(way)

  it('what is wrong is listed with what to do, then what people asked for is tried again or let be, and the rest let be', async () => {
    expect((await here.ops('alerts')).out).toBe('Nothing is wrong, as far as is watched.\n')
    expect((await here.ops('inbox list')).out).toBe('Nothing was put aside.\n')
    await trouble(here)
    await here.app.tick()
    const { code, out } = await here.ops('alerts')
    expect(code).toBe(0)
    expect(out).toContain('Messages could not be said on slack  (outbox.dead:slack, since 2026-09-28T09:00:00+08:00)')
    expect(out).toContain('the first as E1.')
    expect(out).toContain('  npm run ops -- inbox retry ID\n')
    const listed = await here.ops('inbox list')
    expect(listed.out).toMatch(
      /^ID +RECEIVED.*\nE1 +2026-09-28T09:00:00\+08:00 +4 +slack said +S2 周敏 +TypeError: it broke\nE2 /,
    )
    expect(listed.out).not.toContain('secret')
    expect(await here.ops('inbox retry E1')).toMatchObject({ code: 0, out: 'E1 is tried again now.\n' })
    expect(await here.ops('inbox retry 1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('was not put aside'),
    })
    expect(await here.ops('inbox retry E9')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing called E9'),
    })
    expect(await here.ops('inbox drop 2')).toMatchObject({ code: 0, out: 'E2 is let be.\n' })
    expect(await here.ops('jobs drop 1')).toMatchObject({ code: 0 })
    expect(await here.ops('jobs drop 1')).toMatchObject({ code: 1 })
    const [dead] = (await sql(here, `SELECT id FROM outbox WHERE key = 'x'`)) as { id: string }[]
    expect(await here.ops(`outbox drop ${dead?.id}`)).toMatchObject({ code: 0 })
    expect(await here.ops(`outbox drop ${dead?.id}`)).toMatchObject({ code: 1 })
    const actions = await sql(
      here,
      `SELECT action FROM audit_line WHERE action LIKE '%.dropped' OR action LIKE '%.retried' ORDER BY id`,
    )
    expect(actions.map((row) => (row as { action: string }).action)).toEqual([
      'inbox.retried',
      'inbox.dropped',
      'jobs.dropped',
      'outbox.dropped',
    ])
    here.clock.advance(60_000)
    await here.app.tick()
    here.clock.advance(11 * 60_000)
    await here.app.tick()
    expect((await here.ops('alerts')).out).toMatch(/^Nothing is wrong[\s\S]*Over:\n {2}2026-09-28T09:00:00\+08:00 to /)
  })

  it('a backup goes into the data folder, for its owner alone, and is written down', async () => {
    const { code, out } = await here.ops('backup')
    expect(code).toBe(0)
    const [name = ''] = readdirSync(path.join(here.folder, 'backups'))
    const file = path.join(here.folder, 'backups', name)
    expect(out).toContain(`${file}: `)
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    const mark = await here.test.db.transact('people', (tx) => lastBackup(tx.sql))
    expect(mark).toMatchObject({ at: here.clock.now(), bytes: statSync(file).size })
    expect(out).toContain(mark?.sha256 ?? 'no mark')
    expect(await here.ops(`backup --to ${file}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already'),
    })
    const nowhere = path.join(here.folder, 'not mounted')
    expect(await here.ops(`backup --to '${nowhere}/a.gz'`)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`there is no folder ${nowhere}: make it (mkdir -p '${nowhere}') or name another`),
    })
    expect(existsSync(nowhere)).toBe(false)
  })

  it('a restore asks first, keeps what was there, and everything that is in memory follows', async () => {
    const file = path.join(here.folder, 'mine.banzhang.gz')
    const first = here.app.policy.current()
    await here.ops(`backup --to ${file}`)
    const stricter = { 'p.yaml': (await here.ops('policy explain approvals')).out }
    expect(stricter['p.yaml']).toContain('remindTimes: 2')
    // Since the backup: a rule has changed, somebody has an account, a message waits that is in neither.
    const changed = `${POLICY_OF(here)}\napprovals: { remindTimes: 5 }\n`
    expect(await here.ops('policy apply p.yaml --yes', { files: { 'p.yaml': changed } })).toMatchObject({ code: 0 })
    await here.ops('people link S3 slack U3')
    here.clock.advance(60_000)
    await here.test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO inbox (platform, key, kind, event, account, room, state, attempts, due_at, received_at)
         VALUES ('slack', 'later', 'message', '{}', 'U2', 'C0CS', 'done', 1, $1::timestamptz, $1::timestamptz)`,
        [new Date(here.clock.now()).toISOString()],
      ),
    )
    const refused = await here.ops(`restore ${file}`)
    expect(refused.out).toMatch(/Newer than the backup, and lost with it: .*1 message or click of people/)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Run again with --yes') })
    expect(refused.out).toMatch(/The database holds: .*4 person/)
    expect(here.app.policy.current().version).toBe(2)
    const restored = await here.ops(`restore ${file} --yes`)
    expect(restored).toMatchObject({ code: 0, err: '' })
    expect(restored.out).toContain('The policy in force is version 1.')
    expect(here.app.policy.current().hash).toBe(first.hash)
    expect((await here.ops('policy explain approvals')).out).toContain('remindTimes: 2')
    expect((await here.ops('people export')).out).not.toContain('U3')
    const before = readdirSync(path.join(here.folder, 'backups')).filter((name) => name.startsWith('before-restore-'))
    expect(before).toHaveLength(1)
    // What was there is not lost: it can be put back in the same way.
    expect(await here.ops(`restore ${path.join(here.folder, 'backups', before[0] ?? '')} --yes`)).toMatchObject({
      code: 0,
    })
    expect(here.app.policy.current().version).toBe(2)
    expect((await here.ops('people export')).out).toContain('U3')
    await seal(here.test.db)
    expect(await here.ops('audit verify')).toMatchObject({ code: 0, out: expect.stringContaining('The chain holds.') })
  })

  it('a restore of a damaged file changes nothing', async () => {
    const file = path.join(here.folder, 'bad.gz')
    writeFileSync(file, 'no backup')
    const before = await rowCounts(here.test)
    expect(await here.ops(`restore ${file} --yes`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing was changed'),
    })
    expect(await rowCounts(here.test)).toEqual(before)
  })

  it('a check finds what is wrong, says what to do next, and fails for what does not work', async () => {
    const states = async () => {
      const { code, out } = await here.ops('check --json')
      const found = JSON.parse(out) as { state: string; what: string }[]
      return { code, problems: found.filter(({ state }) => state === 'problem').map(({ what }) => what) }
    }
    const { out } = await here.ops('check')
    expect(out).toMatch(/^attention +settings +the demonstration department/)
    const own = { ...here.context.config, policyFile: 'p.yaml', peopleFile: 'q.yaml' }
    const [settings] = await aboutMachine({ ...here.context, config: own }, 'Asia/Shanghai')
    expect(settings).toMatchObject({
      state: 'attention',
      detail: expect.stringContaining('your own policy, no platform connected yet'),
      remedy: expect.stringContaining('connect a platform: adapters/slack/README.md'),
    })
    expect(out).toMatch(/\nok +clock +real, 2026-09-28T09:00:00\+08:00\n/)
    expect(out).toMatch(/\nok +calendar +2026 is known, 2027 is not yet\n/)
    expect(out).toMatch(
      /\nattention +people +4 people, 1 with an account here; without one: S1 高远, S3 安然, S4 Emma Clarke\n/,
    )
    expect(out).toMatch(/\nok +channel cs +slack C0CS; slack cannot be asked about it\n/)
    expect(out).toMatch(/\nattention +backup +there is none yet\n/)
    expect(out).toContain('npm run ops -- people link STAFFNO PLATFORM ACCOUNT')
    // The files of the settings are the demonstration's: its people do not fit this department.
    expect(out).toMatch(/\nWhat to do next:\n {2}1\. people file: put it right/)
    expect(await states()).toEqual({ code: 1, problems: ['people file'] })
    await sql(here, `UPDATE person SET roles = '{}' WHERE staff_no IN ('S1', 'S2')`)
    const worse = await here.ops('check')
    expect(worse.out).toMatch(
      /\nattention +roles +nobody holds supervisor \(主管\): what they would decide goes to boss \(总经理\)\n/,
    )
    expect(worse.out).toMatch(/\nproblem +fallback role +nobody holds boss/)
    expect(worse.out).toMatch(/\nproblem +administrators +nobody is told when something is wrong\n/)
    expect(await states()).toEqual({ code: 1, problems: ['people file', 'fallback role', 'administrators'] })
  })

  it('every command answers', async () => {
    // Asked so that it can answer in a department that has just begun; none of them may fail as a bug does.
    const WORDS: Readonly<Record<string, string>> = {
      'people import': 'people import people.yaml',
      'people link': 'people link S3 slack U3',
      'people unlink': 'people unlink slack U3',
      'policy check': 'policy check policy.yaml',
      'policy explain': 'policy explain leave',
      'policy apply': 'policy apply policy.yaml',
      understand: 'understand --as S3',
      gallery: 'gallery --out cards',
      restore: `restore ${path.join(here.folder, 'none.gz')}`,
      'balances import': 'balances import balances.csv',
      'calendar import': 'calendar import calendar.csv',
      'calendar export': 'calendar export 2026',
    }
    mkdirSync(path.join(here.folder, 'out'))
    for (const command of COMMANDS) {
      const needed = (command.arguments ?? []).filter(({ optional }) => !optional).map(() => '1')
      const words = WORDS[command.name] ?? [command.name, ...needed].join(' ')
      const said = await here.ops(command.name === 'init' ? `init --dir ${path.join(here.folder, 'out')}` : words, {
        files: {
          'people.yaml': 'people: []',
          'policy.yaml': POLICY_OF(here),
          'balances.csv': 'x',
          'calendar.csv': 'x',
        },
        stdin: '请假 2天\n',
      })
      expect(`${said.out}${said.err}`, words).not.toMatch(/failed: |at .*\.ts:\d+|does not know the command/)
      expect(said.out + said.err, words).not.toBe('')
    }
    rmSync(path.join(here.folder, 'out'), { recursive: true })
  })
})

/** The policy in force, as a file. */
const POLICY_OF = ({ app }: Ways): string =>
  Object.entries(app.policy.current().content.sections)
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}`)
    .concat(`departments: ${JSON.stringify(app.policy.current().content.departments)}`)
    .join('\n')

describe('a restore beside other processes', () => {
  const here = department('its own process')

  it('leaves them at work: they follow the policy that is in force again, and keep one that is newer', async () => {
    const other = (await import('../../src/engine/policy/store.ts')).createPolicyStore()
    const follow = () => here.test.second.transact('work', (tx) => other.refresh(tx))
    await follow()
    const file = path.join(here.folder, 'a.gz')
    await here.ops(`backup --to ${file}`)
    await here.ops('policy apply p.yaml --yes', {
      files: { 'p.yaml': `${POLICY_OF(here)}\napprovals: { remindTimes: 5 }\n` },
    })
    expect(await follow()).toBe(true)
    const newer = other.current()
    await here.ops(`restore ${file} --yes`)
    expect(await follow()).toBe(true)
    expect(other.current().version).toBe(1)
    expect(await follow()).toBe(false)
    // Another rule under the number that was taken away is not mistaken for the one that had it.
    await here.ops('policy apply p.yaml --yes', {
      files: { 'p.yaml': `${POLICY_OF(here)}\napprovals: { remindTimes: 7 }\n` },
    })
    await follow()
    expect(other.current().hash).not.toBe(newer.hash)
    await here.test.second.transact('people', ({ sql }) =>
      appendLine(sql, { at: 0, actorId: null, action: 'x', subject: 'y' }),
    )
  })
})
