/** Telling administrators: once when it begins, once when it is over, on whatever platform still works, and never for ever. */
import { beforeEach, describe, expect, it } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import type { Watch } from '#engine/alerts/watch.ts'
import { testDatabase } from '../../support/database.ts'
import { roomOf } from '../outbox/support.ts'
import { BEN, hire, looks, MORNING, type Office, office, policyWith } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const FAILED = [{ facts: { count: 1, job: 'leave.remind' } }]
const refusal = () => new PlatformError('refused', 'token_revoked', { code: 'token_revoked' })
const dead = (here: Office) =>
  here.tx(({ sql }) => sql<{ key: string }>(`SELECT key FROM outbox WHERE state = 'dead' ORDER BY id`))

describe('an alert', () => {
  it('is told to every administrator in their language when it begins, to nobody else, and once', async () => {
    const here = office(test.db)
    await looks(here)
    expect(here.slack.shown).toEqual([])
    here.found = FAILED
    await here.pass(30)
    expect(here.told('@UADA')).toEqual([expect.stringMatching(/^有后台任务办不成[\s\S]*9月28日（周一）09:01/)])
    expect(here.told('@UADA')[0]).toContain('npm run ops -- jobs list --state failed\nnpm run ops -- jobs retry ID')
    expect(here.told('@UBEN')).toEqual([expect.stringMatching(/^Work was given up\n1 job has failed for good/)])
    expect(here.told('@UCY')).toEqual([])
  })

  it('is over when it has been quiet for ten minutes: said once more, with how long it was, and shown by the first card', async () => {
    const here = office(test.db)
    await looks(here)
    here.found = FAILED
    await here.pass(60)
    here.found = []
    await here.pass(9)
    expect(here.told('@UBEN')).toHaveLength(1)
    await here.pass(1)
    const [first, second, ...more] = here.told('@UBEN')
    expect(more).toEqual([])
    expect(first).toMatch(/^Over: Work was given up/)
    expect(second).toBe('Over: Work was given up\nIt began on Mon 28 Sep, 09:01 and lasted 1 h 9 min.')
    await here.pass(60)
    expect(here.told('@UBEN')).toHaveLength(2)
  })

  it('that comes and goes within ten minutes is one alert', async () => {
    const here = office(test.db)
    await looks(here)
    for (let flap = 0; flap < 6; flap++) {
      here.found = flap % 2 === 0 ? FAILED : []
      await here.pass(5)
    }
    expect(here.told('@UADA')).toHaveLength(1)
    expect(await here.tx((tx) => here.alerts.list(tx))).toHaveLength(1)
  })

  it('that comes again after its end is told again', async () => {
    const here = office(test.db)
    for (const found of [FAILED, [], FAILED]) {
      here.found = found
      await here.pass(21)
    }
    expect(here.told('@UBEN').filter((words) => words.startsWith('Work was given up'))).toHaveLength(1)
    expect(here.told('@UBEN')).toHaveLength(3)
  })

  it('changes its card once an hour when there is more of the same, and says nothing new', async () => {
    const here = office(test.db)
    await looks(here)
    here.found = FAILED
    await here.pass(1)
    here.found = [{ facts: { count: 7, job: 'leave.remind' } }]
    await here.pass(59)
    expect(here.told('@UBEN')[0]).toContain('1 job has failed')
    await here.pass(1)
    expect(here.told('@UBEN')).toEqual([expect.stringMatching(/7 jobs have failed[\s\S]*As of Mon 28 Sep, 10:01/)])
    expect(here.slack.calls.filter(({ verb }) => verb === 'send')).toHaveLength(2)
  })

  it('goes to the room of the policy, and to that alone; to the people where the room is on no platform', async () => {
    const here = office(test.db)
    here.policy = policyWith({ channel: 'ops' })
    here.found = FAILED
    await here.pass(1)
    expect([here.told('COPS').length, here.told('@UADA').length]).toEqual([1, 0])
    here.policy = policyWith({ channel: 'nowhere' })
    here.found = []
    await here.pass(20)
    expect(here.told('@UADA')).toEqual([expect.stringMatching(/^已恢复/)])
    expect(here.told('COPS')).toEqual([expect.stringMatching(/^已恢复/)])
  })

  it('is told by one of two processes, and ended by one of them', async () => {
    const one = office(test.db)
    const two = office(test.second, { shared: one })
    const both = async (minutes: number, found: typeof FAILED) => {
      one.found = found
      two.found = found
      for (let minute = 0; minute < minutes; minute++) {
        one.clock.advance(60_000)
        await Promise.all([one.alerts.look(), two.alerts.look()])
      }
      await looks(one)
    }
    await both(3, FAILED)
    expect(one.told('@UBEN')).toHaveLength(1)
    await both(12, [])
    expect(one.told('@UBEN')).toHaveLength(2)
    expect(one.logged).toEqual([])
  })

  it('is not ended by a process that has just begun to look, whatever the rows say', async () => {
    const before = office(test.db)
    before.found = FAILED
    await before.pass(1)
    before.clock.advance(3 * 3_600_000)
    const after = office(test.db, { shared: before })
    await after.pass(10)
    expect(after.told('@UBEN')).toHaveLength(1)
    await after.pass(2)
    expect(after.told('@UBEN')).toHaveLength(2)
  })

  it('stays open while its watch cannot look, and the other watches go on', async () => {
    let broken = false
    const shaky: Watch = {
      kind: 'jobs.late',
      look: async (tx) => {
        if (broken) await tx.sql('SELECT 1 FROM no_such_table')
        return [{ facts: { count: 1, minutes: 15, job: 'x' } }]
      },
    }
    const here = office(test.db, { more: [shaky] })
    await here.pass(15)
    broken = true
    here.found = FAILED
    await here.pass(20)
    expect(here.told('@UBEN').map((words) => words.split('\n')[0])).toEqual(['Work is late', 'Work was given up'])
    expect(new Set(here.logged)).toEqual(new Set(['one of the watches failed; the others go on']))
  })

  it('knows when its end falls due, so that a rehearsed clock stops there', async () => {
    const here = office(test.db)
    here.found = FAILED
    await here.pass(15)
    expect(await here.tx((tx) => here.alerts.nextDueAt(tx))).toBeUndefined()
    here.found = []
    await here.pass(1)
    const due = await here.tx((tx) => here.alerts.nextDueAt(tx))
    expect(due).toBe(Date.parse(MORNING) + 25 * 60_000)
    here.clock.set(due ?? 0)
    await looks(here)
    expect(here.told('@UBEN')).toHaveLength(2)
  })
})

