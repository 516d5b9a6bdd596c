/** The tables of form pages, in plain SQL: pages with their sessions, and what was uploaded to them. */
import { createHash } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import type { Person } from '../context.ts'
import type { Sql } from '../db/transaction.ts'
import { PERSON_COLUMNS, type PersonRow, personOf } from '../identity/people.ts'

/** One row of form_upload_chunk. */
const CHUNK_BYTES = 262_144

export interface Page {
  readonly id: string
  readonly person: Person
  /** The account it was asked for from still is this person's. */
  readonly linked: boolean
  readonly platform: string
  readonly account: string
  readonly room: string
  readonly roomKind: 'direct' | 'group'
  readonly form: Form
  /** Real time, as all of a page. */
  readonly expiresAt: Instant
  /** Until when the session holds; 0 while the link was not exchanged. */
  readonly sessionEnds: Instant
  /** The form was shown in the session. */
  readonly sessionSeen: boolean
  readonly submittedAt: Instant | undefined
  /** How often it was sent in, whatever became of it. */
  readonly attempts: number
  /** How often a feature refused it. */
  readonly round: number
}

interface PageRow extends PersonRow {
  readonly pageId: string
  readonly linked: boolean
  readonly platform: string
  readonly account: string
  readonly room: string
  readonly roomKind: 'direct' | 'group'
  readonly form: Form
  readonly expiresAt: Date
  readonly sessionEnds: Date | null
  readonly sessionSeen: boolean
  readonly submittedAt: Date | null
  readonly attempts: number
  readonly round: number
}

const PAGE = `SELECT ${PERSON_COLUMNS}, f.id AS "pageId", f.platform, f.account, f.room, f.room_kind AS "roomKind", f.form,
  f.expires_at AS "expiresAt", f.session_ends AS "sessionEnds", f.session_seen AS "sessionSeen",
  f.submitted_at AS "submittedAt", f.attempts, f.round,
  EXISTS (SELECT 1 FROM account a WHERE a.platform = f.platform AND a.account = f.account AND a.person_id = p.id) AS linked
  FROM form_page f JOIN person p ON p.id = f.person_id`

function pageOf(row: PageRow): Page {
  const { pageId, linked, platform, account, room, roomKind, form, sessionSeen, attempts, round } = row
  return {
    id: pageId,
    person: personOf(row),
    linked,
    platform,
    account,
    room,
    roomKind,
    form,
    expiresAt: row.expiresAt.getTime(),
    sessionEnds: row.sessionEnds?.getTime() ?? 0,
    sessionSeen,
    submittedAt: row.submittedAt?.getTime(),
    attempts,
    round,
  }
}

/** Links and sessions are kept as their hash alone. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export interface NewPage {
  readonly id: string
  readonly token: string
  readonly personId: string
  readonly platform: string
  readonly account: string
  readonly room: string
  readonly roomKind: 'direct' | 'group'
  readonly form: Form
  readonly at: Instant
  readonly expiresAt: Instant
}

export async function insertPage(sql: Sql, page: NewPage): Promise<void> {
  await sql(
    `INSERT INTO form_page (id, token_hash, person_id, platform, account, room, room_kind, form, created_at, expires_at,
       session_seen, attempts, round)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false, 0, 0)`,
    [
      page.id,
      hashOf(page.token),
      page.personId,
      page.platform,
      page.account,
      page.room,
      page.roomKind,
      JSON.stringify(page.form),
      new Date(page.at),
      new Date(page.expiresAt),
    ],
  )
}

export async function byToken(sql: Sql, token: string): Promise<Page | undefined> {
  const [row] = await sql<PageRow>(`${PAGE} WHERE f.token_hash = $1`, [hashOf(token)])
  return row && pageOf(row)
}

/** Of what comes from an address, the database takes nothing else. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The page whose session this is, while the session lasts. */
export async function bySession(sql: Sql, id: string, session: string, now: Instant): Promise<Page | undefined> {
  if (!UUID.test(id)) return undefined
  const [row] = await sql<PageRow>(`${PAGE} WHERE f.id = $1 AND f.session_hash = $2 AND f.session_ends > $3`, [
    id,
    hashOf(session),
    new Date(now),
  ])
  return row && pageOf(row)
}

/** In whose language the page is; undefined when there is none of this id. */
export async function localeOfPage(sql: Sql, id: string): Promise<Person['locale'] | undefined> {
  if (!UUID.test(id)) return undefined
  const [row] = await sql<{ locale: Person['locale'] }>(
    'SELECT p.locale FROM form_page f JOIN person p ON p.id = f.person_id WHERE f.id = $1',
    [id],
  )
  return row?.locale
}

