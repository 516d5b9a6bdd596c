/** Each thing that is watched over: told once at its value and not one step before it, and over once. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Sql } from '#engine/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'
import { YEAR_2027 } from '../../support/year-2027.ts'
import { hire, looks, MORNING, type Office, office, policyWith } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

const at = (instant: string) => Date.parse(instant)
const open = async (here: Office) =>
  (await here.tx((tx) => here.alerts.list(tx))).filter(({ closedAt }) => closedAt === null).map(({ key }) => key)
const run = (here: Office, text: string, values: readonly unknown[] = []) => here.tx(({ sql }) => sql(text, values))
const begun = (here: Office) => here.told('@UBEN').filter((words) => !words.startsWith('Over:'))
/** The end is told once, ten minutes after it was seen last. */
const ends = async (here: Office) => {
  for (const minutes of [8, 1]) {
    here.clock.advance(minutes * 60_000)
    await here.pass(1)
  }
  expect(await open(here)).toEqual([])
  expect(here.told('@UBEN').filter((words) => words.startsWith('Over:')).length).toBeGreaterThan(0)
  const count = here.told('@UBEN').length
  here.clock.advance(3_600_000)
  await here.pass(1)
  expect(here.told('@UBEN')).toHaveLength(count)
  expect(here.logged).toEqual([])
}

const message = (sql: Sql, key: string, state: string, platform = 'slack') =>
  sql(
    `INSERT INTO outbox (key, platform, conversation, recipient, message, locale, accounts, operation, quiet, state, due_at, attempts, created_at)
     VALUES ($1, $3, 'slack:C1', '{"room":"C1"}', '{"text":"x"}', 'en', '{}', 'send', false, $2, $4, 0, $4)`,
    [key, state, platform, new Date(MORNING)],
  )
const job = (sql: Sql, state: string, due: string) =>
  sql(
    `INSERT INTO job (name, payload, state, due_at, attempts, attempts_max, created_at, finished_at)
     VALUES ('leave.remind', '{}', $1, $2, 0, 5, $2, $2)`,
    [state, new Date(due)],
  )

describe('messages that were given up', () => {
  it('are told by platform, those that are unknown or waiting are not, and it is over when they were said or let be', async () => {
    const here = office(test.db, { watches: 'real' })
    await here.tx(async ({ sql }) => {
      await message(sql, 'a', 'unknown')
      await message(sql, 'b', 'dead')
      await message(sql, 'c', 'dead')
      await message(sql, 'd', 'dead', 'none')
    })
    await here.pass(3)
    expect(await open(here)).toEqual(expect.arrayContaining(['outbox.dead:none', 'outbox.dead:slack']))
    expect(begun(here).map((words) => words.split('\n').slice(0, 2).join(': '))).toEqual([
      'Messages have nobody to go to: 1 message was given up. Nobody gets it unless somebody acts.',
      'Messages could not be said on slack: 2 messages were given up. Nobody gets them unless somebody acts.',
    ])
    await run(here, `UPDATE outbox SET state = 'dropped' WHERE state = 'dead'`)
    await ends(here)
  })
})

describe('jobs', () => {
  it('that were given up are told with the name of the last', async () => {
    const here = office(test.db, { watches: 'real' })
    await here.tx(({ sql }) => job(sql, 'failed', MORNING))
    await here.pass(2)
    expect(begun(here)).toEqual([expect.stringContaining('1 job has failed for good, the last of them leave.remind')])
    await run(here, `UPDATE job SET state = 'waiting', due_at = $1`, [new Date('2027-01-01')])
    await ends(here)
  })

  it('that wait longer than the policy allows are late, not a minute before, and not those found after a sleep', async () => {
    const here = office(test.db, { watches: 'real' })
    here.policy = policyWith({ lateAfterMinutes: 5 })
    await looks(here)
    await here.tx(({ sql }) => job(sql, 'waiting', '2026-09-28T09:02:00+08:00'))
    await here.pass(6)
    expect(await open(here)).toEqual([])
    await here.pass(1)
    expect(begun(here)).toEqual([expect.stringContaining('due for more than 5 minutes, the oldest is leave.remind')])
    await run(here, `UPDATE job SET state = 'done'`)
    await ends(here)
    await here.tx(({ sql }) => job(sql, 'waiting', '2026-09-28T12:00:00+08:00'))
    here.clock.set(at('2026-09-28T20:00:00+08:00'))
    await looks(here)
    expect(await open(here)).toEqual([])
  })
})

