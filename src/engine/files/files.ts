/** Files as a handler has them: kept, wanted, listed and thrown away in its transaction. */
import { createHash, randomUUID } from 'node:crypto'
import { Refusal } from '#core/errors.ts'
import type { Say } from '#core/i18n.ts'
import type { FileRef } from '#core/platform.ts'
import type { Ctx, FileOwner, Files, FileView } from '../context.ts'
import type { Database, Tx } from '../db/transaction.ts'
import { FetchFile } from './contracts.ts'
import { FileDropped } from './events.ts'
import { messages } from './i18n.ts'
import { FILE_KINDS, recognise, tidyName } from './kinds.ts'
import { bytesMaxOf, FilesPolicy, writeBytes } from './policy.ts'
import * as repository from './repository.ts'

/** Why a file was refused; the key of its sentence is `problem.…`. */
export const PROBLEMS = [
  'too-large',
  'kind',
  'program',
  'disguised',
  'locked',
  'unknown',
  'empty',
  'gone',
  'not-allowed',
  'given-up',
  'elsewhere',
] as const
export type Problem = (typeof PROBLEMS)[number]

/** `ctx.files`. @param ctx asked late: the context is made of its parts, this one among them */
export function filesFor(ctx: () => Ctx): Files {
  return {
    put: (owner, made) => put(ctx(), owner, made),
    take: (owner, platform, sent) => take(ctx(), owner, platform, sent),
    of: (feature, reference) => repository.ofOwner(ctx().sql, feature, reference),
    counts: (feature, references) => repository.countsOf(ctx().sql, feature, references),
    byId: (id) => repository.byId(ctx().sql, id),
    drop: (id) => drop(ctx(), id),
  }
}

async function put(
  ctx: Ctx,
  owner: FileOwner,
  { name, mediaType, bytes }: { name: string; mediaType: string; bytes: Uint8Array },
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const there = await repository.sameBytes(ctx.sql, owner, sha256, tidyName(name))
  if (there !== undefined) return there
  const id = randomUUID()
  const file = { mediaType, bytes: bytes.byteLength, sha256, platform: null, source: null }
  await repository.insert(ctx.sql, { ...file, id, owner, name: tidyName(name), state: 'stored', at: ctx.clock.now() })
  await repository.writeChunks(ctx.sql, id, bytes)
  await ctx.audit('file.made', subjectOf(id), about(owner))
  return id
}

async function take(ctx: Ctx, owner: FileOwner, platform: string, sent: FileRef): Promise<string> {
  refuseTooLarge(ctx, sent)
  const there = await repository.sameSource(ctx.sql, owner, platform, sent.id)
  if (there !== undefined) return there
  const id = randomUUID()
  await repository.insert(ctx.sql, {
    id,
    owner,
    name: tidyName(sent.name),
    state: 'wanted',
    mediaType: null,
    bytes: null,
    sha256: null,
    platform,
    source: { file: sent, by: ctx.actor?.id ?? null },
    at: ctx.clock.now(),
  })
  // One owner's files one after the other: of two with the same bytes, the one sent later is the copy.
  const lane = `files.fetch:${owner.feature}:${owner.reference}`
  await ctx.jobs.add(FetchFile, { fileId: id }, { key: fetchKey(id), lane })
  await ctx.audit('file.taken', subjectOf(id), about(owner))
  return id
}

async function drop(ctx: Ctx, id: string): Promise<void> {
  const file = await repository.byId(ctx.sql, id)
  if (file === undefined || (file.state !== 'wanted' && file.state !== 'stored')) return
  await ctx.jobs.cancel(fetchKey(id))
  await repository.markProblem(ctx.sql, id, 'dropped', 'taken-back')
  const { feature, reference } = file
  await ctx.audit('file.dropped', subjectOf(id), { feature, reference })
  await ctx.emit(FileDropped, { fileId: id, feature, reference })
}

/** @throws Refusal when the platform itself says that it is larger than what is taken */
export function refuseTooLarge(ctx: Pick<Ctx, 'policy'>, sent: Pick<FileRef, 'name' | 'size'>): void {
  if ((sent.size ?? 0) > bytesMaxOf(ctx))
    throw new Refusal(problemOf(ctx, { name: tidyName(sent.name), problem: 'too-large' }))
}

/** Why a file was refused, for its sender. */
export function problemOf(ctx: Pick<Ctx, 'policy'>, { name, problem }: Pick<FileView, 'name' | 'problem'>): Say {
  const known = PROBLEMS.find((one) => one === problem) ?? 'given-up'
  const { max, kinds } = whatIsTaken(ctx)
  return (locale) => messages.say(locale, `problem.${known}`, { name, max, kinds: kinds(locale) })
}

/** In words: how large a file may be, and of which kinds. */
export function whatIsTaken(ctx: Pick<Ctx, 'policy'>): { readonly max: string; readonly kinds: Say } {
  const { kinds } = ctx.policy(FilesPolicy)
  return {
    max: writeBytes(bytesMaxOf(ctx)),
    kinds: (locale) =>
      FILE_KINDS.filter((kind) => kinds.includes(kind))
        .map((kind) => messages.say(locale, `kind.${kind}`))
        .join(messages.say(locale, 'comma')),
  }
}

/**
 * Why these bytes are not kept, told by their content; undefined for what is.
 * @param name as it was sent
 */
export function unwantedIn(ctx: Pick<Ctx, 'policy'>, name: string, bytes: Uint8Array): Problem | undefined {
  if (bytes.byteLength > bytesMaxOf(ctx)) return 'too-large'
  const what = recognise(bytes, name)
  if (typeof what === 'string') return what
  return ctx.policy(FilesPolicy).kinds.includes(what.kind) ? undefined : 'kind'
}

export const subjectOf = (id: string): string => `file:${id}`
const fetchKey = (id: string): string => `files.fetch:${id}`
const about = ({ feature, reference }: FileOwner) => ({ feature, reference })

/** What is sent out: read when it is needed, a piece at a time, so that nobody waits for a large file. */
export interface Readable {
  readonly number: number
  readonly name: string
  readonly mediaType: string
  readonly size: number
  read(): Promise<Uint8Array>
}

/** A stored file for sending; the state of one that is not here; undefined for one that never was. */
export async function readable(db: Database, id: string): Promise<Readable | FileView['state'] | undefined> {
  const file = await db.transact('work', ({ sql }) => repository.byId(sql, id))
  if (file === undefined) return undefined
  const { state, number, name, mediaType, bytes } = file
  if (state !== 'stored' || mediaType === null || bytes === null) return state
  return { number, name, mediaType, size: bytes, read: () => readFile(db, id, bytes) }
}

/** All of its bytes. Throws when they are kept no more. */
export async function readFile(db: Database, id: string, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size)
  let at = 0
  for (let position = 0; at < size; position++) {
    const part = await db.transact('work', ({ sql }) => repository.readChunk(sql, id, position))
    if (part === undefined || at + part.byteLength > size) throw new Error(`The file ${id} is kept no more`)
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** Thrown away at once; bytes are many rows, and people wait behind them. */
const SWEPT_AT_ONCE_MAX = 5

/** Throws away the bytes of files whose time is over; the description stays. @returns how many */
export async function sweep(
  tx: Tx,
  now: number,
  audit: (action: string, subject: string) => Promise<void>,
): Promise<number> {
  const over = await repository.outdated(tx.sql, now, SWEPT_AT_ONCE_MAX)
  for (const { id } of over) {
    await repository.markProblem(tx.sql, id, 'dropped', 'kept-long-enough')
    await audit('file.expired', subjectOf(id))
  }
  return over.length
}
