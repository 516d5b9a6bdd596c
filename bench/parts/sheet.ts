/** How people are answered while a month's report is made: read, hashed, drawn, and put into a workbook. */
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { openEmbedded } from '../../src/engine/db/open.ts'
import { query } from '../../test/support/global-database.ts'
import { addLeave, addPast, peopleFile, settings } from '../support/department.ts'
import { flatOut, paced, round } from '../support/load.ts'
import type { Bench } from '../support/part.ts'
import { type Running, start } from '../support/process.ts'
import { webApi } from '../support/slack.ts'
import { asking } from './commands.ts'

/** Ten minutes before the last working day of September ends. */
const BEFORE = 'rehearsal:2026-09-30T17:20:00+08:00'
const DUE = '2026-09-30T17:31:00+08:00'
const MONTH_ENDS = '2026-09-29'

export async function sheet(bench: Bench) {
  return { embedded200: await onEmbedded(bench, 200), postgres10000: await onServer(bench, 10_000) }
}

async function onEmbedded({ folder }: Bench, people: number) {
  const slack = await webApi()
  const env = { ...settings(path.join(folder, 'sheet'), peopleFile(folder, people), slack.url), CLOCK: BEFORE }
  // The people first; then their leave, by another process in between: one at a time holds the folder.
  await (await start('bin/serve.ts', env)).stop()
  const db = await openEmbedded(path.join(folder, 'sheet', 'data', 'db'), (message) => {
    throw new Error(message)
  })
  await db.transact('work', ({ sql }) => addLeave(sql, people * 2, MONTH_ENDS))
  await db.close()
  const running = await start('bin/serve.ts', env)
  try {
    return { ...(await whileItIsMade(running, people, 10)), target: 'p99 below 1000 ms' }
  } finally {
    await running.stop()
    await slack.close()
  }
}

async function onServer({ folder, postgresUrl }: Bench, people: number) {
  const slack = await webApi()
  const url = `${postgresUrl}sheet`
  await query(`${postgresUrl}postgres`, 'CREATE DATABASE sheet')
  const env = { ...settings(folder, peopleFile(folder, people), slack.url), CLOCK: BEFORE, DATABASE_URL: url }
  const running = await start('bin/serve.ts', env)
  try {
    await addPast(url, people * 2, MONTH_ENDS)
    const plainMs = await plainQueryMs(url)
    const made = await whileItIsMade(running, people, 20)
    return { ...made, plainQueryMs: plainMs, target: 'p99 below 250 ms' }
  } finally {
    await running.stop()
    await slack.close()
  }
}

/** The same rows as the report reads, in one query that does nothing with them. */
async function plainQueryMs(url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  const from = performance.now()
  await client.query(`SELECT r.*, p.name, p.department FROM leave_request r JOIN person p ON p.id = r.person_id
                      WHERE r.from_date <= '2026-09-30' AND r.to_date >= '2026-09-01' ORDER BY r.id`)
  const took = performance.now() - from
  await client.end()
  return round(took)
}

/** @param perSecond commands; few, since what is measured is how long they wait, not how many there can be */
async function whileItIsMade(running: Running, people: number, perSecond: number) {
  const to = asking(running.port, 'blocks', people)
  await flatOut(to, 2, 2_000)
  const before = await paced(to, perSecond, 5_000)
  const from = performance.now()
  const made = fetch(`http://127.0.0.1:${running.port}/rehearsal/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: DUE }),
  }).then(async (response) => {
    if (!response.ok) throw new Error(`the clock was not moved: ${await response.text()}`)
    return Math.round(performance.now() - from)
  })
  const meanwhile = await paced(to, perSecond, 1_000, made)
  return { madeWithinMs: await made, answersBefore: before, answersMeanwhile: meanwhile, memoryMb: running.memoryMb() }
}
