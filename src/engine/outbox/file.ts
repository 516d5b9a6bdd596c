/** A message with a file: read when it is sent, said in words where the platform cannot take it, dropped when it is gone. */
import { type Message, plain } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import type { OutgoingFile, PlatformLimits } from '#core/platform.ts'
import type { Database } from '../db/transaction.ts'
import { type Readable, readable } from '../files/files.ts'
import { writeBytes } from '../files/policy.ts'
import { messages } from './i18n.ts'

/** What is sent in place of `message`; or why it cannot be, for good or for now. */
export type WithFile =
  | { readonly message: Message; readonly file?: OutgoingFile }
  | { readonly gone: string }
  | { readonly notYet: string }

export async function withFile(
  db: Database,
  { message, locale }: { message: Message; locale: Locale },
  { fileBytesMax }: Pick<PlatformLimits, 'fileBytesMax'>,
): Promise<WithFile> {
  if (!message.file) return { message }
  const { id } = message.file
  const file = await readable(db, id)
  if (file === 'wanted') return { notYet: `the file ${id} has not arrived yet` }
  if (file === undefined || typeof file === 'string') return { gone: `the file ${id} is kept no more` }
  if (file.size <= fileBytesMax) return { message, file }
  return { message: inWords(message, locale, file, fileBytesMax) }
}

/** The caption, and where the file is instead. */
function inWords(message: Message, locale: Locale, file: Readable, bytesMax: number): Message {
  const values = { name: file.name, number: file.number }
  const why =
    bytesMax === 0
      ? messages.say(locale, 'file.nowhere', values)
      : messages.say(locale, 'file.too-large', {
          ...values,
          size: writeBytes(file.size),
          max: writeBytes(bytesMax),
        })
  const caption = plain(message.text)
  return { text: caption === '' ? why : `${caption}\n${why}` }
}
