/** Files chosen on a page: looked at, put down in pieces, and kept until the job that fetches files has taken them over. */
import { randomUUID } from 'node:crypto'
import type { Instant } from '#core/clock.ts'
import type { Field, Form } from '#core/form.ts'
import type { FileRef } from '#core/platform.ts'
import type { Ctx } from '../context.ts'
import type { Database } from '../db/transaction.ts'
import type { Uploads } from '../files/fetch.ts'
import { problemOf, unwantedIn } from '../files/files.ts'
import { tidyName } from '../files/kinds.ts'
import { messages } from './i18n.ts'
import * as repository from './repository.ts'
import { filesMaxOf } from './values.ts'

/** For engine/files, which fetches what a feature has taken. */
export const uploads: Uploads = {
  chunk: repository.readChunk,
  forget: repository.deleteUpload,
}

/** A file as it came in. */
export interface SentFile {
  readonly field: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

export interface Kept {
  /** All that this attempt is to take along, in the order in which they were chosen. */
  readonly uploads: readonly repository.Upload[]
  /** The ids of those that it does not want. They go when it was refused: another attempt may be handing them on meanwhile. */
  readonly unwanted: readonly string[]
  /** Why some of what came was not kept, by field name. */
  readonly errors: Readonly<Record<string, string>>
}

/**
 * Puts down what is new. What could never be taken is refused here already, beside its field, by the same look at the
 * content that the fetching job takes.
 * @param sent.keep ids of earlier uploads that shall stay
 */
export async function keepFiles(
  db: Database,
  { id, form, person }: Pick<repository.Page, 'id' | 'form' | 'person'>,
  ctx: Pick<Ctx, 'policy'>,
  sent: { readonly keep: readonly string[]; readonly files: readonly SentFile[] },
  at: Instant,
): Promise<Kept> {
  const { locale } = person
  const before = await db.transact('people', ({ sql }) => repository.uploadsOf(sql, id))
  const kept = before.filter((upload) => sent.keep.includes(upload.id))
  const unwanted = before.filter((upload) => !sent.keep.includes(upload.id)).map((upload) => upload.id)
  const errors: Record<string, string> = {}
  // Another tab has thrown it away: nothing that was ticked is left out in silence.
  if (kept.length < new Set(sent.keep).size) errors[''] = messages.say(locale, 'files.gone')
  // Later than whatever stays.
  let position = 1 + Math.max(0, ...before.map((upload) => upload.position))
  for (const field of fileFields(form)) {
    const files = sent.files.filter((file) => file.field === field.name)
    const max = filesMaxOf(field)
    if (kept.filter((upload) => upload.field === field.name).length + files.length > max) {
      errors[field.name] = messages.say(locale, 'files.max', { max })
      continue
    }
    for (const { name, mediaType, bytes } of files) {
      const problem = unwantedIn(ctx, name, bytes)
      if (problem) errors[field.name] = problemOf(ctx, { name: tidyName(name), problem })(locale)
      else {
        const size = bytes.byteLength
        const upload = {
          id: randomUUID(),
          field: field.name,
          position: position++,
          name: tidyName(name),
          mediaType,
          size,
        }
        await putDown(db, id, upload, bytes, at)
        kept.push(upload)
      }
    }
  }
  return { uploads: kept, unwanted, errors }
}

/** A piece in each transaction: nobody waits behind a large picture. */
async function putDown(
  db: Database,
  pageId: string,
  upload: repository.Upload,
  bytes: Uint8Array,
  at: Instant,
): Promise<void> {
  await db.transact('people', ({ sql }) => repository.insertUpload(sql, pageId, upload, at))
  for (let position = 0; position < repository.chunkCount(bytes); position++)
    await db.transact('people', ({ sql }) => repository.insertChunk(sql, upload.id, position, bytes))
}

const fileFields = (form: Form) =>
  form.fields.filter((field): field is Field & { kind: 'file' } => field.kind === 'file')

/** As a feature is given it. */
export const refOf = ({ id, name, mediaType, size }: repository.Upload): FileRef => ({
  id,
  name,
  mediaType,
  size,
  upload: true,
})
