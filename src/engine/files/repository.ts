/** SQL of files: their descriptions, and their bytes in chunks. */
import type { Instant } from '#core/clock.ts'
import type { FileRef } from '#core/platform.ts'
import type { FileOwner, FileView } from '../context.ts'
import type { Sql } from '../db/transaction.ts'

/** One row of file_chunk. */
export const CHUNK_BYTES = 262_144

export interface StoredFile extends FileView {
  readonly feature: string
  readonly reference: string
  readonly platform: string | null
  /** Where it is fetched from, and who sent it; null for what we made. */
  readonly source: Source | null
}
export interface Source {
  readonly file: FileRef
  /** The person who sent it. */
  readonly by: string | null
}

const COLUMNS = `id, number, feature, reference, person_id AS "personId", permission, name, media_type AS "mediaType", bytes, sha256,
  state, problem, platform, source, created_at AS "createdAt", keep_until AS "keepUntil"`

type Read = Omit<StoredFile, 'createdAt' | 'keepUntil'> & { readonly createdAt: Date; readonly keepUntil: Date }

const viewed = (row: Read): StoredFile => ({
  ...row,
  createdAt: row.createdAt.getTime(),
  keepUntil: row.keepUntil.getTime(),
})

export interface NewFile {
  readonly id: string
  readonly owner: FileOwner
  readonly name: string
  readonly state: 'wanted' | 'stored'
  readonly mediaType: string | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly platform: string | null
  readonly source: Source | null
  readonly at: Instant
}

export async function insert(sql: Sql, file: NewFile): Promise<void> {
  const { owner, at } = file
  await sql(
    `INSERT INTO stored_file (id, feature, reference, person_id, permission, name, media_type, bytes, sha256, state, platform,
       source, created_at, stored_at, keep_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      file.id,
      owner.feature,
      owner.reference,
      owner.personId,
      owner.permission,
      file.name,
      file.mediaType,
      file.bytes,
      file.sha256,
      file.state,
      file.platform,
      file.source === null ? null : JSON.stringify(file.source),
      new Date(at),
      file.state === 'stored' ? new Date(at) : null,
      new Date(owner.keepUntil),
    ],
  )
}

export async function byId(sql: Sql, id: string): Promise<StoredFile | undefined> {
  const [row] = await sql<Read>(`SELECT ${COLUMNS} FROM stored_file WHERE id = $1`, [id])
  return row && viewed(row)
}

/** Oldest first. */
export async function ofOwner(sql: Sql, feature: string, reference: string): Promise<StoredFile[]> {
  const rows = await sql<Read>(
    `SELECT ${COLUMNS} FROM stored_file WHERE feature = $1 AND reference = $2 ORDER BY number`,
    [feature, reference],
  )
  return rows.map(viewed)
}

/** How many files each owner has that are here or on their way; owners without any are left out. */
export async function countsOf(
  sql: Sql,
  feature: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ reference: string; n: number }>(
    `SELECT reference, count(*)::int AS n FROM stored_file
     WHERE feature = $1 AND reference = ANY($2) AND state IN ('wanted', 'stored') GROUP BY reference`,
    [feature, references],
  )
  return new Map(rows.map(({ reference, n }) => [reference, n]))
}

/** The same delivery of a platform under the same owner, still wanted or here. */
export async function sameSource(
  sql: Sql,
  { feature, reference }: FileOwner,
  platform: string,
  fileId: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }>(
    `SELECT id FROM stored_file WHERE feature = $1 AND reference = $2 AND platform = $3 AND source->'file'->>'id' = $4
       AND state IN ('wanted', 'stored') LIMIT 1`,
    [feature, reference, platform, fileId],
  )
  return row?.id
}

/** Is anything of what this person sent in that delivery kept, or on its way, anywhere? */
export async function takenFrom(
  sql: Sql,
  sent: { platform: string; by: string; ids: readonly string[] },
): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM stored_file WHERE platform = $1 AND source->>'by' = $2 AND source->'file'->>'id' = ANY($3)
       AND state IN ('wanted', 'stored') LIMIT 1`,
    [sent.platform, sent.by, sent.ids],
  )
  return rows.length > 0
}

export async function byNumber(sql: Sql, number: number): Promise<StoredFile | undefined> {
  const [row] = await sql<Read>(`SELECT ${COLUMNS} FROM stored_file WHERE number = $1`, [number])
  return row && viewed(row)
}

