/** Small shapes that every policy section may use: names in both languages, languages, zones, ids. */
import { z } from 'zod'
import { isZone } from '#core/calendar/zone.ts'
import { LOCALES, type Text } from '#core/i18n.ts'

const words = z.string().trim().min(1, 'write at least one character').max(200)

/**
 * A name people see, written `{ zh: 事假, en: Personal leave }`; both languages are required. `zh-TW: …` says it in
 * traditional characters; without it a name that the product knows is read in its own wording, any other as it stands.
 */
export const textSchema = z
  .strictObject({ zh: words, 'zh-TW': words.optional(), en: words })
  .transform(({ zh, en, 'zh-TW': tw }): Text => ({ 'zh-CN': zh, ...(tw === undefined ? {} : { 'zh-TW': tw }), en }))

/** A {@link Text} as rows and payloads keep it. */
export const writtenText = z.strictObject({ 'zh-CN': z.string(), 'zh-TW': z.string().optional(), en: z.string() })

/** A language people are spoken to in. */
export const languageSchema = z.enum(LOCALES)

/** An IANA zone, as `Asia/Shanghai`. */
export const zoneSchema = z
  .string()
  .refine(isZone, 'this is not a time zone: write an IANA name, as Asia/Shanghai or Europe/London')

/** The id of a thing that other keys point at: short, stable, never shown to people. */
export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'an id is written in small letters, digits and hyphens, as customer-service')
