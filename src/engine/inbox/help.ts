/** Help, made from the declarations: what this person may do, in the form that works where they ask. */
import type { Message, Run } from '#core/card.ts'
import { allInLocale, type Locale } from '#core/i18n.ts'
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
  return [{ bold: ctx.origin.write(exampleOf(command, ctx.actor.locale)) }, `  ${command.help.line(ctx.actor.locale)}`]
}

function aboutCard(ctx: PersonCtx, command: Command) {
  const { locale } = ctx.actor
  const others = namesIn(command, locale).slice(1)
  return {
    title: messages.say(locale, 'help.about', { name: nameIn(command, locale) }),
    text: command.help.line(locale),
    list: allInLocale(command.help.examples, locale).map((example): Run[] => [{ bold: ctx.origin.write(example) }]),
    ...(others.length > 0
      ? { note: messages.say(locale, 'help.also', { names: others.join(messages.say(locale, 'help.comma')) }) }
      : {}),
  }
}

/** How the command may be called, by its first example: `请假 3天`. */
export const exampleOf = (command: Command, locale: Locale): string =>
  allInLocale(command.help.examples, locale)[0] ?? nameIn(command, locale)

const namesIn = ({ names }: Command, locale: Locale): readonly string[] =>
  allInLocale({ en: names.en, 'zh-CN': names.zh }, locale)

const nameIn = (command: Command, locale: Locale): string => namesIn(command, locale)[0] ?? command.id
