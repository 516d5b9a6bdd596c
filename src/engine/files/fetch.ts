/** The job that fetches what somebody sent: read outside any transaction, bounded, looked at, and then kept or refused. */
import { createHash } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import type { FileRef, Platform } from '#core/platform.ts'
import type { Ctx } from '../context.ts'
import type { Sql } from '../db/transaction.ts'
import { type JobHandler, job, type Preparing } from '../feature.ts'
import { FetchFile } from './contracts.ts'
import { FileArrived } from './events.ts'
import { type Problem, problemOf, subjectOf } from './files.ts'
import { messages } from './i18n.ts'
import { recognise, tidyName } from './kinds.ts'
import { bytesMaxOf, FilesPolicy } from './policy.ts'
import * as repository from './repository.ts'

/** What was fetched: the file as it will be kept, or why it will not be. */
type Fetched =
  | { readonly name: string; readonly mediaType: string; readonly bytes: number; readonly sha256: string }
  | { readonly problem: Problem }

/** What was uploaded to a page of ours and lies there in pieces until it is fetched. */
export interface Uploads {
  /** Undefined behind the last piece, and for what is kept no more. */
  chunk(sql: Sql, id: string, position: number): Promise<Uint8Array | undefined>
  /** It has been fetched, or is not wanted. */
  forget(sql: Sql, id: string): Promise<void>
}

/** A large picture over a slow line. */
const FETCH_MS_MAX = 120_000
/** 10 s, 30 s, 90 s … : over an hour and a half. */
const ATTEMPTS_MAX = 8

export function fetchJob(platforms: ReadonlyMap<string, Platform>, uploads: Uploads): JobHandler {
  return job({
    on: FetchFile,
    title: { 'zh-CN': '收取文件', en: 'A file is fetched' },
    attemptsMax: ATTEMPTS_MAX,
    prepareMsMax: FETCH_MS_MAX,
    prepare: (outside, { fileId }) => fetchFile(platforms, uploads, outside, fileId),
    run: (ctx, { fileId }, fetched) => settle(ctx, uploads, fileId, fetched),
    givenUp: (ctx, { fileId }) => settle(ctx, uploads, fileId, { problem: 'given-up' }),
  })
}

async function fetchFile(
  platforms: ReadonlyMap<string, Platform>,
  uploads: Uploads,
  outside: Preparing,
  fileId: string,
): Promise<Fetched | undefined> {
  const wanted = await outside.read(async (ctx) => {
    const file = await repository.byId(ctx.sql, fileId)
    return file && { ...file, bytesMax: bytesMaxOf(ctx), kinds: ctx.policy(FilesPolicy).kinds }
  })
  if (wanted?.state !== 'wanted' || wanted.source === null || wanted.platform === null) return undefined
  const { file } = wanted.source
  const from = file.upload
    ? uploaded(uploads, outside, file.id)
    : sourceOn(platforms, wanted.platform, file, outside.signal)
  if (from === undefined) return { problem: 'elsewhere' }
  const content = await read(from, wanted.bytesMax)
  if ('problem' in content) return content
  const what = recognise(content.bytes, file.name)
  if (typeof what === 'string') return { problem: what }
  if (!wanted.kinds.includes(what.kind)) return { problem: 'kind' }
  // A piece at a time, so that nobody waits behind a large picture; they count once the file is stored.
  const { bytes, sha256 } = content
  for (let position = 0; position < repository.chunkCount(bytes); position++)
    await outside.stage((ctx) => repository.stageChunk(ctx.sql, fileId, position, bytes))
  return { name: tidyName(file.name, what), mediaType: what.mediaType, bytes: bytes.byteLength, sha256 }
}

type Source = () => Promise<AsyncIterable<Uint8Array>>

/** Undefined where the platform gives no files. Throws when it is not on: it may be switched on again. */
function sourceOn(
  platforms: ReadonlyMap<string, Platform>,
  name: string,
  file: FileRef,
  signal: AbortSignal,
): Source | undefined {
  const platform = platforms.get(name)
  if (!platform) throw new Error(`the platform ${name} is not on`)
  const fetch = platform.fetchFile?.bind(platform)
  return fetch && (() => fetch(file, signal))
}

const uploaded =
  (uploads: Uploads, outside: Preparing, id: string): Source =>
  async () =>
    (async function* pieces() {
      for (let position = 0; ; position++) {
        const piece = await outside.read((ctx) => uploads.chunk(ctx.sql, id, position))
        if (piece) yield piece
        else if (position === 0) throw new PlatformError('gone', `the upload ${id} is kept no more`)
        else return
      }
    })()

/** The bytes, hashed as they come. Ends as soon as there are too many. */
async function read(
  from: Source,
  bytesMax: number,
): Promise<{ bytes: Uint8Array; sha256: string } | { problem: Problem }> {
  const parts: Uint8Array[] = []
  const hash = createHash('sha256')
  let size = 0
  try {
    // Leaving the loop cancels the stream.
    for await (const part of await from()) {
      size += part.byteLength
      if (size > bytesMax) return { problem: 'too-large' }
      hash.update(part)
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'gone') return { problem: 'gone' }
    if (error instanceof PlatformError && error.kind === 'refused') return { problem: 'not-allowed' }
    throw error
  }
  return { bytes: Buffer.concat(parts, size), sha256: hash.digest('hex') }
}

/** Kept, or refused with a word to its sender; in both cases the feature hears of it. Once. */
async function settle(ctx: Ctx, uploads: Uploads, fileId: string, fetched: Fetched | undefined): Promise<void> {
  const file = fetched && (await repository.lockWanted(ctx.sql, fileId))
  if (!file) return
  if (file.source?.file.upload) await uploads.forget(ctx.sql, file.source.file.id)
  const { feature, reference } = file
  if ('problem' in fetched) {
    await repository.markProblem(ctx.sql, fileId, 'refused', fetched.problem)
    await ctx.audit('file.refused', subjectOf(fileId), { feature, reference, problem: fetched.problem })
    await tell(ctx, file, problemOf(ctx, { ...file, problem: fetched.problem }))
    await ctx.emit(FileArrived, { fileId, feature, reference, ok: false })
    return
  }
  const { name, mediaType, bytes, sha256 } = fetched
  const there = await repository.sameBytes(ctx.sql, file, sha256)
  if (there !== undefined) {
    await repository.markProblem(ctx.sql, fileId, 'dropped', 'same')
    await tell(ctx, file, messages.later('same', { name }))
    await ctx.emit(FileArrived, { fileId: there, feature, reference, ok: true, same: true })
    return
  }
  await repository.markStored(ctx.sql, fileId, {
    name,
    mediaType,
    bytes,
    sha256,
    at: ctx.clock.now(),
  })
  await ctx.audit('file.stored', subjectOf(fileId), { feature, reference, sha256 })
  await ctx.emit(FileArrived, { fileId, feature, reference, ok: true })
}

async function tell(
  ctx: Ctx,
  file: repository.StoredFile,
  say: (locale: Parameters<typeof messages.say>[0]) => string,
) {
  const to = file.source?.by ?? file.personId
  if (to === null) return
  await ctx.outbox.send({ person: to }, ({ locale }) => ({ text: say(locale) }), { key: `files.told:${file.id}` })
}
