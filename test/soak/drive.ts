/** Carries a plan out against the real product in processes of its own: delivers, repeats, lets hours pass, breaks the platforms, and kills. */

import { HOUR_MS, MINUTE_MS, realNow, SECOND_MS } from '../../src/core/clock.ts'
import type { RawRequest } from '../../src/core/platform.ts'
import type { Child } from '../support/child.ts'
import type { Ground } from './ground.ts'
import { type Deed, homeOf, type Plan } from './plan.ts'
import { type Chance, chance } from './random.ts'

export const STARTS_AT = Date.parse('2026-09-28T09:00:00+08:00')
/** A row that failed may hold up others for two minutes: while one waits the clock leaps by less, so that it is tried again in between. */
const LEAP_MS_MAX = 45 * SECOND_MS
/** What falls due within so long comes at once. */
const TOGETHER_MS = 40 * SECOND_MS
const AT_ONCE_MAX = 8
/** Longer than a claim of a process that is gone holds. */
const LEASE_OVER_MS = 31 * SECOND_MS
/** A card that is not there after so long by the clock never comes. */
const CARD_MS_MAX = 3 * HOUR_MS
const SETTLE_ROUNDS_MAX = 600

export interface DriveOptions {
  readonly plan: Plan
  readonly seed: number
  readonly kills: number
  /** Starts process number `index`, its real time ahead by so much. */
  readonly start: (index: number, aheadMs: number) => Promise<Child>
  readonly grounds: readonly Ground[]
  readonly processes: number
  readonly log: (line: string) => void
}

export interface Driven {
  readonly grounds: readonly Ground[]
  /** Calls made, those that failed or were given up included. */
  readonly calls: number
  readonly killed: number
  /** When, by the clock. */
  readonly killedAt: readonly number[]
  readonly troubles: Readonly<Record<string, number>>
  readonly hoursPassed: number
  /** Deeds that were acknowledged. */
  readonly acknowledged: ReadonlySet<number>
  /** Deeds for which there was never a button: somebody else was done before the card could be shown. */
  readonly moot: ReadonlySet<number>
  /** What already went wrong while driving. */
  readonly problems: readonly string[]
  /** What the processes wrote to their logs. */
  readonly logs: readonly string[]
}

interface Due {
  readonly deed: Deed
  readonly nth: number
  at: number
  readonly since: number
}

export async function drive(options: DriveOptions): Promise<Driven> {
  const world = await begin(options)
  const inFlight = new Set<Promise<void>>()
  let next = 0
  const killAt = options.plan.deliveries / (options.kills + 1)
  while (world.queue.length > 0) {
    breakGrounds(world)
    const now = world.now()
    const due = world.queue[0]
    if (due === undefined) break
    if (due.at > now) {
      await Promise.all(inFlight)
      await leap(world, world.isBusy ? Math.min(due.at + TOGETHER_MS, now + LEAP_MS_MAX) : due.at + TOGETHER_MS)
      continue
    }
    world.queue.shift()
    const work: Promise<void> = deliver(world, due).finally(() => inFlight.delete(work))
    inFlight.add(work)
    if (inFlight.size >= AT_ONCE_MAX) await Promise.race(inFlight)
    if (world.calls > (world.killed + 1) * killAt && world.killed < options.kills) await kill(world, inFlight)
    if (world.calls >= next) {
      options.log(
        `${world.calls} calls, ${Math.round(world.now() / MINUTE_MS)} minutes by the clock, ${world.killed} killed`,
      )
      next += 1_000
    }
  }
  await Promise.all(inFlight)
  await settle(world)
  for (const child of world.children) await child.stop()
  return { ...world, hoursPassed: world.now() / HOUR_MS }
}

interface World {
  readonly options: DriveOptions
  readonly grounds: readonly Ground[]
  readonly dice: Chance
  readonly children: Child[]
  readonly queue: Due[]
  readonly requests: Map<number, RawRequest>
  readonly acknowledged: Set<number>
  readonly moot: Set<number>
  readonly killedAt: number[]
  readonly problems: string[]
  readonly logs: string[]
  readonly troubles: Record<string, number>
  /** By the clock, after the beginning. */
  now(): number
  setNow(afterMs: number): void
  /** Something waits, for its time or for another try. */
  isBusy: boolean
  calls: number
  killed: number
  aheadMs: number
  /** Of each platform: how many of the bot's calls were looked at. */
  readonly seen: Map<Ground, number>
}

async function begin(options: DriveOptions): Promise<World> {
  const children: Child[] = []
  for (let index = 0; index < options.processes; index++) children.push(await options.start(index, 0))
  let [afterMs, setAt] = [0, performance.now()]
  const queue = options.plan.deeds
    .flatMap((deed) => deed.at.map((at, nth): Due => ({ deed, nth, at, since: at })))
    .sort((one, other) => one.at - other.at)
  const world: World = {
    options,
    grounds: options.grounds,
    dice: chance(options.seed + 1),
    children,
    queue,
    requests: new Map(),
    acknowledged: new Set(),
    moot: new Set(),
    killedAt: [],
    problems: [],
    logs: [],
    troubles: {},
    now: () => afterMs + performance.now() - setAt,
    setNow(to) {
      ;[afterMs, setAt] = [to, performance.now()]
    },
    isBusy: false,
    calls: 0,
    killed: 0,
    aheadMs: 0,
    seen: new Map(),
  }
  await follow(world)
  return world
}

