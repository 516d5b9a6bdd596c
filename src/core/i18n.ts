/** The languages the bot speaks, and how a feature keeps its sentences. */

/** Every language that people can be spoken to in. The first is the product's own. */
export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** One thing said in every language: names of types, roles and rooms in a policy, help lines in a declaration. */
export type Text = Readonly<Record<Locale, string>>

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

/** Takes the English sentences and the Chinese ones. A key missing in either does not compile; a slot that the Chinese sentence names and the English does not fails a test. */
export function defineMessages<const E extends Record<string, string>>(
  en: E,
  zh: Readonly<Record<keyof E & string, string>>,
): Messages<E> {
  const texts = { en, 'zh-CN': zh }
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

/** Takes a text in every language and waits for the reader's. */
export const inLocale =
  (text: Text): Say =>
  (locale) =>
    text[locale]

/** The best language for what a platform or a browser names: `zh`, `zh-CN`, `zh_CN`, `en-GB`. Undefined when none fits. */
export function localeOf(tag: string | undefined): Locale | undefined {
  const folded = tag?.toLowerCase() ?? ''
  if (folded.startsWith('zh')) return 'zh-CN'
  return folded.startsWith('en') ? 'en' : undefined
}
