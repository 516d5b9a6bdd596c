/** Migrations: applied in order, once, each whole or not at all; what does not fit is refused with the way out. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../../src/engine/db/migrate.ts'
import { openPglite, pglitePool } from '../../../src/engine/db/pglite.ts'

let client: pg.PoolClient
let close = async () => {}
let dir = ''
beforeAll(async () => {
  const lite = await openPglite()
  const pool = new pg.Pool(pglitePool(lite))
  client = await pool.connect()
  close = async () => {
    client.release()
    await pool.end()
    await lite.close()
  }
})
afterAll(() => close())
beforeEach(async () => {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  dir = await mkdtemp(path.join(tmpdir(), 'migrations-'))
  await write('1_one', 'CREATE TABLE one (id int)')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function write(name: string, sql: string) {
  await mkdir(path.join(dir, name), { recursive: true })
  await writeFile(path.join(dir, name, 'migration.sql'), sql)
}
const tables = async () =>
  (
    await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
    )
  ).rows.map(({ name }) => name)

describe('migrations', () => {
  it('are applied in the order of their names, and only what is missing', async () => {
    await write('2_two', 'CREATE TABLE two (id int); INSERT INTO one VALUES (1)')
    expect(await migrate(client, dir)).toEqual(['1_one', '2_two'])
    await write('3_three', 'CREATE TABLE three (id int)')
    expect(await migrate(client, dir)).toEqual(['3_three'])
    expect(await migrate(client, dir)).toEqual([])
    expect(await tables()).toEqual(['one', 'three', 'two'])
  })

  it('that fail leave nothing of themselves behind, keep those before, and go on when they are mended', async () => {
    await write('2_two', 'CREATE TABLE two (id int); CREATE TABLE one (id int)')
    await expect(migrate(client, dir)).rejects.toThrow(/The migration 2_two: .*one.* already exists/)
    expect(await tables()).toEqual(['one'])
    await write('2_two', 'CREATE TABLE two (id int)')
    expect(await migrate(client, dir)).toEqual(['2_two'])
  })

  it('of a newer program are not touched by an older one', async () => {
    await write('2_two', 'CREATE TABLE two (id int)')
    await migrate(client, dir)
    await rm(path.join(dir, '2_two'), { recursive: true })
    await expect(migrate(client, dir)).rejects.toThrow(/2_two.*older than its data. Start the newer program/)
  })

  it('that were changed after they had been applied are refused', async () => {
    await migrate(client, dir)
    await write('1_one', 'CREATE TABLE one (id bigint)')
    await expect(migrate(client, dir)).rejects.toThrow(/1_one was changed after it had been applied/)
  })

  it('that another tool broke off are not gone over', async () => {
    await migrate(client, dir)
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL')
    await expect(migrate(client, dir)).rejects.toThrow(/1_one broke off before: restore the database/)
  })

  it('give the lock back, whatever happened', async () => {
    await write('1_one', 'nonsense')
    await expect(migrate(client, dir)).rejects.toThrow(/The migration 1_one/)
    const { rows } = await client.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)
    expect(rows).toEqual([])
  })
})
