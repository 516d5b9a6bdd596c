/** Backups that make themselves: every day, the newest kept, each one whole and written down. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { lastBackup } from '#engine/alerts/repository.ts'
import { checkBackup } from '#engine/db/backup-read.ts'
import { createApp } from '../../../src/app.ts'
import { testDatabase } from '../../support/database.ts'
import { policyWith } from './support.ts'

const test = testDatabase()
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'banzhang-daily-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

async function running(administration: Parameters<typeof policyWith>[0], isDaily = true) {
  const clock = manualClock('2026-09-28T09:00:00+08:00')
  const app = createApp({ db: test.db, clock, platforms: [], log: quiet, backups: { folder, isDaily } })
  const { content } = policyWith(administration)
  await test.db.transact('people', (tx) => app.policy.apply(tx, content, 'test', clock.now()))
  await test.db.transact('people', (tx) => app.schedules.load(tx))
  const until = async (instant: string) => {
    const to = Date.parse(instant)
    for (let next = await app.nextDue(); next && next.at <= to; next = await app.nextDue()) {
      clock.set(Math.max(next.at, clock.now()))
      await app.tick()
      await app.untilQuiet(new AbortController().signal)
    }
  }
  return { app, until }
}
const made = () => readdirSync(folder).toSorted()

it('at 03:00 every day where the policy says nothing, and the newest seven stay; what somebody made by hand stays', async () => {
  writeFileSync(path.join(folder, 'manual-1.banzhang.gz'), '')
  for (const day of [1, 2, 3, 4, 5, 6, 7])
    writeFileSync(path.join(folder, `daily-2020010${day}T000000000Z.banzhang.gz`), '')
  writeFileSync(path.join(folder, 'daily-20200107T000000000Z.banzhang.gz.5f.part'), 'broken off')
  const { until } = await running({})
  await until('2026-09-29T02:59:59+08:00')
  expect(made()).toHaveLength(9)
  await until('2026-09-29T03:00:00+08:00')
  const daily = made().filter((name) => name.startsWith('daily-'))
  expect(daily).toHaveLength(7)
  expect([daily[0], daily[6]]).toEqual([
    'daily-20200102T000000000Z.banzhang.gz',
    'daily-20260928T190000000Z.banzhang.gz',
  ])
  expect(made()).toContain('manual-1.banzhang.gz')
  expect(made().filter((name) => name.endsWith('.part'))).toEqual([])
  const newest = await checkBackup(path.join(folder, daily.at(-1) ?? ''))
  const mark = await test.db.transact('work', (tx) => lastBackup(tx.sql))
  expect(mark).toMatchObject({ at: Date.parse('2026-09-29T03:00:00+08:00'), sha256: newest.sha256 })
})

it('when and how many the policy says, or none', async () => {
  const { until } = await running({ backup: { at: '12:30', keep: 1 } }, false)
  await until('2026-09-29T13:00:00+08:00')
  expect(made()).toEqual(['daily-20260929T043000000Z.banzhang.gz'])
  const off = await running({ backup: 'off' })
  expect(off.app.schedules.nextDueAt(Date.parse('2026-10-01T00:00:00+08:00'))).toBeUndefined()
  const server = await running({}, false)
  expect(server.app.schedules.nextDueAt(Date.parse('2026-10-01T00:00:00+08:00'))).toBeUndefined()
})
