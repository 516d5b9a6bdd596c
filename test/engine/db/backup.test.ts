/** A backup and its restore: every value exactly as it was, all of it or nothing, and no number given twice. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { ConfigError } from '#core/errors.ts'
import { appendLine } from '#engine/audit/lines.ts'
import { seal, verify } from '#engine/audit/seal.ts'
import { makeBackup } from '#engine/db/backup.ts'
import { checkBackup } from '#engine/db/backup-read.ts'
import { restoreBackup } from '#engine/db/backup-restore.ts'
import { rowCounts, tablesOf } from '#engine/db/backup-tables.ts'
import { MIGRATIONS, openEmbedded } from '#engine/db/open.ts'
import type { Database } from '#engine/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'
import { gate } from '../../support/gate.ts'

const test = testDatabase({ own: true })
const older = testDatabase({ own: true })
const AT = { clock: Date.parse('2026-09-28T09:00:00+08:00'), real: Date.parse('2026-11-22T03:00:00Z') }
const AN = '00000000-0000-7000-8000-000000000001'
const FILE = '00000000-0000-7000-8000-0000000000f1'
const ODD = 'a "quoted" \\ back\\slash, {brace}, 换行\n制表\t事假 👩‍👩‍👧 \u2028 NULL \\x00'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'banzhang-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const inFolder = (name: string) => path.join(folder, name)

/** Rows of every awkward kind, in tables that point at one another, and more than one page of the audit log. */
async function fill(db: Database): Promise<void> {
  await db.transact('people', async ({ sql }) => {
    await sql(
      `INSERT INTO person (id, staff_no, name, department, post, roles, locale, zone, pattern, active)
       VALUES ($1, 'A1', $2, 'cs', '', $3, 'zh-CN', 'Asia/Shanghai', $4, true)`,
      [AN, ODD, [ODD, '', 'null'], JSON.stringify({ segments: [ODD], n: 0.1 })],
    )
    await sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('slack', 'U1', $1, $2)`, [
      AN,
      new Date('2026-09-28T01:02:03.456Z'),
    ])
    await sql(`INSERT INTO policy_version (hash, content, loaded_at, loaded_by) VALUES ('h', $1::json, $2, 'start')`, [
      '{"z": 1,   "a": {"b":2},\n "z": 3}',
      new Date(AT.clock),
    ])
    await sql(
      `INSERT INTO stored_file (id, feature, reference, person_id, permission, name, bytes, state, created_at, keep_until)
       VALUES ($1, 'leave', '1', $2, 'leave.read', $3, 768, 'stored', $4, $4)`,
      [FILE, AN, ODD, new Date('0099-12-31T23:59:59.999Z')],
    )
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    for (const position of [0, 1, 2])
      await sql('INSERT INTO file_chunk (file_id, position, bytes) VALUES ($1, $2, $3)', [FILE, position, bytes])
    await sql(`INSERT INTO backup_mark (at, real_at, bytes, sha256, rows) VALUES ($1, $1, 9007199254740993, 'x', 1)`, [
      new Date(AT.clock),
    ])
    await sql(
      `INSERT INTO audit_line (at, action, subject, data) SELECT $1, 'probe', 'p:' || n, jsonb_build_object('n', n, 'odd', $2::text)
       FROM generate_series(1, 700) AS n`,
      [new Date(AT.clock), ODD],
    )
  })
  await seal(db)
}

/** Everything there is, as PostgreSQL's own text. */
async function everything(db: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  return db.transact('people', async ({ sql }) => {
    await sql(`SET LOCAL timezone = 'UTC'`)
    const all: Record<string, string[]> = {}
    for (const { name, key } of await tablesOf(sql)) {
      const rows = await sql<{ row: string }>(`SELECT t::text AS row FROM "${name}" t ORDER BY ${key.join(', ')}`)
      if (rows.length > 0) all[name] = rows.map(({ row }) => row)
    }
    return all
  })
}

const empty = (db: Database) =>
  db.transact('people', async ({ sql }) => {
    const names = (await tablesOf(sql)).map(({ name }) => `"${name}"`)
    await sql(`TRUNCATE ${names.join(', ')} RESTART IDENTITY CASCADE`)
  })
const nextId = (db: Database) =>
  db.transact('people', async ({ sql }) => {
    const rows = await sql<{ id: string }>(
      `INSERT INTO audit_line (at, action, subject, data) VALUES ($1, 'next', 'n', '{}') RETURNING id`,
      [new Date(AT.clock)],
    )
    return Number(rows[0]?.id)
  })

describe('a backup', () => {
  it('brings back every value exactly, the audit chain with it, and takes away what was not there', async () => {
    await fill(test.db)
    const before = await everything(test.db)
    const made = await makeBackup(test.db, inFolder('a.gz'), AT)
    expect(made).toMatchObject({ file: inFolder('a.gz'), bytes: statSync(inFolder('a.gz')).size })
    expect(made.rows).toBe(Object.values(before).flat().length)
    await empty(test.db)
    await nextId(test.db)
    const restored = await restoreBackup(test.db, inFolder('a.gz'))
    expect(restored).toMatchObject({ rows: made.rows, sha256: made.sha256, migrated: [] })
    expect(restored.header).toMatchObject({ madeAt: '2026-09-28T01:00:00.000Z', realAt: '2026-11-22T03:00:00.000Z' })
    expect(await everything(test.db)).toEqual(before)
    expect(await verify(test.db)).toEqual({ sealed: 700, unsealed: 0, breaks: [] })
    await expect(test.db.transact('people', ({ sql }) => sql('DELETE FROM audit_line'))).rejects.toThrow('append-only')
    // The same rows give the same file, whatever the day.
    const again = await makeBackup(test.db, inFolder('b.gz'), AT)
    expect(again.rows).toBe(made.rows)
  })

  it('never lets a number be given twice: not one of the backup, not one that was given since', async () => {
    await fill(test.db)
    await makeBackup(test.db, inFolder('a.gz'), AT)
    const since = await nextId(test.db)
    await restoreBackup(test.db, inFolder('a.gz'))
    expect(await nextId(test.db)).toBe(since + 1)
    await empty(test.db)
    await restoreBackup(test.db, inFolder('a.gz'))
    expect(await nextId(test.db)).toBe(701)
  })

  it('holds personal data: it is its owner’s alone, and never written over another file', async () => {
    await makeBackup(test.db, inFolder('deep/er/a.gz'), AT)
    expect((statSync(inFolder('deep/er/a.gz')).mode & 0o777).toString(8)).toBe('600')
    await expect(makeBackup(test.db, inFolder('deep/er/a.gz'), AT)).rejects.toThrow(/is there already/)
    writeFileSync(inFolder('file'), '')
    await expect(makeBackup(test.db, inFolder('file/a.gz'), AT)).rejects.toThrow(ConfigError)
    expect(readdirSync(inFolder('deep/er'))).toEqual(['a.gz'])
  })

  it('lets people go before its next page', async () => {
    await fill(test.db)
    const order: string[] = []
    const backup = makeBackup(test.db, inFolder('a.gz'), AT).then(() => order.push('backup'))
    const person = test.db.transact('people', ({ sql }) => sql('SELECT 1')).then(() => order.push('person'))
    await Promise.all([backup, person])
    expect(order).toEqual(['person', 'backup'])
  })

  it('does not tell half of what happens while it is read', async () => {
    await fill(test.db)
    const backup = makeBackup(test.db, inFolder('a.gz'), AT)
    const busy = Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        test.second.transact('people', async ({ sql }) => {
          const line = { at: AT.clock, actorId: null, action: 'meanwhile', subject: `m:${n}` }
          await appendLine(sql, line)
          await sql(`INSERT INTO schedule_mark VALUES ($1, 'h', '{}', $2, $2)`, [`m${n}`, new Date(AT.clock)])
        }),
      ),
    )
    await Promise.all([backup, busy])
    await restoreBackup(test.db, inFolder('a.gz'))
    const counts = Object.fromEntries(
      (await test.db.transact('people', ({ sql }) => rowCounts(sql))).map(({ name, rows }) => [name, rows]),
    )
    expect((counts['audit_line'] ?? 0) - 700).toBe(counts['schedule_mark'] ?? 0)
  })
})

describe('a file that is no whole backup', () => {
  const lines = () =>
    gunzipSync(readFileSync(inFolder('a.gz')))
      .toString()
      .split('\n')
  const packed = (text: string) => writeFileSync(inFolder('bad.gz'), gzipSync(text))

  it.each<[string, RegExp, () => void]>([
    [
      'cut off in the middle',
      /cut off/,
      () => writeFileSync(inFolder('bad.gz'), readFileSync(inFolder('a.gz')).subarray(0, 900)),
    ],
    ['cut off before its last line', /cut off/, () => packed(`${lines().slice(0, -2).join('\n')}\n`)],
    ['of another content', /checksum/, () => packed(lines().join('\n').replaceAll('p:7', 'p:8'))],
    ['with a page less', /checksum/, () => packed([...lines().slice(0, 1), ...lines().slice(3)].join('\n'))],
    ['followed by more', /follows its last line/, () => packed(`${lines().join('\n')}{"more":1}\n`)],
    ['empty', /cut off|unpacked/, () => writeFileSync(inFolder('bad.gz'), '')],
    ['something else', /cannot be unpacked/, () => writeFileSync(inFolder('bad.gz'), 'people:\n')],
    ['something else, packed', /no JSON/, () => packed('people:\n')],
    [
      'of a later format',
      /format 2; this program reads 1/,
      () => packed(lines().join('\n').replace('"format":1', '"format":2')),
    ],
    ['not there', /cannot be read \(ENOENT\)/, () => {}],
  ])('is refused before anything changes: %s', async (_, why, damage) => {
    await test.db.transact('people', ({ sql }) =>
      sql(
        `INSERT INTO audit_line (at, action, subject, data) SELECT $1, 'x', 'p:' || n, '{}' FROM generate_series(1, 80) AS n`,
        [new Date(AT.clock)],
      ),
    )
    await makeBackup(test.db, inFolder('a.gz'), AT)
    damage()
    await nextId(test.db)
    const before = await everything(test.db)
    const restoring = restoreBackup(test.db, inFolder('bad.gz'))
    await expect(restoring).rejects.toThrow(ConfigError)
    await expect(restoring).rejects.toThrow(why)
    expect(await everything(test.db)).toEqual(before)
  })

  it('does not stop in the middle either: what fails at the end is undone', async () => {
    await fill(test.db)
    await makeBackup(test.db, inFolder('a.gz'), AT)
    await nextId(test.db)
    const before = await everything(test.db)
    const finish = () => Promise.reject(new Error('the disk is full'))
    await expect(restoreBackup(test.db, inFolder('a.gz'), { finish })).rejects.toThrow('the disk is full')
    expect(await everything(test.db)).toEqual(before)
  })
})

describe('a restore while somebody else holds a table', () => {
  it.skipIf(inject('template').kind === 'embedded')('waits for them, and nobody sees half of it', async () => {
    await fill(test.db)
    await makeBackup(test.db, inFolder('a.gz'), AT)
    const [changed, held] = [gate(), gate()]
    const other = test.second.transact('people', async ({ sql }) => {
      await sql(`UPDATE person SET name = 'changed'`)
      changed.open()
      await held.passed
    })
    await changed.passed
    const restoring = restoreBackup(test.db, inFolder('a.gz'))
    const reading = test.second.transact('people', ({ sql }) => sql<{ name: string }>('SELECT name FROM person'))
    held.open()
    await Promise.all([other, restoring])
    expect([ODD, 'changed']).toContain((await reading)[0]?.name)
    expect(await test.db.transact('people', ({ sql }) => sql('SELECT name FROM person'))).toEqual([{ name: ODD }])
  })
})

describe('a backup of another program', () => {
  const migrations = () => {
    const dir = inFolder('migrations')
    cpSync(MIGRATIONS, dir, { recursive: true })
    return dir
  }

  it('is refused when it is newer, or when a migration said something else', async () => {
    await makeBackup(test.db, inFolder('a.gz'), AT)
    const fewer = migrations()
    const last =
      readdirSync(fewer)
        .filter((name) => /^\d/.test(name))
        .toSorted()
        .at(-1) ?? ''
    rmSync(path.join(fewer, last), { recursive: true })
    await expect(restoreBackup(test.db, inFolder('a.gz'), { dir: fewer })).rejects.toThrow(/newer program/)
    mkdirSync(path.join(fewer, last))
    writeFileSync(path.join(fewer, last, 'migration.sql'), 'SELECT 1;')
    await expect(restoreBackup(test.db, inFolder('a.gz'), { dir: fewer })).rejects.toThrow(/said something else/)
  })

  it('that is older is put into the tables as they were then, and migrated with its data', async () => {
    await fill(older.db)
    await makeBackup(older.db, inFolder('a.gz'), AT)
    await empty(older.db)
    const dir = migrations()
    mkdirSync(path.join(dir, '29990101000000_later'))
    writeFileSync(
      path.join(dir, '29990101000000_later', 'migration.sql'),
      `ALTER TABLE person ADD COLUMN nickname TEXT; UPDATE person SET nickname = name || '!'; ALTER TABLE person ALTER nickname SET NOT NULL;`,
    )
    const { migrated } = await restoreBackup(older.db, inFolder('a.gz'), { dir })
    expect(migrated).toEqual(['29990101000000_later'])
    const people = await older.db.transact('people', ({ sql }) => sql('SELECT name, nickname FROM person'))
    expect(people).toEqual([{ name: ODD, nickname: `${ODD}!` }])
    expect(await verify(older.db)).toMatchObject({ sealed: 700, breaks: [] })
    await expect(older.db.transact('people', ({ sql }) => sql('DELETE FROM audit_line'))).rejects.toThrow('append-only')
  })
})

describe('from the embedded database to a server and back', () => {
  it.skipIf(inject('template').kind === 'embedded')(
    'is the same',
    async () => {
      const embedded = await openEmbedded(undefined, () => {})
      try {
        await fill(embedded)
        const before = await everything(embedded)
        const made = await makeBackup(embedded, inFolder('a.gz'), AT)
        await restoreBackup(test.db, inFolder('a.gz'))
        expect(await everything(test.db)).toEqual(before)
        const back = await makeBackup(test.db, inFolder('b.gz'), AT)
        await restoreBackup(embedded, inFolder('b.gz'))
        expect(await everything(embedded)).toEqual(before)
        expect(back.rows).toBe(made.rows)
        expect((await checkBackup(inFolder('b.gz'))).rows).toBe(made.rows)
      } finally {
        await embedded.close()
      }
    },
    120_000,
  )
})
