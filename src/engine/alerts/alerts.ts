/** Administrators are told what is wrong, once when it begins and once when it is over, whichever process finds it. */
import { type Clock, DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '#core/clock.ts'
import type { Platform } from '#core/platform.ts'
import type { Draw, Outbox, To } from '../context.ts'
import { type Database, isConnectionLoss, type Tx } from '../db/transaction.ts'
import { addressOf } from '../identity/accounts.ts'
import { peopleFor } from '../identity/people.ts'
import { may } from '../identity/permissions.ts'
import { deadCards } from '../outbox/repository/admin.ts'
import { roomsOfChannel } from '../outbox/rooms.ts'
import { toOf } from '../outbox/row.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { type AlertView, alertCard, overCard } from './cards.ts'
import { AdministrationPolicy } from './policy.ts'
import * as repository from './repository.ts'
import { type AlertFacts, keyOf, kindOf, type Watch } from './watch.ts'

/** The ring comes once a minute; more often nothing is looked at. */
const LOOK_EVERY_MS = MINUTE_MS
/** What has stopped for so long, by the clock, is over; what comes back before is the same alert. */
export const QUIET_MS = 10 * MINUTE_MS
/** More of the same changes the card this often, and says nothing new. */
const RETELL_EVERY_MS = HOUR_MS
const KEPT_MS = 90 * DAY_MS
/** Under this permission somebody is told when no channel is named. */
export const TOLD = 'administration.told'

export interface AlertsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly platforms: ReadonlyMap<string, Platform>
  readonly policy: () => LoadedPolicy
  readonly outbox: { within(tx: Tx): Outbox }
  readonly watches: readonly Watch[]
  readonly log: { info(data: object, message: string): void; error(data: object, message: string): void }
}

export interface Alerts {
  /** Looks at everything that is watched, at most once a minute by the clock, and tells what has begun or ended. Never throws. */
  look(): Promise<void>
  /** The next instant at which a look may find something new by the mere passing of time. */
  nextDueAt(tx: Tx): Promise<Instant | undefined>
  /** Those that are open, and those of the last 14 days, the newest first. */
  list(tx: Tx): Promise<readonly repository.AlertRow[]>
  /** Throws away a bounded number of those that ended over 90 days ago. @returns how many */
  housekeeping(tx: Tx): Promise<number>
}

/** What this process knows from its looks. */
interface Memory {
  /** By the clock, of this process. */
  firstLook: Instant | undefined
  lastLook: Instant | undefined
  /** Keys that the last look found. */
  found: ReadonlySet<string>
  /** When the next look is worth it before its minute is over. */
  soonest: Instant | undefined
}

export function createAlerts(deps: AlertsDeps): Alerts {
  const { db, clock, log } = deps
  const memory: Memory = { firstLook: undefined, lastLook: undefined, found: new Set(), soonest: undefined }
  return {
    async look() {
      const now = clock.now()
      const { lastLook, soonest } = memory
      const isEarly = lastLook !== undefined && now >= lastLook && now - lastLook < LOOK_EVERY_MS
      if (isEarly && (soonest === undefined || now < soonest)) return
      try {
        await db.transact('work', (tx) => lookAround(deps, memory, tx, now))
      } catch (error) {
        log.error({ err: error }, 'what is to be watched could not be looked at; the next minute tries again')
      }
    },
    nextDueAt: (tx) => nextDueAt(deps, memory, tx),
    list: ({ sql }) => repository.recentAlerts(sql, clock.now() - 14 * DAY_MS, 100),
    housekeeping: ({ sql }) => repository.forgetClosed(sql, clock.now() - KEPT_MS),
  }
}

async function lookAround(deps: AlertsDeps, memory: Memory, tx: Tx, now: Instant): Promise<void> {
  const found = new Set<string>()
  const blind = new Set<string>()
  for (const watch of deps.watches) {
    try {
      // What is found and cannot be told is not written down as told either.
      await tx.savepoint(async () => {
        for (const one of await watch.look(tx, now)) {
          const key = keyOf(watch.kind, one)
          found.add(key)
          await holds(deps, tx, key, one.facts, now)
        }
      })
    } catch (error) {
      if (isConnectionLoss(error)) throw error
      blind.add(watch.kind)
      deps.log.error({ err: error, watch: watch.kind }, 'one of the watches failed; the others go on')
    }
  }
  memory.firstLook ??= now
  // Whoever has just begun to look has not seen it quiet for long, whatever the row says.
  if (memory.firstLook <= now - QUIET_MS || now < memory.firstLook) {
    for (const alert of await repository.openAlerts(tx.sql)) {
      if (found.has(alert.key) || blind.has(kindOf(alert.key) ?? '')) continue
      if (await repository.close(tx.sql, alert.id, now - QUIET_MS, now)) await tellOver(deps, tx, alert, now)
    }
  }
  await tellElsewhere(deps, tx)
  tx.afterCommit(() => {
    memory.lastLook = now
    memory.found = found
  })
  memory.found = found
  memory.soonest = await nextDueAt(deps, memory, tx)
}