/**
 * Gives the link away for a session, once. Until that one has shown the form it can be given anew, and the former is
 * nothing any more: a button pressed twice, or an answer lost on the way, locks nobody out. False when it is in use, or its
 * time is over.
 */
export async function exchange(
  sql: Sql,
  token: string,
  session: { readonly session: string; readonly ends: Instant; readonly now: Instant },
): Promise<boolean> {
  const rows = await sql(
    `UPDATE form_page SET session_hash = $2, session_ends = $3
     WHERE token_hash = $1 AND NOT session_seen AND expires_at > $4 RETURNING id`,
    [hashOf(token), hashOf(session.session), new Date(session.ends), new Date(session.now)],
  )
  return rows.length > 0
}

/** From now on its link is given to nobody any more. */
export async function seen(sql: Sql, id: string): Promise<void> {
  await sql('UPDATE form_page SET session_seen = true WHERE id = $1 AND NOT session_seen', [id])
}

/** One more attempt, whatever becomes of it. */
export async function attempted(sql: Sql, id: string): Promise<void> {
  await sql('UPDATE form_page SET attempts = attempts + 1 WHERE id = $1', [id])
}

/** A feature refused the event of this round: the next event has another key. */
export async function refused(sql: Sql, id: string, round: number): Promise<void> {
  await sql('UPDATE form_page SET round = round + 1 WHERE id = $1 AND round = $2', [id, round])
}

export async function submitted(sql: Sql, id: string, at: Instant): Promise<void> {
  await sql('UPDATE form_page SET submitted_at = $2 WHERE id = $1 AND submitted_at IS NULL', [id, new Date(at)])
}

/** Pages that ended before `before`, with what was uploaded to them; a bounded number. @returns how many */
export async function deleteEnded(sql: Sql, before: Instant, limit: number): Promise<number> {
  const rows = await sql(
    `DELETE FROM form_page WHERE id IN (
       SELECT id FROM form_page WHERE expires_at < $1 AND (session_ends IS NULL OR session_ends < $1)
       ORDER BY expires_at LIMIT $2) RETURNING id`,
    [new Date(before), limit],
  )
  return rows.length
}

// === Uploads ===

/** A file that was chosen on the page, as the page lists it. */
export interface Upload {
  readonly id: string
  readonly field: string
  readonly position: number
  readonly name: string
  readonly mediaType: string
  /** In bytes. */
  readonly size: number
}

/** In the order in which they were chosen. */
export async function uploadsOf(sql: Sql, pageId: string): Promise<readonly Upload[]> {
  return sql<Upload>(
    'SELECT id, field, position, name, media_type AS "mediaType", size FROM form_upload WHERE page_id = $1 ORDER BY position, id',
    [pageId],
  )
}

export async function insertUpload(sql: Sql, pageId: string, upload: Upload, at: Instant): Promise<void> {
  const { id, field, position, name, mediaType, size } = upload
  await sql(
    'INSERT INTO form_upload (id, page_id, field, position, name, media_type, size, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [id, pageId, field, position, name, mediaType, size, new Date(at)],
  )
}

export const chunkCount = (content: Uint8Array): number => Math.ceil(content.byteLength / CHUNK_BYTES)

export async function insertChunk(sql: Sql, id: string, position: number, content: Uint8Array): Promise<void> {
  const part = content.subarray(position * CHUNK_BYTES, (position + 1) * CHUNK_BYTES)
  await sql('INSERT INTO form_upload_chunk (upload_id, position, bytes) VALUES ($1, $2, $3)', [
    id,
    position,
    Buffer.from(part.buffer, part.byteOffset, part.byteLength),
  ])
}

export async function readChunk(sql: Sql, id: string, position: number): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ bytes: Uint8Array }>(
    'SELECT bytes FROM form_upload_chunk WHERE upload_id = $1 AND position = $2',
    [id, position],
  )
  return row?.bytes
}

/** They go out with the event of this round. False when one of them is not there any more. */
export async function handOn(sql: Sql, ids: readonly string[], round: number): Promise<boolean> {
  const rows = await sql('UPDATE form_upload SET round = $2 WHERE id = ANY($1::uuid[]) RETURNING id', [ids, round])
  return rows.length === ids.length
}

/** Throws away those that no event can still be asking for: never handed on, or in a round that was refused. */
export async function deleteUnused(sql: Sql, pageId: string, ids: readonly string[]): Promise<void> {
  await sql(
    `DELETE FROM form_upload u USING form_page f
     WHERE f.id = u.page_id AND f.id = $1 AND u.id = ANY($2::uuid[]) AND (u.round IS NULL OR u.round < f.round)`,
    [pageId, ids],
  )
}

export async function deleteUpload(sql: Sql, id: string): Promise<void> {
  await sql('DELETE FROM form_upload WHERE id = $1', [id])
}
