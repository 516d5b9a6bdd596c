/** From the content of somebody's message to words and files. Pure. https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content */
import { z } from 'zod'
import { type FileRef, MalformedCall } from '#core/platform.ts'
import { cut } from './cut.ts'

/** What somebody is called in a message: the key stands in the text. */
export interface Mention {
  readonly key: string
  readonly name: string
  /** The mention that calls the bot: it falls away. */
  readonly isOurs: boolean
}
export interface Content {
  readonly text: string
  readonly files: readonly FileRef[]
}

/** How a file is fetched later. */
export interface FileHandle {
  readonly messageId: string
  readonly type: 'file' | 'image'
}
export const writeFileHandle = (handle: FileHandle): string => JSON.stringify(handle)

const handleSchema = z.object({ messageId: z.string().min(1), type: z.enum(['file', 'image']) })

/** Undefined for what was not written by {@link writeFileHandle}. */
export function readFileHandle(text: string | undefined): FileHandle | undefined {
  try {
    return handleSchema.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

const textSchema = z.object({ text: z.string() })
const imageSchema = z.object({ image_key: z.string().min(1).max(200) })
const fileSchema = z.object({
  file_key: z.string().min(1).max(200),
  file_name: z.string().optional(),
  file_size: z.union([z.string(), z.number()]).optional(),
})
const postSchema = z.object({
  title: z.string().nullish(),
  content: z.array(z.array(z.looseObject({ tag: z.string() }))).default([]),
})

/** Undefined for kinds that ask for nothing: stickers, cards, places, calls. Throws `MalformedCall`. */
export function readContent(
  type: string,
  content: string,
  messageId: string,
  mentions: readonly Mention[],
): Content | undefined {
  const read = READERS[type]
  if (!read) return undefined
  const { text, files } = read(parse(content), messageId)
  return { text: namesFor(text, mentions).trim(), files }
}

type Reader = (content: unknown, messageId: string) => Content
const READERS: Readonly<Record<string, Reader>> = {
  text: (content) => ({ text: given(textSchema, content).text, files: [] }),
  post: (content, messageId) => readPost(given(postSchema, content), messageId),
  image: (content, messageId) => ({ text: '', files: [image(given(imageSchema, content).image_key, messageId)] }),
  file: (content, messageId) => ({ text: '', files: [file(given(fileSchema, content), messageId)] }),
  media: (content, messageId) => ({ text: '', files: [file(given(fileSchema, content), messageId)] }),
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (cause) {
    throw new MalformedCall('The content of a message from Lark is not JSON', { cause })
  }
}

function given<S extends z.ZodType>(schema: S, content: unknown): z.output<S> {
  const { success, data } = schema.safeParse(content)
  if (success) return data
  throw new MalformedCall('The content of a message from Lark is not as its kind has it')
}

const NAME_CHARS_MAX = 255

/** Lark does not say what a picture is called. */
const image = (key: string, messageId: string): FileRef => ({
  id: key,
  name: 'image.png',
  handle: writeFileHandle({ messageId, type: 'image' }),
})

function file({ file_key, file_name, file_size }: z.output<typeof fileSchema>, messageId: string): FileRef {
  const size = Number(file_size)
  return {
    id: file_key,
    name: cut(file_name || file_key, NAME_CHARS_MAX).kept,
    ...(Number.isInteger(size) && size > 0 ? { size } : {}),
    handle: writeFileHandle({ messageId, type: 'file' }),
  }
}

/** What a client makes of a message with more than one line, a form or a picture. */
function readPost({ title, content }: z.output<typeof postSchema>, messageId: string): Content {
  const files: FileRef[] = []
  const lines = content.map((line) =>
    line
      .map((part) => {
        const { tag } = part
        if (tag === 'img' && typeof part['image_key'] === 'string') files.push(image(part['image_key'], messageId))
        if (tag === 'at') return string(part['user_id'])
        return ['text', 'a', 'md', 'code_block'].includes(tag) ? string(part['text']) : ''
      })
      .join(''),
  )
  const text = [title ?? '', ...lines].filter((line, n) => n > 0 || line !== '').join('\n')
  return { text, files }
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Keys give way to names: `@_user_1` must not be found in `@_user_10`. */
function namesFor(text: string, mentions: readonly Mention[]): string {
  const byKey = new Map(mentions.map((mention) => [mention.key, mention]))
  return text.replace(/@_(?:user_\d+|all)\b[ \u00a0]?/g, (found) => {
    const key = found.trimEnd()
    if (key === '@_all') return found.replace(key, '@所有人')
    const mention = byKey.get(key)
    if (!mention) return found
    return mention.isOurs ? '' : found.replace(key, () => `@${mention.name}`)
  })
}
