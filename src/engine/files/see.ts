/** Who may see a file, and showing it to them: the one place that answers for buttons, exports and pages. */
import { Refusal } from '#core/errors.ts'
import type { Say } from '#core/i18n.ts'
import type { Ctx, FileView, PersonCtx, Reply } from '../context.ts'
import { subjectOf } from './files.ts'
import { messages } from './i18n.ts'
import { writeBytes } from './policy.ts'

/** Its own person, or whoever has its permission for them. Refused by default. */
export async function maySeeFile(ctx: Ctx, file: FileView): Promise<boolean> {
  if (ctx.actor === null) return false
  if (file.personId === null) return ctx.may(file.permission)
  if (file.personId === ctx.actor.id) return ctx.actor.active
  const person = await ctx.people.byId(file.personId)
  return person !== undefined && ctx.may(file.permission, { person })
}

/**
 * Sends the files of an owner privately to the one who asks, each with a line that says what it is, and notes in the
 * audit log that they saw them.
 * @param about.what what they belong to, as the reader calls it
 * @param about.alsoMay the feature's own reason for which this person may see them: they are asked to decide
 * @throws Refusal when there are none, or none that they may see: the two are not told apart
 */
export async function sendFiles(
  ctx: PersonCtx,
  files: readonly FileView[],
  about: { what: Say; alsoMay?: boolean },
): Promise<Reply> {
  const { locale } = ctx.actor
  const stored = files.filter(({ state }) => state === 'stored')
  const seen: FileView[] = []
  for (const file of stored) if (about.alsoMay || (await maySeeFile(ctx, file))) seen.push(file)
  if (seen.length === 0) throw new Refusal(messages.later('see.none'))
  for (const { id, name, bytes } of seen) {
    await ctx.outbox.send({ person: ctx.actor.id }, (reader) => ({
      text: messages.say(reader.locale, 'see.caption', {
        what: about.what(reader.locale),
        name,
        size: writeBytes(bytes ?? 0),
      }),
      file: { id, name },
    }))
    await ctx.audit('file.seen', subjectOf(id))
  }
  return { toast: messages.say(locale, 'see.sent', { n: seen.length }) }
}
