/** The languages the bot speaks, and how a feature keeps its sentences. */
import { traditional } from './traditional/traditional.ts'

/**
 * Every language that people can be spoken to in. The first is the product's own. `zh-TW` is Chinese in traditional
 * characters, with the words of an office in Taiwan or Hong Kong; it is derived from `zh-CN`, see decision 011.
 */
export const LOCALES = ['zh-CN', 'zh-TW', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** What is written by hand in the languages of the source; `zh-TW` only where the derived wording would not do. */
export interface Written<T> {
  readonly 'zh-CN': T
  readonly 'zh-TW'?: T | undefined
  readonly en: T
}

/** One thing said in every language: names of types, roles and rooms in a policy, help lines in a declaration. Read with {@link inLocale}. */
export type Text = Written<string>

/** A sentence that waits for its reader's language. */
export type Say = (locale: Locale) => string

/**
 * The slots of a sentence: `{name}` takes a value; `{count|day|days}` takes a number and prints only the word for it
 * (English plural rules; Chinese sentences need no such slot).
 */
type Slots<S extends string> = S extends `${string}{${infer Slot}}${infer Rest}`
  ? (Slot extends `${infer Name}|${string}` ? Name : Slot) | Slots<Rest>
  : never
type Values<S extends string> = [Slots<S>] extends [never] ? [] : [values: Readonly<Record<Slots<S>, string | number>>]

export interface Messages<E extends Record<string, string>> {
  readonly texts: Readonly<Record<Locale, Readonly<Record<keyof E & string, string>>>>
  /** The sentence `key` in `locale`. Values are inserted as they are: escaping is each platform renderer's work. */
  say<K extends keyof E & string>(locale: Locale, key: K, ...values: Values<E[K]>): string
  /** The same, for a reader who is not known yet (refusals, help). */
  later<K extends keyof E & string>(key: K, ...values: Values<E[K]>): Say
}

const plural = new Intl.PluralRules('en')

function fill(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(
    /\{([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g,
    (_, name: string, one?: string, other?: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`The sentence "${template}" needs a value for {${name}}`)
      if (one === undefined) return String(value)
      return plural.select(Number(value)) === 'one' ? one : (other ?? one)
    },
  )
}

/**
 * Takes the English sentences and the Chinese ones; those in traditional characters come from the derived dictionary
 * (`npm run traditional`), and a test fails when one is missing there. A key missing in either does not compile; a slot
 * that the Chinese sentence names and the English does not fails a test.
 */
export function defineMessages<const E extends Record<string, string>>(
  en: E,
  zh: Readonly<Record<keyof E & string, string>>,
): Messages<E> {
  const derived: Record<string, string> = {}
  for (const [key, sentence] of Object.entries<string>(zh)) derived[key] = traditional(sentence)
  const texts: Messages<E>['texts'] = { en, 'zh-CN': zh, 'zh-TW': derived as Record<keyof E & string, string> }
  const say = (locale: Locale, key: keyof E & string, values?: Readonly<Record<string, string | number>>) =>
    fill(texts[locale][key] ?? key, values)
  return {
    texts,
    say: (locale, key, ...values) => say(locale, key, values[0]),
    later:
      (key, ...values) =>
      (locale) =>
        say(locale, key, values[0]),
  }
}

/**
 * A text in its reader's language. Where no traditional wording is given, the derived one of the product's own texts; what
 * a department wrote itself stands as it wrote it, for a conversion would spoil names.
 */
export function inLocale(text: Text, locale: Locale): string {
  return text[locale] ?? traditional(text['zh-CN'])
}

/** The same for lists: examples in a help line, the names of a command. */
export function allInLocale(texts: Written<readonly string[]>, locale: Locale): readonly string[] {
  return texts[locale] ?? texts['zh-CN'].map(traditional)
}

/** A text put together in every language from parts that are known in every language. */
export function inEvery(say: Say): Text {
  return { 'zh-CN': say('zh-CN'), 'zh-TW': say('zh-TW'), en: say('en') }
}

/** The best language for what a platform or a browser names: `zh`, `zh-CN`, `zh_TW`, `zh-Hant-HK`, `en-GB`; of a list the first. Undefined when none fits. */
export function localeOf(tag: string | undefined): Locale | undefined {
  const [language, ...others] = (tag ?? '').toLowerCase().split(/[,;]/, 1).join('').trim().split(/[-_]/)
  if (language === 'en') return 'en'
  if (language !== 'zh') return undefined
  // The script, where it is named, goes before the place: zh-Hans-HK is simplified.
  if (others.includes('hans')) return 'zh-CN'
  return others.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-TW' : 'zh-CN'
}
