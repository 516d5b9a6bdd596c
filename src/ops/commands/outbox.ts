/** `outbox list` and `outbox retry`. What messages say is private and is not shown. */
import { appendLine } from '#engine/audit/lines.ts'
import type { Retried } from '#engine/outbox/admin.ts'
import { type ListedRow, letBe, type StateCount } from '#engine/outbox/repository/admin.ts'
import { STATES } from '#engine/outbox/row.ts'
import { done, no, type OpsCommand, UsageError } from '../command.ts'
import { columns, numberOf, oneLine, oneOf, writeInstant, zoneOf } from '../words.ts'

const LIMIT = 200
const LIMIT_MAX = 10_000

export const outboxList: OpsCommand = {
  name: 'outbox list',
  about:
    'list messages that could not be said, and those of which nobody knows whether they were, without their content',
  options: [
    { name: 'state', takes: 'STATE', about: `${STATES.join(', ')}; dead and unknown when absent` },
    { name: 'platform', takes: 'PLATFORM', about: 'only those of one platform; none for people whom nobody can reach' },
    { name: 'conversation', takes: 'CONVERSATION', about: 'only those of one conversation, as slack:C0123ABC' },
    { name: 'limit', takes: 'N', about: `at most so many, ${LIMIT} when absent` },
  ],
  async run(context, { values }) {
    const { platform, conversation, state, limit } = values
    const filter = {
      ...(state === undefined ? {} : { states: [oneOf('--state', state, STATES)] }),
      ...(platform === undefined ? {} : { platform }),
      ...(conversation === undefined ? {} : { conversation }),
      countMax: limit === undefined ? LIMIT : numberOf('--limit', limit, LIMIT_MAX),
    }
    const { rows, counts } = await context.db.transact('work', async (tx) => ({
      rows: await context.app.outbox.list(tx, filter),
      counts: await context.app.outbox.counts(tx),
    }))
    const zone = zoneOf(context)
    return done([...rowLines(rows, zone), '', ...countLines(counts, zone)])
  },
}

function rowLines(rows: readonly ListedRow[], zone: string): readonly string[] {
  if (rows.length === 0) return ['No such messages.']
  const cells = rows.map((row) => [
    row.id,
    row.state,
    writeInstant(row.dueAt.getTime(), zone),
    String(row.attempts),
    row.operation,
    row.platform === 'none' ? 'nowhere' : row.conversation,
    [oneLine(row.key), whyOf(row)].filter((part) => part !== '').join('  '),
  ])
  return columns([['ID', 'STATE', 'DUE', 'TRIES', 'WHAT', 'WHERE', 'KEY'], ...cells])
}

/** What went wrong; of one that waits without a fault, what for: quiet hours, or that it came from another platform. */
function whyOf({ errorKind, lastError, state }: ListedRow): string {
  const line = oneLine(lastError ?? '')
  if (errorKind) return `— ${errorKind}: ${line}`
  return state === 'waiting' && line !== '' ? `— ${line}` : ''
}

function countLines(counts: readonly StateCount[], zone: string): readonly string[] {
  if (counts.length === 0) return ['Everything has been said.']
  return counts.map(
    ({ platform, state, rows, oldestDueAt }) =>
      `${platform}: ${rows} ${state}, the oldest due ${writeInstant(oldestDueAt.getTime(), zone)}`,
  )
}

export const outboxRetry: OpsCommand = {
  name: 'outbox retry',
  about: 'say a dead or unknown message again; an unknown one may then be there twice',
  arguments: [{ name: 'ID', about: 'its number in the list' }],
  async run({ app, db, clock }, { values }) {
    const id = values['ID'] ?? ''
    if (!/^\d{1,18}$/.test(id)) throw new UsageError(`ID ${oneLine(id)} is no number. See: npm run ops -- outbox list`)
    const outcome = await db.transact('work', async (tx) => {
      const retried = await app.outbox.retry(tx, id)
      if (retried === 'queued')
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'outbox.retried', subject: `outbox:${id}` })
      return retried
    })
    return outcome === 'queued' ? done([`Message ${id} waits again and is due now.`]) : no([], [WHY_NOT[outcome](id)])
  },
}

const WHY_NOT: Readonly<Record<Exclude<Retried, 'queued'>, (id: string) => string>> = {
  'not-found': (id) => `There is no message ${id}. See: npm run ops -- outbox list`,
  'not-failed': (id) => `Message ${id} is neither dead nor unknown: only those can be said again.`,
  superseded: (id) => `Message ${id} was dropped: its card shows something newer.`,
  unreachable: (id) =>
    `Whoever message ${id} is for still cannot be reached: link an account (npm run ops -- people link) or name the room in the policy, then try again.`,
}

export const outboxDrop: OpsCommand = {
  name: 'outbox drop',
  about: 'let a dead or unknown message be: it will not be said',
  arguments: [{ name: 'ID', about: 'its number in the list' }],
  async run({ db, clock }, { values }) {
    const id = values['ID'] ?? ''
    if (!/^\d{1,18}$/.test(id)) throw new UsageError(`ID ${oneLine(id)} is no number. See: npm run ops -- outbox list`)
    const isDropped = await db.transact('work', async (tx) => {
      const dropped = await letBe(tx.sql, id)
      if (dropped)
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'outbox.dropped', subject: `outbox:${id}` })
      return dropped
    })
    return isDropped
      ? done([`Message ${id} is let be.`])
      : no([], [`Message ${id} is neither dead nor unknown: only those can be let be. See: npm run ops -- outbox list`])
  },
}
