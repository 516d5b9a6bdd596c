/** From Slack's file objects (https://docs.slack.dev/reference/objects/file-object) to references to them. Pure. */
import { z } from 'zod'
import type { FileRef } from '#core/platform.ts'
import { cut } from './cut.ts'

/** Only what we use; whatever is missing or of another type is as if it were not there. */
const fileSchema = z.object({
  id: z.string().min(1).max(200),
  name: z.string().nullish().catch(undefined),
  title: z.string().nullish().catch(undefined),
  mimetype: z.string().nullish().catch(undefined),
  size: z.int().nonnegative().nullish().catch(undefined),
  mode: z.string().nullish().catch(undefined),
  is_external: z.boolean().nullish().catch(undefined),
  file_access: z.string().nullish().catch(undefined),
  url_private: z.string().nullish().catch(undefined),
  url_private_download: z.string().nullish().catch(undefined),
})
export type SlackFile = z.output<typeof fileSchema>

const NAME_CHARS_MAX = 255

/** Undefined for what is no file object. */
export const readFile = (value: unknown): SlackFile | undefined => fileSchema.safeParse(value).data

/**
 * The files that came with a message or a form. A `tombstone` is left out: whoever sent it has deleted it. What lies with
 * another service, over the limit of a free workspace, or is to be asked for (Slack Connect) stays, without a handle:
 * fetching it says what became of it.
 */
export function readFiles(values: readonly unknown[]): readonly FileRef[] {
  return values.flatMap((value) => {
    const file = readFile(value)
    return file && file.mode !== 'tombstone' ? [refOf(file)] : []
  })
}

function refOf(file: SlackFile): FileRef {
  const { id, mimetype, size } = file
  const address = addressOf(file)
  return {
    id,
    name: cut(file.name || file.title || id, NAME_CHARS_MAX).kept,
    ...(mimetype ? { mediaType: mimetype } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(address === undefined ? {} : { handle: address }),
  }
}

/** Where the bytes lie; undefined when Slack does not have them, or does not say. */
export function addressOf(file: SlackFile): string | undefined {
  if (isExternal(file) || file.mode === 'hidden_by_limit' || file.file_access === 'check_file_info') return undefined
  return file.url_private_download || file.url_private || undefined
}

/** A link to another service (Google Drive, OneDrive): Slack has the link and not the bytes. */
export const isExternal = (file: SlackFile): boolean => file.mode === 'external' || file.is_external === true

const shareSchema = z.record(z.string(), z.array(z.object({ ts: z.string() })))
const sharesSchema = z.object({
  shares: z.object({ public: shareSchema.optional(), private: shareSchema.optional() }),
})

/** The time of the message by which a file stands in a channel; undefined while Slack has not shared it yet. */
export function sharedAt(value: unknown, channel: string): string | undefined {
  const shares = sharesSchema.safeParse(value).data?.shares
  return shares?.public?.[channel]?.[0]?.ts ?? shares?.private?.[channel]?.[0]?.ts
}
