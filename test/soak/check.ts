/** What must be true after a soak, whatever broke: nothing lost, nothing doubled, nothing out of order, and the audit chain whole. */
import { formatInstant } from '../../src/core/calendar/civil.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts'
import { verify } from '../../src/engine/audit/seal.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import { TOKEN } from './cards.ts'
import type { Driven } from './drive.ts'
import type { Said } from './ground.ts'
import { homeOf, type Plan } from './plan.ts'

export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly outOfOrder: readonly string[]
  readonly audit: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

/** How long something may hold up what came after it (design section 7). */
const HOLDS_UP_MS = 2 * MINUTE_MS
/** Two transactions at once: one may have its number first and its commit last. */
const COMMITS_MS = 2 * SECOND_MS

interface OutboxRow {
  readonly id: number
  readonly key: string
  readonly conversation: string
  readonly operation: 'send' | 'edit'
  readonly state: string
  /** Where it lies; null when an answer carried it. */
  readonly message: string | null
  readonly attempts: number
  readonly created: Date
  readonly sent: Date | null
  readonly failed: Date | null
}
interface InboxRow {
  readonly id: number
  readonly kind: string
  readonly state: string
  readonly account: string
  readonly text: string | null
  readonly received: Date
  readonly done: Date | null
}
interface LeaveRow {
  readonly id: number
  readonly reason: string
  readonly state: string
}

interface Found {
  readonly plan: Plan
  readonly driven: Driven
  readonly outbox: readonly OutboxRow[]
  readonly inbox: readonly InboxRow[]
  readonly leaves: readonly LeaveRow[]
  /** Of the bot's messages: the place in the order of arrival, by the platform's own name or, where an answer carried it, by our key. */
  readonly places: ReadonlyMap<string, number>
  /** Whether the platform of this person changes cards in place, however often. */
  readonly keepsCards: (staffNo: string) => boolean
  /** The names under which what a row says may lie. */
  readonly namesOf: (row: OutboxRow) => readonly string[]
  /** The people for whom an answer left with a reply in the moment in which its process was killed. */
  readonly twice: ReadonlyMap<string, string>
  /** The bot's words by person, as they are now. */
  readonly words: ReadonlyMap<string, readonly string[]>
}

export async function check(plan: Plan, driven: Driven, db: Database): Promise<Verdict> {
  const [outbox, inbox, leaves] = await db.transact('work', async ({ sql }) => [
    await sql<OutboxRow>(
      `SELECT id::int AS id, key, conversation, operation, state, attempts, created_at AS created,
         sent_as->>'messageId' AS message, sent_at AS sent,
         first_failed_at AS failed FROM outbox ORDER BY id`,
    ),
    await sql<InboxRow>(
      `SELECT id::int AS id, kind, state, account, event->>'text' AS text, received_at AS received, done_at AS done
       FROM inbox ORDER BY id`,
    ),
    await sql<LeaveRow>('SELECT id, reason, state FROM leave_request ORDER BY id'),
  ])
  const groundOf = new Map(driven.grounds.map((ground) => [ground.name, ground]))
  const namesOf = (row: OutboxRow) => groundOf.get(row.conversation.replace(/:.*$/, ''))?.namesOf(row) ?? []
  const keepsCards = (staffNo: string) => driven.grounds[homeOf(staffNo, driven.grounds.length)]?.keepsCards !== false
  const said = driven.grounds.flatMap((ground) => ground.said())
  const places = new Map(said.map(({ name }, place) => [name, place]))
  const twice = saidTwiceAtDeath(outbox, said, driven)
  const found: Found = { plan, driven, outbox, inbox, leaves, places, twice, namesOf, keepsCards, words: wordsOf(said) }
  const counted = [events(found), messages(found), replies(found), requests(found)]
  const { sealed, unsealed, breaks } = await verify(db)
  return {
    lost: [...driven.problems, ...counted.flatMap(({ lost }) => lost)],
    doubled: counted.flatMap(({ doubled }) => doubled),
    outOfOrder: [...conversationsOutOfOrder(found), ...peopleOutOfOrder(found)],
    audit: [...breaks, ...(unsealed > 0 ? [`${unsealed} lines are not sealed`] : [])],
    counts: {
      events: inbox.length,
      'requests for leave': leaves.length,
      'messages sent': outbox.filter(({ state }) => state === 'sent').length,
      'of unknown fate': outbox.filter(({ state }) => state === 'unknown').length,
      'said twice at a death': found.twice.size,
      'sealed lines': sealed,
    },
  }
}

