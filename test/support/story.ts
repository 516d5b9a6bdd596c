/** What every story needs: a department that is closed after it, people who agree in turn, and the rows behind the screens. */
import { afterEach, expect } from 'vitest'
import { formatInstant } from '../../src/core/calendar/civil.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import type { TestDatabase } from './database.ts'
import { type Department, type DepartmentOptions, department } from './department.ts'

/** Opens departments on the test's database; each is closed after its test. */
export function stories(test: TestDatabase): (options: Omit<DepartmentOptions, 'db'>) => Promise<Department> {
  let open: Department | undefined
  afterEach(async () => {
    await open?.close()
    open = undefined
  })
  return async (options) => {
    open = await department({ ...options, db: test.db })
    return open
  }
}

/** Each in turn finds the card and says yes; whoever comes later has not been asked before. */
export async function agree(spruce: Department, about: RegExp, ...staffNos: readonly string[]): Promise<void> {
  for (const [index, staffNo] of staffNos.entries()) {
    for (const later of staffNos.slice(index + 1)) await spruce.someone(later).doesNotSee(about)
    await spruce.someone(staffNo).clicks('同意', { on: about })
  }
}

export const rowsOf = <Row extends object>(db: Database, text: string, values: readonly unknown[] = []) =>
  db.transact('people', ({ sql }) => sql<Row>(text, values))

export const countOf = async (db: Database, table: string): Promise<number> =>
  Number((await rowsOf<{ n: string }>(db, `SELECT count(*) AS n FROM ${table}`))[0]?.n)

/** The states of every request for leave, in the order of their numbers. */
export const leaveStates = async (db: Database): Promise<readonly string[]> =>
  (await rowsOf<{ state: string }>(db, 'SELECT state FROM leave_request ORDER BY id')).map(({ state }) => state)

/** When a person is away, in Shanghai's time: `9月29日（周二）00:00 → …`. */
export async function awayTimes(db: Database, staffNo: string): Promise<readonly string[]> {
  const spans = await rowsOf<{ from_at: Date; until_at: Date }>(
    db,
    `SELECT from_at, until_at FROM presence_span s JOIN person p ON p.id = s.person_id
     WHERE p.staff_no = $1 AND s.kind = 'away' ORDER BY from_at`,
    [staffNo],
  )
  const write = (at: Date) => formatInstant(at.getTime(), 'Asia/Shanghai', 'zh-CN')
  return spans.map(({ from_at, until_at }) => `${write(from_at)} → ${write(until_at)}`)
}

/** What the audit log keeps of an action, oldest first. */
export const auditOf = async (db: Database, action: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (
    await rowsOf<{ data: Readonly<Record<string, unknown>> }>(
      db,
      'SELECT data FROM audit_line WHERE action = $1 ORDER BY id',
      [action],
    )
  ).map(({ data }) => data)

/** Of how many messages of the bot that a person sees now these words are part. */
export async function timesSeen(spruce: Department, staffNo: string, what: RegExp): Promise<number> {
  return (await spruce.stage.shown(staffNo)).filter(({ words }) => what.test(words)).length
}

/** Nothing went wrong behind the scenes. */
export const expectQuiet = (spruce: Department) => expect(spruce.logged).toEqual([])
