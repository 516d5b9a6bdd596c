/** What one’s own settings look like: the card, the form, the code, and the questions. Plain data in, cards out. */
import { formatDate, formatInstant } from '#core/calendar/civil.ts'
import type { QuietHours } from '#core/calendar/quiet-hours.ts'
import { type Button, button, type Card } from '#core/card.ts'
import type { Instant } from '#core/clock.ts'
import type { CivilDate } from '#core/command-args.ts'
import { type Form, form } from '#core/form.ts'
import { inLocale, LOCALES, type Locale } from '#core/i18n.ts'
import type { Reader } from '#engine/context.ts'
import { platformName } from '#engine/policy/channels.ts'
import { ChangeMe, EndDelegation, EndQuiet, FillMe, MakeCode, UndoChoice, UnlinkSurely } from './contracts.ts'
import { messages } from './i18n.ts'

/** Of each language its own name, whatever the reader's. */
const LANGUAGE_NAMES: ReadonlyMap<Locale, string> = new Map([
  ['zh-CN', '简体中文'],
  ['zh-TW', '繁體中文'],
  ['en', 'English'],
])
const nameOfLanguage = (language: Locale): string => LANGUAGE_NAMES.get(language) ?? language

export interface DelegateView {
  readonly name: string
  readonly from: CivilDate
  /** Inclusive. */
  readonly until: CivilDate
  readonly isOwn: boolean
}
export interface MeView {
  readonly locale: Locale
  readonly accounts: readonly {
    readonly platform: string
    readonly account: string
    readonly lastUsedAt: Instant | null
  }[]
  /** A platform; null for wherever they were last. */
  readonly prefers: string | null
  readonly quiet: QuietHours | null
  readonly delegates: readonly DelegateView[]
  /** As a command is written there. */
  readonly write: (said: string) => string
}

export const nameOfPlatform = (platform: string, locale: Locale): string => inLocale(platformName(platform), locale)

export function meCard(reader: Reader, view: MeView): Card {
  const { locale } = reader
  const say = (key: 'say.language' | 'say.quiet' | 'say.delegate') => view.write(messages.say(locale, key))
  return {
    title: messages.say(locale, 'title'),
    fields: [
      { label: messages.say(locale, 'language'), value: nameOfLanguage(view.locale) },
      {
        label: messages.say(locale, 'prefers'),
        value: view.prefers === null ? messages.say(locale, 'prefers.auto') : nameOfPlatform(view.prefers, locale),
      },
      {
        label: messages.say(locale, 'quiet'),
        value: view.quiet ? messages.say(locale, 'quiet.hours', { ...view.quiet }) : messages.say(locale, 'quiet.none'),
      },
      { label: messages.say(locale, 'delegate'), value: delegatesText(locale, view.delegates) },
    ],
    list: view.accounts.map(({ platform, account, lastUsedAt }) => {
      const at = { platform: nameOfPlatform(platform, locale), account }
      return lastUsedAt === null
        ? messages.say(locale, 'account.unused', at)
        : messages.say(locale, 'account', { ...at, when: formatInstant(lastUsedAt, reader.zone, locale) })
    }),
    buttons: [
      button(ChangeMe, {}, messages.say(locale, 'button.change'), { style: 'primary' }),
      button(MakeCode, {}, messages.say(locale, 'button.code')),
      ...(view.quiet ? [button(EndQuiet, {}, messages.say(locale, 'button.end-quiet'))] : []),
      ...(view.delegates.some(({ isOwn }) => isOwn) ? [endDelegation(locale)] : []),
    ],
    note: messages.say(locale, 'note', {
      language: say('say.language'),
      quiet: say('say.quiet'),
      delegate: say('say.delegate'),
    }),
  }
}

export function delegatesText(locale: Locale, delegates: readonly DelegateView[]): string {
  if (delegates.length === 0) return messages.say(locale, 'delegate.none')
  return delegates
    .map(({ name, from, until, isOwn }) =>
      messages.say(locale, isOwn ? 'delegate.line' : 'delegate.by-file', {
        name,
        from: formatDate(from, locale),
        until: formatDate(until, locale),
      }),
    )
    .join('\n')
}

const endDelegation = (locale: Locale): Button =>
  button(EndDelegation, {}, messages.say(locale, 'button.end-delegation'))

