/** Help, made from the declarations: what this person may do, in the form that works where they ask. */
import type { Message, Run } from '#core/card.ts'
import type { Locale } from '#core/i18n.ts'
import type { PersonCtx } from '../context.ts'
import type { Command } from '../feature.ts'
import { messages } from './i18n.ts'
import type { Words } from './words.ts'

/** @param about a command's id: everything about that one */
export function helpMessage(words: Words, ctx: PersonCtx, about?: string): Message {
  const { locale } = ctx.actor
  const allowed = [...words.registry.commands.values()].filter((command) =>
    ctx.may(command.permission, { person: ctx.actor }),
  )
  const one = allowed.find((command) => command.id === about)
  if (one) return { card: aboutCard(ctx, one) }
  return {
    card: {
      title: messages.say(locale, 'help.title'),
      list: [
        ...allowed.map((command) => lineOf(ctx, command)),
        [{ bold: ctx.origin.write(messages.say(locale, 'word.help')) }, `  ${messages.say(locale, 'help.line')}`],
      ],
      note: messages.say(locale, 'help.plain'),
    },
  }
}

function lineOf(ctx: PersonCtx, command: Command): Run[] {
  const example = command.help.examples[ctx.actor.locale][0] ?? nameIn(command, ctx.actor.locale)
  return [{ bold: ctx.origin.write(example) }, `  ${command.help.line(ctx.actor.locale)}`]
}

function aboutCard(ctx: PersonCtx, command: Command) {
  const { locale } = ctx.actor
  const others = command.names[locale === 'en' ? 'en' : 'zh'].slice(1)
  return {
    title: messages.say(locale, 'help.about', { name: nameIn(command, locale) }),
    text: command.help.line(locale),
    list: command.help.examples[locale].map((example): Run[] => [{ bold: ctx.origin.write(example) }]),
    ...(others.length > 0
      ? { note: messages.say(locale, 'help.also', { names: others.join(locale === 'en' ? ', ' : '、') }) }
      : {}),
  }
}

const nameIn = (command: Command, locale: Locale): string =>
  command.names[locale === 'en' ? 'en' : 'zh'][0] ?? command.id