async function holds(deps: AlertsDeps, tx: Tx, key: string, facts: AlertFacts, now: Instant): Promise<void> {
  const alert = await repository.seen(tx.sql, key, facts, now)
  if (alert.isNew) return tellBegun(deps, tx, alert)
  if (now - alert.toldAt < RETELL_EVERY_MS || same(alert.facts, facts)) return
  const view = viewOf({ ...alert, facts })
  if (!view || !(await repository.retold(tx.sql, alert, facts, now))) return
  await deps.outbox
    .within(tx)
    .showAll(cardKey(alert.id), (reader) => ({ card: alertCard(reader, view, now) }), { quiet: true })
}

const cardKey = (id: string): string => `${CARD_KEYS}${id}`
const CARD_KEYS = 'alert:'

function viewOf({ key, facts, openedAt }: repository.AlertRow): AlertView | undefined {
  const kind = kindOf(key)
  return kind && { kind, facts, openedAt }
}

async function tellBegun(deps: AlertsDeps, tx: Tx, alert: repository.AlertRow): Promise<void> {
  const view = viewOf(alert)
  if (!view) return
  const { people, notOn } = await audience(deps, tx)
  const outbox = deps.outbox.within(tx)
  deps.log.info({ alert: alert.key, facts: alert.facts }, 'administrators are told')
  for (const to of people)
    await outbox.show(cardKey(alert.id), to, (reader) => ({ card: alertCard(reader, view) }), { notOn, urgent: true })
}

/** The card shows it, and a new message says it: who has read the first must not look for the end of it. */
async function tellOver(deps: AlertsDeps, tx: Tx, alert: repository.AlertRow, now: Instant): Promise<void> {
  const view = viewOf(alert)
  if (!view) return
  const { people, notOn } = await audience(deps, tx)
  const outbox = deps.outbox.within(tx)
  const draw: Draw = (reader) => ({ card: overCard(reader, view, now) })
  await outbox.showAll(cardKey(alert.id), draw, { quiet: true })
  for (const to of people) await outbox.send(to, draw, { key: `${cardKey(alert.id)}:over`, notOn, urgent: true })
}

/** The room that the policy names, where it can be reached; else everybody who administers. */
async function audience(deps: AlertsDeps, tx: Tx): Promise<{ people: readonly To[]; notOn: readonly string[] }> {
  const notOn = [...deps.platforms.values()]
    .filter((platform) => platform.health?.().ok === false)
    .map(({ name }) => name)
  const policy = deps.policy()
  const { channel } = policy.section(AdministrationPolicy)
  const rooms = channel === undefined ? [] : await roomsOfChannel(tx, policy, channel)
  const isReached = rooms.some(({ platform }) => !notOn.includes(platform) && deps.platforms.has(platform))
  if (channel !== undefined && isReached) return { people: [{ channel }], notOn }
  const people = await administrators(deps, tx)
  if (people.length === 0) deps.log.error({}, `nobody can be told: nobody has the permission ${TOLD}`)
  return { people, notOn }
}

async function administrators(deps: Pick<AlertsDeps, 'policy'>, tx: Tx): Promise<readonly { person: string }[]> {
  const policy = deps.policy()
  const all = await peopleFor(tx, policy).all()
  return all.filter((person) => person.active && may(policy, person, TOLD)).map(({ id }) => ({ person: id }))
}

/**
 * The news that a platform is dead may have died there: then it goes to the person's account on another one. A room's goes
 * to the administrators, on its own platform too where they have no other: it may be the room that is dead. Once for each
 * alert and reader: what dies again is in the list, and nothing is opened for it.
 */
async function tellElsewhere(deps: AlertsDeps, tx: Tx): Promise<void> {
  const open = new Map((await repository.openAlerts(tx.sql)).map((alert) => [cardKey(alert.id), alert]))
  if (open.size === 0) return
  const outbox = deps.outbox.within(tx)
  const names = [...deps.platforms.keys()]
  for (const { key, recipientKey, platform } of await deadCards(tx.sql, [...open.keys()])) {
    const alert = open.get(key)
    const view = alert && viewOf(alert)
    if (!view) continue
    const to = toOf(recipientKey)
    const [people, ways] =
      'person' in to ? [[to], names.filter((name) => name !== platform)] : [await administrators(deps, tx), names]
    for (const one of people)
      if (await addressOf(tx, one.person, ways))
        await outbox.send(one, (reader) => ({ card: alertCard(reader, view) }), {
          key: `${key}:elsewhere`,
          notOn: [platform],
          urgent: true,
        })
  }
}

/** By their names: the database gives them back in another order. */
function same(a: AlertFacts, b: AlertFacts): boolean {
  const names = Object.keys({ ...a, ...b })
  return names.every((name) => a[name] === b[name])
}

async function nextDueAt({ watches, clock }: AlertsDeps, memory: Memory, tx: Tx): Promise<Instant | undefined> {
  const now = clock.now()
  const { firstLook, found } = memory
  const ends = (await repository.openAlerts(tx.sql))
    .filter(({ key }) => firstLook !== undefined && !found.has(key))
    .map(({ seenAt }) => Math.max(seenAt, firstLook ?? now) + QUIET_MS)
  const begins: Instant[] = []
  for (const watch of watches) {
    const at = await watch.nextAt?.(tx, now)
    if (at !== undefined && at > now) begins.push(at)
  }
  const all = [...ends, ...begins]
  return all.length === 0 ? undefined : all.reduce((a, b) => Math.min(a, b))
}