interface Counted {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
}

/** Each deed is one event, and each event is done. */
function events({ plan, driven, inbox }: Found): Counted {
  const deeds = plan.deeds.filter(({ id }) => !driven.moot.has(id))
  const untold = deeds.filter(({ id }) => !driven.acknowledged.has(id))
  const undone = inbox.filter(({ state }) => state !== 'done')
  const difference = inbox.length - deeds.length
  return {
    lost: [
      ...untold.map((deed) => `never acknowledged: ${JSON.stringify(deed)}`),
      ...undone.map((row) => `the event ${row.id} is ${row.state}`),
      ...(difference < 0 ? [`${-difference} events are not in the inbox`] : []),
    ],
    doubled: difference > 0 ? [`${difference} events are in the inbox more than once`] : [],
  }
}

/** Each row that was said is one message, and each message has a row. */
function messages({ outbox, places, twice, namesOf }: Found): Counted {
  const sends = outbox.filter(({ operation, state }) => operation === 'send' && state === 'sent')
  const known = new Set(outbox.flatMap((row) => namesOf(row)))
  const open = outbox.filter(({ state }) => !['sent', 'dropped', 'unknown'].includes(state))
  const nowhere = sends.filter((row) => !namesOf(row).some((name) => places.has(name)))
  return {
    lost: [
      ...nowhere.map(({ id, key }) => `the message ${id} (${key}) counts as sent and is nowhere`),
      ...open.map(({ id, state }) => `the message ${id} is ${state}`),
    ],
    doubled: [...places.keys()]
      .filter((name) => !known.has(name) && !twice.has(name))
      .map((name) => `${name} was said and no row says so`),
  }
}

/**
 * A reply that left in an answer whose process was killed before it could write that down is said again by the outbox:
 * nobody can tell such an answer from one that never left. By key; only around a death, and one a death.
 */
function saidTwiceAtDeath(
  outbox: readonly OutboxRow[],
  said: readonly Said[],
  { killedAt }: Driven,
): ReadonlyMap<string, string> {
  const people = new Map(said.map(({ name, staffNo }) => [name, staffNo]))
  const twice = outbox.filter(({ key, message }) => message !== null && people.has(key))
  const dying = twice.filter(({ created }) =>
    killedAt.some((death) => created.getTime() <= death && death < created.getTime() + COMMITS_MS),
  )
  return new Map(dying.slice(0, killedAt.length).map(({ key }) => [key, people.get(key) ?? '']))
}

const HINT = /这句话里没有我能办的事/
const HELP = /我能为你做的/
const EDITED = /你修改了一条/
const ASKED = /请假：请核对|请假已提交|请假已批准|请假已撤回|请假 #\d+/

/** Everybody was answered as often as they spoke. */
function replies({ plan, words, twice }: Found): Counted {
  const kinds = [
    { name: 'hints', shows: HINT, is: (text: string) => !TOKEN.test(text), does: 'say' },
    { name: 'helps', shows: HELP, is: () => true, does: 'command' },
    { name: 'words about an edit', shows: EDITED, is: () => true, does: 'edit' },
  ] as const
  const wrong = kinds.flatMap(({ name, shows, is, does }) =>
    plan.people.flatMap(({ staffNo }) => {
      const deeds = plan.deeds.filter(
        (deed) => deed.staffNo === staffNo && deed.does.kind === does && 'text' in deed.does && is(deed.does.text),
      )
      const excused = does === 'command' ? [...twice.values()].filter((who) => who === staffNo).length : 0
      const said = (words.get(staffNo) ?? []).filter((text) => shows.test(text)).length - excused
      const what = `${staffNo} got ${said} ${name} for ${deeds.length}`
      return said === deeds.length ? [] : [{ what, isMore: said > deeds.length }]
    }),
  )
  return {
    lost: wrong.filter(({ isMore }) => !isMore).map(({ what }) => what),
    doubled: wrong.filter(({ isMore }) => isMore).map(({ what }) => what),
  }
}