describe('a platform that refuses the token', () => {
  it('is told at the second look, with what it says, and is over when a call was taken again', async () => {
    const here = office(test.db, { watches: 'real' })
    here.health['lark'] = { ok: false, detail: 'invalid token: take a new one' }
    await looks(here)
    expect(await open(here)).toEqual([])
    await here.pass(1)
    expect(begun(here)).toEqual([expect.stringContaining('lark: invalid token: take a new one')])
    expect(begun(here)[0]).toContain('npm run ops -- check')
    here.health['lark'] = { ok: true, detail: '' }
    await ends(here)
  })
})

describe('the calendar of the next year', () => {
  it('is asked for from 1 November on in the zone of the organisation, and given when the year is loaded', async () => {
    const here = office(test.db, { watches: 'real' })
    expect(await here.tx((tx) => here.alerts.nextDueAt(tx))).toBe(at('2026-11-01T00:00:00+08:00'))
    here.clock.set(at('2026-10-31T23:59:59+08:00'))
    await looks(here)
    expect(await open(here)).toEqual([])
    here.clock.set(at('2026-11-01T00:00:00+08:00'))
    await looks(here)
    expect(await open(here)).toEqual(['calendar.missing:2027'])
    here.clock.set(at('2026-12-20T09:00:00+08:00'))
    await here.pass(1)
    expect(begun(here)).toEqual([expect.stringMatching(/^The days off of 2027 are not known yet/)])
    here.policy = policyWith({}, { years: [YEAR_2027] })
    await ends(here)
  })

  it('is still missing in the year itself', async () => {
    const here = office(test.db, { watches: 'real' })
    here.clock.set(at('2027-01-15T09:00:00+08:00'))
    await looks(here)
    expect(await open(here)).toEqual(['calendar.missing:2027'])
  })
})

describe('backups', () => {
  const installed = (here: Office) =>
    run(here, `INSERT INTO policy_version (hash, content, loaded_at, loaded_by) VALUES ('x', '{}', $1, 'start')`, [
      new Date(MORNING),
    ])
  const backUp = (here: Office) =>
    run(here, `INSERT INTO backup_mark (at, real_at, bytes, sha256, rows) VALUES ($1, $1, 1, 'x', 1)`, [
      new Date(here.clock.now()),
    ])

  it('are missed a week after the installation, a week after the last one, and not a moment before', async () => {
    const here = office(test.db, { watches: 'real' })
    await installed(here)
    here.clock.set(at('2026-10-05T08:59:59+08:00'))
    await looks(here)
    expect(await open(here)).toEqual([])
    expect(await here.tx((tx) => here.alerts.nextDueAt(tx))).toBe(at('2026-10-05T09:00:00+08:00'))
    here.clock.set(at('2026-10-05T09:00:00+08:00'))
    await looks(here)
    expect(begun(here)).toEqual([expect.stringContaining('There has never been one. There should be one every 7 days')])
    await backUp(here)
    await ends(here)
    const last = at('2026-10-05T09:00:00+08:00')
    here.clock.set(last + 7 * 86_400_000 - 1)
    await looks(here)
    expect(await open(here)).toEqual([])
    here.clock.set(last + 7 * 86_400_000)
    await looks(here)
    expect(begun(here).at(-1)).toContain('The last one was made on Mon 5 Oct, 09:00')
  })

  it('are not missed by who backs up in another way, and says so in the policy', async () => {
    const here = office(test.db, { watches: 'real' })
    here.policy = policyWith({ backupWithinDays: 0 })
    await installed(here)
    here.clock.set(at('2026-10-30T09:00:00+08:00'))
    await looks(here)
    expect(await open(here)).toEqual([])
  })
})
