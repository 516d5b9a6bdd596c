/** The department of the bench: people without a chat of their own, each with a Slack account, and their past leave. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { SECRET, TOKEN } from './slack.ts'

export const account = (index: number): string => `U${String(index).padStart(6, '0')}`

/** A people file of `count`: a manager in front of every twenty. */
export function peopleFile(folder: string, count: number): string {
  const lines = ['people:']
  for (let index = 0; index < count; index++) {
    const head = index - (index % 20)
    lines.push(
      `  - staffNo: B${String(index).padStart(6, '0')}`,
      `    name: 员工${index}`,
      '    department: department',
      `    roles: [${index === 0 ? 'general-manager, hr, admin' : index === head ? 'supervisor' : ''}]`,
      ...(index === 0 ? [] : [`    manager: B${String(index === head ? 0 : head).padStart(6, '0')}`]),
      `    accounts: { slack: ${account(index)} }`,
    )
  }
  const file = path.join(folder, `people-${count}.yaml`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** What the product is started with. */
export function settings(folder: string, people: string, slackUrl: string): Record<string, string> {
  return {
    DATA_DIR: path.join(folder, 'data'),
    PEOPLE_FILE: people,
    SECRET_KEY: 'a secret key of this bench, long enough',
    SLACK_SIGNING_SECRET: SECRET,
    SLACK_BOT_TOKEN: TOKEN,
    SLACK_API_URL: slackUrl,
    CLOCK: 'rehearsal:2026-09-28T09:00:00+08:00',
  }
}

/**
 * Leave that was taken: `rows` requests of one day with a segment and two ledger lines each, spread over everybody, the
 * newest on `lastDay` and the others on the days before it.
 */
export async function addPast(url: string, rows: number, lastDay = '2026-06-30'): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' })
  await client.connect()
  try {
    await addLeave((text, values) => client.query(text, values as unknown[]), rows, lastDay)
    await client.query('ANALYZE')
  } finally {
    await client.end()
  }
}

type Run = (text: string, values: readonly unknown[]) => Promise<unknown>

export async function addLeave(run: Run, rows: number, lastDay: string): Promise<void> {
  await run(
    `WITH who AS (SELECT id, row_number() OVER (ORDER BY staff_no) - 1 AS n, count(*) OVER () AS total FROM person),
            made AS (
              INSERT INTO leave_request (person_id, root_id, state, type, from_date, to_date, basis, minutes, half_days, days,
                                         provisional, policy_version, entered_by, created_at, submitted_at, closed_at)
              SELECT who.id, NULL, 'approved', 'annual', day::text, day::text, 'working', 480, 2,
                     jsonb_build_array(jsonb_build_object('date', day::text, 'minutes', 480, 'halfDays', 2, 'restMinutes', 0, 'works', true)), false, 1, who.id,
                     day + time '01:00', day + time '01:00', day + time '02:00'
              FROM generate_series(0, $1 - 1) AS i
              JOIN who ON who.n = i % who.total
              CROSS JOIN LATERAL (SELECT $2::date - (i / who.total)::int AS day) AS d
              RETURNING id, person_id, from_date),
            stretches AS (
              INSERT INTO leave_segment (request_id, root_id, person_id, date, from_at, until_at, minutes, active)
              SELECT id, id, person_id, from_date, from_date::date + time '01:00', from_date::date + time '10:00', 480, true FROM made)
       INSERT INTO leave_ledger (person_id, type, leave_year, minutes, kind, request_id, at)
       SELECT person_id, 'annual', left(from_date, 4)::int, sign * 480, CASE WHEN sign < 0 THEN 'reserve' ELSE 'release' END, id,
              from_date::date + time '01:00'
       FROM made CROSS JOIN (VALUES (-1), (1)) AS s(sign)`,
    [rows, lastDay],
  )
  await run('UPDATE leave_request SET root_id = id WHERE root_id IS NULL', [])
}