/** Each request is there once, as it was decided, with one card for each who sees it and one word of its end. */
function requests({ plan, driven, leaves, words, keepsCards }: Found): Counted {
  const [lost, doubled]: [string[], string[]] = [[], []]
  const expectOnce = (count: number, what: string) => {
    if (count === 0) lost.push(`${what}: not there`)
    if (count > 1) doubled.push(`${what}: ${count} times`)
  }
  for (const { token, staffNo, end } of plan.asks) {
    const rows = leaves.filter(({ reason }) => reason === token)
    expectOnce(rows.length, `the request ${token}`)
    const mine = (words.get(staffNo) ?? []).filter((text) => text.includes(token) && ASKED.test(text))
    // Where cards have successors only the newest can be pressed; what the others say stays.
    expectOnce(keepsCards(staffNo) ? mine.length : Math.min(mine.length, 1), `the card of ${token} for ${staffNo}`)
    const ends = end === 'race' ? ['approved', 'withdrawn'] : [end]
    for (const { id, state } of rows) {
      if (!ends.includes(state)) lost.push(`the request ${id} (${token}) is ${state}, not ${ends.join(' or ')}`)
    }
  }
  const told = [...words.values()].flat().filter((text) => /已批准你的请假/.test(text)).length
  const approved = plan.asks.filter(({ end }) => end === 'approved').length
  const races = plan.asks.filter(({ end }) => end === 'race').length
  if (told < approved) lost.push(`${told} were told of an approval, at least ${approved} got one`)
  if (told > approved + races) doubled.push(`${told} were told of an approval, at most ${approved + races} got one`)
  const losers = [...words.values()].flat().filter((text) => /这个申请已经处理过了/.test(text)).length
  const late = approved - driven.moot.size
  if (losers < late) lost.push(`${losers} were told that somebody was faster, at least ${late} were too late`)
  return { lost, doubled }
}

/** In each conversation by the numbers of the outbox, save what was overtaken as it may be. */
function conversationsOutOfOrder({ outbox, places: arrived, namesOf }: Found): readonly string[] {
  const places = new Map<string, { row: OutboxRow; place: number }[]>()
  for (const row of outbox) {
    // What an answer carried came when Slack asked, which it may do again hours later.
    const isSent = row.operation === 'send' && row.state === 'sent' && row.message !== null
    const [place] = isSent ? namesOf(row).flatMap((name) => arrived.get(name) ?? []) : []
    if (place !== undefined) places.set(row.conversation, [...(places.get(row.conversation) ?? []), { row, place }])
  }
  return [...places.values()].flatMap((said) =>
    said.flatMap(({ row, place }, index) =>
      said
        .slice(index + 1)
        .filter((later) => later.place < place && !mayOvertake(later.row, row))
        .map((later) => `${row.conversation}: ${written(later.row)} was said before ${written(row)}`),
    ),
  )
}

const written = ({ id, attempts, created, failed, sent }: OutboxRow) =>
  `${id} (there ${created.toISOString()}, ${attempts} failures from ${failed?.toISOString()}, sent ${sent?.toISOString()})`

function mayOvertake(later: OutboxRow, row: OutboxRow): boolean {
  const left = later.sent?.getTime() ?? 0
  if (left < row.created.getTime() + COMMITS_MS) return true
  return row.failed !== null && left >= row.failed.getTime() + HOLDS_UP_MS
}

/** What one person asked for was handled in the order in which it was received, save what waited aside as it may. */
function peopleOutOfOrder({ inbox, leaves }: Found): readonly string[] {
  const numbers = new Map(leaves.map(({ reason, id }) => [reason, id]))
  const asked = new Map<string, { row: InboxRow; number: number }[]>()
  for (const row of inbox) {
    const token = row.kind === 'said' ? TOKEN.exec(row.text ?? '')?.[0] : undefined
    const number = token === undefined ? undefined : numbers.get(token)
    if (number !== undefined) asked.set(row.account, [...(asked.get(row.account) ?? []), { row, number }])
  }
  return [...asked].flatMap(([account, all]) =>
    all.flatMap(({ row, number }, index) =>
      all
        .slice(index + 1)
        .filter((later) => later.number < number)
        .filter((later) => (later.row.done?.getTime() ?? 0) < row.received.getTime() + HOLDS_UP_MS)
        .map(
          (later) =>
            `${account}: the event ${later.row.id} was handled before ${row.id}, received at ${at(row.received)}`,
        ),
    ),
  )
}

const at = (instant: Date) => formatInstant(instant.getTime(), 'Asia/Shanghai', 'en')

function wordsOf(said: readonly Said[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>()
  for (const { staffNo, words } of said) all.set(staffNo, [...(all.get(staffNo) ?? []), words])
  return all
}
