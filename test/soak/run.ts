/**
 * `npm run soak -- [--seed N] [--deliveries N] [--kills N] [--database server|embedded]`: thousands of deliveries in a few
 * hours of clock, with repeats, delays, broken sends and killed processes; says what it found, and fails when anything
 * was lost, doubled or out of order.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded, openServer } from '../../src/engine/db/open.ts'
import { homeWith, startChild } from '../support/child.ts'
import { query } from '../support/global-database.ts'
import { startPostgres } from '../support/postgres.ts'
import { check, type Verdict } from './check.ts'
import { type Driven, drive } from './drive.ts'
import type { Ground } from './ground.ts'
import { larkGround } from './ground-lark.ts'
import { slackGround } from './ground-slack.ts'
import { wecomGround } from './ground-wecom.ts'
import { homeOf, type Plan, planOf } from './plan.ts'

const SHOWN_MAX = 10

const { values: given } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    deliveries: { type: 'string', default: '10000' },
    kills: { type: 'string' },
    database: { type: 'string', default: 'server' },
  },
})
const number = (name: 'seed' | 'deliveries' | 'kills', value: string) => {
  if (!/^\d{1,7}$/.test(value)) throw new Error(`--${name} is ${value}: write a whole number`)
  return Number(value)
}
const say = (line: string) => process.stdout.write(`${line}\n`)

process.exitCode = await main()

async function main(): Promise<number> {
  const { database } = given
  if (database !== 'server' && database !== 'embedded')
    throw new Error(`--database is ${database}: write server or embedded`)
  const seed = number('seed', given.seed)
  const deliveries = number('deliveries', given.deliveries)
  const kills = given.kills === undefined ? Math.max(2, Math.round(deliveries / 500)) : number('kills', given.kills)
  const grounds = [await slackGround(), await larkGround(), await wecomGround()]
  const homeGround = (staffNo: string) => grounds[homeOf(staffNo, grounds.length)]
  const plan = planOf(seed, deliveries, (staffNo) => homeGround(staffNo)?.tellsEdits ?? false)
  for (const { staffNo, name } of plan.people) homeGround(staffNo)?.join(staffNo, name)
  say(
    `seed ${seed}: ${plan.deliveries} deliveries of ${plan.deeds.length} deeds by ${plan.people.length} people (${plan.hash})`,
  )
  const from = performance.now()
  const { driven, verdict } =
    database === 'server' ? await onServer(plan, grounds, seed, kills) : await embedded(plan, grounds, seed, kills)
  return tell(plan, driven, verdict, (performance.now() - from) / 1_000)
}

async function onServer(plan: Plan, grounds: readonly Ground[], seed: number, kills: number) {
  const server = await startPostgres({ durable: false })
  try {
    const url = `${server.url}soak`
    await query(`${server.url}postgres`, 'CREATE DATABASE soak')
    const driven = await run(plan, grounds, { seed, kills, processes: 2, env: { DATABASE_URL: url } })
    const db = await openServer(url)
    const verdict = await check(plan, driven, db)
    await db.close()
    return { driven, verdict }
  } finally {
    await server.stop()
  }
}

async function embedded(plan: Plan, grounds: readonly Ground[], seed: number, kills: number) {
  let folder = ''
  const driven = await run(plan, grounds, { seed, kills, processes: 1, env: {}, keep: (made) => (folder = made) })
  const db = await openEmbedded(path.join(folder, 'data', 'db'), () => {})
  const verdict = await check(plan, driven, db)
  await db.close()
  return { driven, verdict }
}

async function run(
  plan: Plan,
  grounds: readonly Ground[],
  how: {
    seed: number
    kills: number
    processes: number
    env: Readonly<Record<string, string>>
    keep?: (folder: string) => void
  },
): Promise<Driven> {
  const homeGround = (staffNo: string) => grounds[homeOf(staffNo, grounds.length)]
  const made = homeWith(
    Object.assign({}, ...grounds.map(({ env }) => env)),
    (staffNo) => {
      const ground = homeGround(staffNo)
      return ground ? { [ground.name]: ground.account(staffNo) } : {}
    },
    plan.people,
    plan.policy,
  )
  process.once('exit', made.remove)
  how.keep?.(made.folder)
  const start = (_: number, aheadMs: number) => startChild({ ...made.env, ...how.env, TEST_AHEAD_MS: String(aheadMs) })
  const driven = await drive({ plan, ...how, grounds, start, log: say })
  for (const ground of grounds) await ground.close()
  return driven
}

function tell(plan: Plan, driven: Driven, verdict: Verdict, seconds: number): number {
  const counts = Object.entries(verdict.counts).map(([name, count]) => `${count} ${name}`)
  const troubles = Object.entries(driven.troubles).map(([name, count]) => `${name} ${count}`)
  const sum = (kind: 'lost' | 'doubled' | 'outOfOrder') => verdict[kind].length
  say(
    `${driven.calls} calls in ${seconds.toFixed(1)} s (${(driven.calls / seconds).toFixed(0)} a second), ${driven.hoursPassed.toFixed(1)} hours by the clock`,
  )
  say(`${driven.killed} processes killed; platforms in trouble: ${troubles.join(', ')}`)
  say(`${counts.join(', ')}; ${plan.asks.length} requests planned`)
  say(
    `${sum('lost')} lost, ${sum('doubled')} doubled, ${sum('outOfOrder')} out of order, audit chain ${verdict.audit.length === 0 ? 'verified' : 'BROKEN'}`,
  )
  const violations = [verdict.lost, verdict.doubled, verdict.outOfOrder, verdict.audit]
  for (const line of violations.flatMap((lines) => lines.slice(0, SHOWN_MAX))) say(`  ${line}`)
  const failed = violations.some((lines) => lines.length > 0)
  if (failed) for (const log of driven.logs.filter((text) => text !== '')) say(log.slice(-2_000))
  return failed ? 1 : 0
}
