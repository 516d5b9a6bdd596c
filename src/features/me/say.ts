/** Small words that every change of one's settings needs. */
import type { PersonCtx, Reply } from '#engine/context.ts'
import { messages } from './i18n.ts'

export const text = (said: string): Reply => ({ message: { text: said } })
export const written = (ctx: PersonCtx, key: 'say.language' | 'say.quiet' | 'say.delegate' | 'word.prefer'): string =>
  ctx.origin.write(messages.say(ctx.actor.locale, key))
export const subject = (ctx: PersonCtx): string => `person:${ctx.actor.id}`
