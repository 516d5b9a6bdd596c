/** `inbox list`, `inbox retry` and `inbox drop`: what people asked for and could not be done. What they said is not shown. */
import { appendLine } from '#engine/audit/lines.ts'
import { dropParked, listParked, type ParkedEvent, type RetriedEvent, retryParked } from '#engine/inbox/admin.ts'
import { done, no, type OpsCommand } from '../command.ts'
import { columns, numberOf, oneLine, writeInstant, zoneOf } from '../words.ts'

const LIMIT = 200
const LIMIT_MAX = 10_000
const ID = { name: 'ID', about: 'its reference in the list, as E12' }

export const inboxList: OpsCommand = {
  name: 'inbox list',
  about: 'list what people asked for that failed again and again and was put aside, without what they said',
  options: [
    { name: 'platform', takes: 'PLATFORM', about: 'only what came from one platform' },
    { name: 'limit', takes: 'N', about: `at most so many, ${LIMIT} when absent` },
  ],
  async run(context, { values }) {
    const { platform, limit } = values
    const filter = {
      ...(platform === undefined ? {} : { platform }),
      countMax: limit === undefined ? LIMIT : numberOf('--limit', limit, LIMIT_MAX),
    }
    const events = await context.db.transact('work', (tx) => listParked(tx, filter))
    if (events.length === 0) return done(['Nothing was put aside.'])
    const zone = zoneOf(context)
    return done(
      columns([['ID', 'RECEIVED', 'TRIES', 'WHAT', 'WHO', 'ERROR'], ...events.map((one) => cells(one, zone))]),
    )
  },
}

function cells(
  { reference, receivedAt, attempts, platform, kind, person, account, lastError }: ParkedEvent,
  zone: string,
) {
  const who = person ? `${person.staffNo} ${person.name}` : account
  return [
    reference,
    writeInstant(receivedAt, zone),
    String(attempts),
    `${platform} ${kind}`,
    oneLine(who),
    oneLine(lastError ?? ''),
  ]
}

export const inboxRetry: OpsCommand = {
  name: 'inbox retry',
  about: 'try again what was put aside, with all its tries',
  arguments: [ID],
  async run({ db, clock }, { values }) {
    const id = values['ID'] ?? ''
    const outcome = await db.transact('work', async (tx) => {
      const retried = await retryParked(tx, id)
      if (retried === 'queued')
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'inbox.retried', subject: subjectOf(id) })
      return retried
    })
    return outcome === 'queued' ? done([`${nameOf(id)} is tried again now.`]) : no([], [WHY_NOT[outcome](nameOf(id))])
  },
}

export const inboxDrop: OpsCommand = {
  name: 'inbox drop',
  about: 'let be what was put aside: nothing of it will happen',
  arguments: [ID],
  async run({ db, clock }, { values }) {
    const id = values['ID'] ?? ''
    const isDropped = await db.transact('work', async (tx) => {
      const dropped = await dropParked(tx, id, clock.now())
      if (dropped)
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'inbox.dropped', subject: subjectOf(id) })
      return dropped
    })
    return isDropped ? done([`${nameOf(id)} is let be.`]) : no([], [WHY_NOT['not-parked'](nameOf(id))])
  },
}

const nameOf = (id: string): string => oneLine(/^\d+$/.test(id.trim()) ? `E${id.trim()}` : id.trim().toUpperCase())
const subjectOf = (id: string): string => `inbox:${nameOf(id).slice(1)}`

const WHY_NOT: Readonly<Record<Exclude<RetriedEvent, 'queued'>, (id: string) => string>> = {
  'not-found': (id) => `There is nothing called ${id}. See: npm run ops -- inbox list`,
  'not-parked': (id) => `${id} was not put aside, or not any more. See: npm run ops -- inbox list`,
}