const groundOf = ({ grounds }: Pick<World, 'grounds'>, staffNo: string): Ground => {
  const ground = grounds[homeOf(staffNo, grounds.length)]
  if (!ground) throw new Error(`${staffNo} is on no platform`)
  return ground
}

/** One call of a platform; what is not acknowledged comes again. */
async function deliver(world: World, due: Due): Promise<void> {
  const { deed } = due
  const ground = groundOf(world, deed.staffNo)
  const request = world.requests.get(deed.id) ?? ground.request(deed)
  if (!request) return isMoot(world, deed) ? undefined : postpone(world, due, 20 * SECOND_MS, 'its card never came')
  world.requests.set(deed.id, request)
  const child = world.dice.of(world.children)
  const isCommand = deed.does.kind === 'command' && ground.answersCommands
  // A command whose answer did not come is repeated: all but the last are broken off.
  const breaksOff = isCommand && due.nth < deed.at.length - 1
  const signal = breaksOff ? AbortSignal.timeout(world.dice.between(1, 60)) : undefined
  world.calls++
  const answer = await child.call(ground.signed(request, realNow() + world.aheadMs), signal).catch(() => undefined)
  if (breaksOff) return
  if (answer?.status !== 200) return postpone(world, due, world.dice.of([SECOND_MS, MINUTE_MS]), 'it was never taken')
  world.acknowledged.add(deed.id)
  if (isCommand && answer.body !== '') ground.keepAnswer(deed.staffNo, answer.body)
}

/** Its card came late, when there was nothing to press any more. */
function isMoot(world: World, { id, staffNo, does }: Deed): boolean {
  if (does.kind !== 'press' || !groundOf(world, staffNo).isShown(staffNo, does.token)) return false
  // One's own card gets its buttons one after the other.
  if (!staffNo.startsWith('S')) return false
  world.moot.add(id)
  return true
}

function postpone(world: World, due: Due, byMs: number, why: string): void {
  const at = Math.max(due.at, world.now()) + byMs
  if (at - due.since > CARD_MS_MAX) {
    world.problems.push(`${why}: ${JSON.stringify(due.deed)}`)
    return
  }
  const index = world.queue.findIndex((other) => other.at > at)
  world.queue.splice(index < 0 ? world.queue.length : index, 0, { ...due, at })
}

/** For each call that a platform has got since, perhaps one that will go wrong: 10 % fail, of 2 % nobody knows. */
function breakGrounds({ grounds, seen, dice, troubles }: World): void {
  for (const ground of grounds) {
    const calls = ground.calls()
    for (let call = seen.get(ground) ?? 0; call < calls; call++) {
      const roll = dice.next()
      if (roll >= 0.12) continue
      const name = `${ground.name} ${ground.breakNext(roll / 0.12)}`
      troubles[name] = (troubles[name] ?? 0) + 1
    }
    seen.set(ground, calls)
  }
}

/** Real time goes with the clock, once nothing is in hand: paces and codes of the platforms are counted on it. Everybody at the same instant: two processes whose clocks differ would not agree on what is due. */
async function leap(world: World, to: number): Promise<void> {
  const before = world.now()
  const [first] = world.children
  await first?.moveTo(STARTS_AT + Math.ceil(to))
  await follow(world)
  await Promise.all(world.children.map((child) => child.look()))
  await ahead(world, Math.max(0, Math.round(world.now() - before)))
  const rows = (await first?.count()) ?? {}
  world.isBusy = Object.keys(rows).some((name) => /^inbox received|^outbox \S+ (held|waiting|sending)$/.test(name))
}

async function follow(world: World): Promise<void> {
  const shown = await Promise.all(world.children.map((child) => child.refresh()))
  world.setNow(Math.max(...shown) - STARTS_AT)
}

/** One of them, in the middle of what it does; it comes back, and what it had in hand is anybody's. */
async function kill(world: World, inFlight: ReadonlySet<Promise<void>>): Promise<void> {
  const { children, dice, options } = world
  const index = dice.between(0, children.length - 1)
  const victim = children[index]
  if (!victim) return
  victim.kill()
  world.killedAt.push(STARTS_AT + world.now())
  world.killed++
  await victim.ended
  world.logs.push(victim.log)
  await Promise.all(inFlight)
  children.splice(index, 1)
  // The others go on alone for a while.
  for (let calls = 0; calls < 10 && children.length > 0 && world.queue.length > 0; calls++) {
    const due = world.queue.shift()
    if (due) await deliver(world, due)
  }
  children.splice(index, 0, await options.start(index, world.aheadMs))
  await ahead(world, LEASE_OVER_MS)
}

/** Real time passes for everybody, platforms included, until no claim of the dead holds any more. */
async function ahead(world: World, ms: number): Promise<void> {
  world.aheadMs += ms
  for (const ground of world.grounds) ground.advance(ms)
  await Promise.all(world.children.map((child) => child.beAhead(world.aheadMs)))
  await follow(world)
}

/** Until nothing is under way any more: no trouble from now on, and the clock goes on. */
async function settle(world: World): Promise<void> {
  await ahead(world, LEASE_OVER_MS)
  for (let round = 0; round < SETTLE_ROUNDS_MAX; round++) {
    await leap(world, world.now() + 20 * SECOND_MS)
    if (!world.isBusy) return
  }
  world.problems.push(`it never became quiet: ${JSON.stringify(await world.children[0]?.count())}`)
}