/** The newest, whatever became of them, newest first. */
export async function latest(
  sql: Sql,
  filter: { feature?: string | undefined; state?: string | undefined; countMax: number },
): Promise<StoredFile[]> {
  const rows = await sql<Read>(
    `SELECT ${COLUMNS} FROM stored_file WHERE ($1::text IS NULL OR feature = $1) AND ($2::text IS NULL OR state = $2)
     ORDER BY number DESC LIMIT $3`,
    [filter.feature ?? null, filter.state ?? null, filter.countMax],
  )
  return rows.map(viewed)
}

/** A stored file of the same bytes under the same owner. @param name when given, of that name only */
export async function sameBytes(
  sql: Sql,
  { feature, reference }: Pick<FileOwner, 'feature' | 'reference'>,
  sha256: string,
  name?: string,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }>(
    `SELECT id FROM stored_file WHERE feature = $1 AND reference = $2 AND sha256 = $3 AND state = 'stored'
       AND ($4::text IS NULL OR name = $4) ORDER BY number LIMIT 1`,
    [feature, reference, sha256, name ?? null],
  )
  return row?.id
}

/** Locks a wanted file, so that it is settled once; undefined when it is wanted no more. */
export async function lockWanted(sql: Sql, id: string): Promise<StoredFile | undefined> {
  const [row] = await sql<Read>(`SELECT ${COLUMNS} FROM stored_file WHERE id = $1 AND state = 'wanted' FOR UPDATE`, [
    id,
  ])
  return row && viewed(row)
}

export async function markStored(
  sql: Sql,
  id: string,
  is: { name: string; mediaType: string; bytes: number; sha256: string; at: Instant },
): Promise<void> {
  await sql(
    `UPDATE stored_file SET state = 'stored', name = $2, media_type = $3, bytes = $4, sha256 = $5, stored_at = $6
     WHERE id = $1`,
    [id, is.name, is.mediaType, is.bytes, is.sha256, new Date(is.at)],
  )
}

/** It is not here, or no more: nothing of its bytes is kept. */
export async function markProblem(sql: Sql, id: string, state: 'refused' | 'dropped', problem: string): Promise<void> {
  await sql('UPDATE stored_file SET state = $2, problem = $3 WHERE id = $1', [id, state, problem])
  await sql('DELETE FROM file_chunk WHERE file_id = $1', [id])
}

/** One chunk of a file that is still wanted; nothing when it is not any more. The same again changes nothing. */
export async function stageChunk(sql: Sql, id: string, position: number, content: Uint8Array): Promise<void> {
  await sql(
    `INSERT INTO file_chunk (file_id, position, bytes)
     SELECT id, $2, $3 FROM stored_file WHERE id = $1 AND state = 'wanted' FOR SHARE
     ON CONFLICT (file_id, position) DO UPDATE SET bytes = EXCLUDED.bytes`,
    [id, position, bufferOf(chunkAt(content, position))],
  )
}

export const chunkCount = (content: Uint8Array): number => Math.ceil(content.byteLength / CHUNK_BYTES)
const chunkAt = (content: Uint8Array, position: number): Uint8Array =>
  content.subarray(position * CHUNK_BYTES, (position + 1) * CHUNK_BYTES)
const bufferOf = (part: Uint8Array): Buffer => Buffer.from(part.buffer, part.byteOffset, part.byteLength)

export async function writeChunks(sql: Sql, id: string, content: Uint8Array): Promise<void> {
  for (let position = 0; position < chunkCount(content); position++)
    await sql('INSERT INTO file_chunk (file_id, position, bytes) VALUES ($1, $2, $3)', [
      id,
      position,
      bufferOf(chunkAt(content, position)),
    ])
}

export async function readChunk(sql: Sql, id: string, position: number): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ bytes: Uint8Array }>('SELECT bytes FROM file_chunk WHERE file_id = $1 AND position = $2', [
    id,
    position,
  ])
  return row?.bytes
}

/** Those whose time is over, a bounded number, locked. */
export async function outdated(sql: Sql, now: Instant, limit: number): Promise<StoredFile[]> {
  const rows = await sql<Read>(
    `SELECT ${COLUMNS} FROM stored_file WHERE state IN ('stored', 'wanted') AND keep_until <= $1
     ORDER BY keep_until, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [new Date(now), limit],
  )
  return rows.map(viewed)
}
