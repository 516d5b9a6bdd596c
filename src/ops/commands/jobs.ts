/** `jobs list` and `jobs retry`. */
import { inLocale, type Locale } from '#core/i18n.ts'
import { appendLine } from '#engine/audit/lines.ts'
import type { JobList, RetryOutcome } from '#engine/jobs/jobs.ts'
import { letBe } from '#engine/jobs/repository/jobs.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { done, no, type OpsCommand } from '../command.ts'
import { columns, numberOf, oneLine, oneOf, writeInstant, writeValue, zoneOf } from '../words.ts'

const LIMIT = 100
const LIMIT_MAX = 1_000

export const jobsList: OpsCommand = {
  name: 'jobs list',
  about: 'list what waits and what was given up, and what became of the last occurrences of every schedule',
  options: [
    { name: 'state', takes: 'STATE', about: 'failed or waiting; both when absent, failed first' },
    { name: 'limit', takes: 'N', about: `at most so many jobs, ${LIMIT} when absent` },
  ],
  async run(context, { values }) {
    const state = values['state'] === undefined ? undefined : oneOf('--state', values['state'], ['failed', 'waiting'])
    const limit = values['limit'] === undefined ? LIMIT : numberOf('--limit', values['limit'], LIMIT_MAX)
    const list = await context.db.transact('work', (tx) =>
      context.app.jobs.list(tx, { ...(state ? { state } : {}), limit }),
    )
    const zone = zoneOf(context)
    const { language } = context.app.policy.current().section(OrganisationPolicy)
    return done([...jobLines(list, zone), ...scheduleLines(list, zone, language)])
  },
}

function jobLines({ jobs }: JobList, zone: string): readonly string[] {
  if (jobs.length === 0) return ['No jobs wait and none has failed.']
  const rows = jobs.map((job) => [
    String(job.id),
    job.state,
    writeInstant(job.dueAt, zone),
    `${job.attempts}/${job.attemptsMax}`,
    job.name,
    [
      writeValue(job.payload),
      job.key ? `key ${oneLine(job.key)}` : '',
      job.lastError ? `— ${oneLine(job.lastError)}` : '',
    ]
      .filter((part) => part !== '')
      .join('  '),
  ])
  return columns([['ID', 'STATE', 'DUE', 'TRIES', 'JOB', 'ABOUT'], ...rows])
}

function scheduleLines({ schedules }: JobList, zone: string, language: Locale): readonly string[] {
  return schedules.flatMap(({ name, title, last }) => [
    '',
    `${name}  ${oneLine(inLocale(title, language))}`,
    ...(last.length === 0 ? ['  has not come up yet'] : []),
    ...columns(
      last.map(({ due, state, reason, job }) => [
        `  ${writeInstant(due, zone)}`,
        state === 'skipped' ? `skipped: ${reason ?? ''}` : state,
        job === null ? '' : `job ${job.id} ${job.state}`,
      ]),
    ),
  ])
}

export const jobsRetry: OpsCommand = {
  name: 'jobs retry',
  about: 'make a job that was given up wait again, due now, with all its tries',
  arguments: [{ name: 'ID', about: 'its number in the list' }],
  async run({ app, db, clock }, { values }) {
    const id = numberOf('ID', values['ID'] ?? '', Number.MAX_SAFE_INTEGER)
    const outcome = await db.transact('work', async (tx) => {
      const retried = await app.jobs.retry(tx, id)
      if (retried === 'waiting')
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'jobs.retried', subject: `job:${id}` })
      return retried
    })
    return outcome === 'waiting' ? done([`Job ${id} waits again and is due now.`]) : no([], [WHY_NOT[outcome](id)])
  },
}

const WHY_NOT: Readonly<Record<Exclude<RetryOutcome, 'waiting'>, (id: number) => string>> = {
  unknown: (id) => `There is no job ${id}. See: npm run ops -- jobs list`,
  'not-failed': (id) => `Job ${id} was not given up: only those can be tried again.`,
  replaced: (id) => `Job ${id} was replaced: under its key a newer one waits, which does its work.`,
}

export const jobsDrop: OpsCommand = {
  name: 'jobs drop',
  about: 'let a job be that was given up: it will not be done',
  arguments: [{ name: 'ID', about: 'its number in the list' }],
  async run({ db, clock }, { values }) {
    const id = numberOf('ID', values['ID'] ?? '', Number.MAX_SAFE_INTEGER)
    const isDropped = await db.transact('work', async (tx) => {
      const dropped = await letBe(tx.sql, id, clock.now())
      if (dropped)
        await appendLine(tx.sql, { at: clock.now(), actorId: null, action: 'jobs.dropped', subject: `job:${id}` })
      return dropped
    })
    return isDropped
      ? done([`Job ${id} is let be.`])
      : no([], [`Job ${id} was not given up: only those can be let be. See: npm run ops -- jobs list`])
  },
}