/** Something was changed: one sentence, and the way back where there is one. */
export function doneCard(locale: Locale, said: string, undo?: Parameters<typeof undoButton>[1], text = ''): Card {
  return {
    title: said,
    tone: 'good',
    ...(text === '' ? {} : { text }),
    ...(undo ? { buttons: [undoButton(locale, undo)] } : {}),
  }
}

const undoButton = (locale: Locale, undo: Parameters<typeof button<typeof UndoChoice.payload>>[1]): Button =>
  button(UndoChoice, undo, messages.say(locale, 'button.undo'))

/** What has room in a title, and what it means below it: a title that is cut on a small card would be said twice. */
export const quietCard = (locale: Locale, quiet: QuietHours, was: string): Card =>
  doneCard(
    locale,
    messages.say(locale, 'done.quiet', { ...quiet }),
    { what: 'quiet', was },
    messages.say(locale, 'done.quiet-means', { until: quiet.until }),
  )

export function delegatedCard(locale: Locale, said: string): Card {
  return { title: said, tone: 'good', buttons: [endDelegation(locale)] }
}

/** @param said as the code is typed on the other platform */
export function codeCard(locale: Locale, code: string, minutes: number): Card {
  const said = messages.say(locale, 'word.link', { code })
  return {
    title: messages.say(locale, 'code', { code }),
    tone: 'waiting',
    text: messages.say(locale, 'code.how', { said, minutes }),
  }
}

export function unlinkCard(
  locale: Locale,
  at: { readonly platform: string; readonly account: string; readonly isLast: boolean; readonly isHere: boolean },
): Card {
  const { platform, account, isLast, isHere } = at
  return {
    title: messages.say(locale, 'unlink.title', { platform: nameOfPlatform(platform, locale), account }),
    tone: 'warning',
    text: messages.say(locale, isLast ? 'unlink.last' : isHere ? 'unlink.here' : 'unlink.plain'),
    buttons: [
      button(UnlinkSurely, { platform, account }, messages.say(locale, 'button.unlink'), { style: 'danger' }),
      button(UnlinkSurely, { platform, account, keep: true }, messages.say(locale, 'button.keep')),
    ],
  }
}

/** Wherever they were last. */
export const AUTO = 'auto'

export function meForm(
  locale: Locale,
  view: Pick<MeView, 'locale' | 'prefers' | 'quiet'> & {
    readonly platforms: readonly string[]
    readonly delegate: { readonly id: string; readonly until: CivilDate } | undefined
  },
): Form {
  const say = (key: Parameters<typeof messages.say>[1] & `form.${string}`) => messages.say(locale, key as 'form.title')
  const { quiet, delegate } = view
  return form(
    FillMe,
    {},
    {
      title: say('form.title'),
      fields: [
        {
          kind: 'choice',
          name: 'language',
          label: say('form.language'),
          initial: view.locale,
          options: LOCALES.map((value) => ({ value, label: nameOfLanguage(value) })),
        },
        {
          kind: 'choice',
          name: 'prefers',
          label: say('form.prefers'),
          initial: view.prefers ?? AUTO,
          options: [
            { value: AUTO, label: say('form.prefers-auto') },
            ...view.platforms.map((value) => ({ value, label: nameOfPlatform(value, locale) })),
          ],
        },
        {
          kind: 'time',
          name: 'quietFrom',
          label: say('form.quiet-from'),
          hint: say('form.quiet-hint'),
          optional: true,
          ...(quiet ? { initial: quiet.from } : {}),
        },
        {
          kind: 'time',
          name: 'quietUntil',
          label: say('form.quiet-until'),
          optional: true,
          ...(quiet ? { initial: quiet.until } : {}),
        },
        {
          kind: 'people',
          name: 'delegate',
          label: say('form.delegate'),
          hint: say('form.delegate-hint'),
          optional: true,
          countMax: 1,
          ...(delegate ? { initial: [delegate.id] } : {}),
        },
        {
          kind: 'date',
          name: 'until',
          label: say('form.until'),
          optional: true,
          ...(delegate ? { initial: delegate.until } : {}),
        },
      ],
      submit: say('form.submit'),
      cancel: say('form.cancel'),
    },
  )
}