describe('an alert that cannot be said', () => {
  it('because its own platform is dead goes to the account on another one, once, and opens nothing new', async () => {
    const here = office(test.db, { watches: 'real' })
    await looks(here)
    here.slack.fate = ({ verb }) => (verb === 'send' ? refusal() : undefined)
    here.health['slack'] = { ok: false, detail: 'token_revoked: take a new token' }
    await here.pass(30)
    // Ada is asked on Lark at once; Ben has no other account: his lies dead, and nobody is told of that.
    expect(here.told('ou_ada')).toEqual([])
    expect(here.lark.in('@ou_ada')).toEqual([expect.stringMatching(/^机器人和 slack 的连接断了/)])
    expect(await dead(here)).toHaveLength(1)
    await here.pass(20)
    expect(await dead(here)).toHaveLength(1)
    expect(await here.tx((tx) => here.alerts.list(tx))).toHaveLength(1)
    here.health['slack'] = { ok: true, detail: '' }
    here.slack.fate = () => undefined
    await here.pass(15)
    expect(here.lark.in('@ou_ada')[0]).toMatch(/^已恢复/)
    expect(here.told('@UBEN')).toEqual([expect.stringMatching(/^Over: slack and the bot are not connected/)])
  })

  it('is tried elsewhere also when only the failure shows that the platform is dead', async () => {
    const here = office(test.db)
    here.slack.fate = ({ verb }) => (verb === 'send' ? refusal() : undefined)
    here.found = FAILED
    await here.pass(1)
    // The outbox itself takes a message to the next platform of its reader.
    expect(here.lark.in('@ou_ada')).toEqual([expect.stringMatching(/^有后台任务办不成/)])
    await here.pass(5)
    expect(here.lark.in('@ou_ada')).toHaveLength(1)
    const count = (await dead(here)).length
    await here.pass(60)
    expect(await dead(here)).toHaveLength(count)
    expect(here.lark.in('@ou_ada')).toHaveLength(1)
  })

  it('because the room itself is dead goes to every administrator, on the same platform where they have no other', async () => {
    const here = office(test.db)
    here.policy = policyWith({ channel: 'ops' })
    here.slack.fate = ({ verb, message }) => (verb === 'send' && roomOf(message.to) === 'COPS' ? refusal() : undefined)
    here.found = FAILED
    await here.pass(1)
    await here.pass(5)
    expect(here.told('COPS')).toEqual([])
    expect(here.lark.in('@ou_ada')).toEqual([expect.stringMatching(/^有后台任务办不成/)])
    expect(here.told('@UBEN')).toEqual([expect.stringMatching(/^Work was given up/)])
    expect(here.told('@UCY')).toEqual([])
    await here.pass(60)
    expect(here.told('@UBEN')).toHaveLength(1)
  })

  it('to one administrator first and to another later is told elsewhere to each of them', async () => {
    const here = office(test.db)
    await here.tx(({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('lark', 'ou_ben', $1, now())`, [BEN]),
    )
    const gone = new Set(['@UADA'])
    here.slack.fate = ({ verb, message }) => {
      if (verb !== 'send') return undefined
      return gone.has(roomOf(message.to)) ? refusal() : new PlatformError('not-sent', 'later', { code: 'http_503' })
    }
    here.found = FAILED
    await here.pass(1)
    await here.pass(4)
    expect([here.lark.in('@ou_ada').length, here.lark.in('@ou_ben').length]).toEqual([1, 0])
    gone.add('@UBEN')
    for (let minute = 0; minute < 40; minute++) await here.pass(1)
    expect([here.lark.in('@ou_ada').length, here.lark.in('@ou_ben').length]).toEqual([1, 1])
  })

  it('says so in the log when nobody administers at all', async () => {
    const here = office(test.db)
    await here.tx(({ sql }) => sql(`UPDATE person SET roles = '{}'`))
    here.found = FAILED
    await here.pass(3)
    expect(here.logged).toEqual(['nobody can be told: nobody has the permission administration.told'])
  })
})
