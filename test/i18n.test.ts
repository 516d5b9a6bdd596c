/** Every sentence exists in every language, asks for the same values, and is really written in its language. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allInLocale, inEvery, inLocale, LOCALES, localeOf, type Messages } from '../src/core/i18n.ts'
import { isDerived, traditional } from '../src/core/traditional/traditional.ts'
import {
  CHARACTERS_FILE,
  convert,
  derivedCharacters,
  derivedSentences,
  SENTENCES_FILE,
  sentencesOfSource,
  simplifiedSentences,
} from '../tools/traditional.ts'
import { SENTENCES } from '../tools/traditional-words.ts'

const files = ['src', 'adapters'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|[\\/])(i18n|words|page-words)\.ts$/.test(file))
    .map((file) => path.join(folder, file)),
)
const dictionaries = (
  await Promise.all(
    files.map(async (file) => {
      const exported = (await import(path.resolve(file))) as Record<string, unknown>
      return Object.entries(exported).flatMap(([name, value]) =>
        isMessages(value) ? [[`${file} ${name}`, value] as const] : [],
      )
    }),
  )
).flat()

function isMessages(value: unknown): value is Messages<Record<string, string>> {
  return typeof value === 'object' && value !== null && 'texts' in value && 'later' in value
}
/** The names of the values that a sentence asks for. */
const slots = (sentence: string) => [...new Set([...sentence.matchAll(/\{([^{}|]+)/g)].map((match) => match[1]))].sort()

it('finds the dictionaries of engine, features and adapters', () => {
  for (const place of ['engine/inbox', 'engine/approvals', 'features/leave', 'features/meetings', 'adapters/simulator'])
    expect(dictionaries.map(([name]) => name).join('\n')).toContain(place)
})

describe.each(dictionaries)('%s', (_, { texts }) => {
  const keys = Object.keys(texts.en)

  it('has every sentence in every language, none of them empty', () => {
    for (const locale of LOCALES) {
      expect(Object.keys(texts[locale]).sort()).toEqual([...keys].sort())
      expect(keys.filter((key) => texts[locale][key]?.trim() === '')).toEqual([])
    }
  })

  it('asks for the same values in every language', () => {
    const differing = keys.filter((key) =>
      slots(texts['zh-CN'][key] ?? '').some((slot) => !slots(texts.en[key] ?? '').includes(slot)),
    )
    expect(differing, 'the Chinese sentence names a value that the English one does not').toEqual([])
  })

  it('speaks English in English', () => {
    // What names the other language, or shows what may be typed in it, is meant to.
    const foreign = /say|try|example|hint/
    const names = /中文|班长/g
    const han = keys.filter(
      (key) => /\p{Script=Han}/u.test((texts.en[key] ?? '').replace(names, '')) && !foreign.test(key),
    )
    expect(han).toEqual([])
  })
})

describe('Chinese in traditional characters', () => {
  const sentences = simplifiedSentences()

  it('is as the sources and the words of tools/traditional-words.ts make it: run `npm run traditional`', () => {
    expect(readFileSync(SENTENCES_FILE, 'utf8')).toBe(derivedSentences())
    expect(readFileSync(CHARACTERS_FILE, 'utf8')).toBe(derivedCharacters())
  })

  it('has every sentence that a dictionary can say: the search of the sources misses none', () => {
    const missing = dictionaries.flatMap(([name, { texts }]) =>
      Object.values(texts['zh-CN']).flatMap((sentence) =>
        /[\p{Script=Han}“”]/u.test(sentence) && !isDerived(sentence) ? [`${name}: ${sentence}`] : [],
      ),
    )
    expect(missing).toEqual([])
  })

  it('asks for the same values as the simplified sentence', () => {
    const every = (sentence: string) => [...sentence.matchAll(/\{[^{}]+\}/g)].map(([slot]) => slot).sort()
    const differing = [...sentences.keys()].filter(
      (sentence) => every(sentence).join() !== every(traditional(sentence)).join(),
    )
    expect(differing).toEqual([])
  })

  it('holds no simplified character, and no quotation mark of the mainland', () => {
    const derived = [...sentences.keys()].map(traditional).join('')
    // By themselves 准 and 台 would be 準 and 臺; in these words they are right.
    const simplified = [...new Set(derived.replaceAll(/核准|平台/g, ''))].filter(
      (character) => convert(character) !== character,
    )
    expect(simplified).toEqual([])
    expect(derived).not.toMatch(/[“”‘’]/)
  })

  it('holds no sentence written by hand that nobody says any more', () => {
    expect(Object.keys(SENTENCES).filter((sentence) => !sentences.has(sentence))).toEqual([])
  })

  it('is searched for wherever both languages of something stand, and nowhere else', () => {
    expect(
      sentencesOfSource(`const a = { 'zh-CN': '年假', en: "x" } // '注释'
        names: { en: ['a'], zh: ['请假', "休假"] }, aliases: ['私事'], name: '安然' /* zh: '不' */`),
    ).toEqual(['年假', '请假', '休假'])
    expect(sentencesOfSource("defineMessages({ a: 'x' }, { a: '第一行\\n第二行' })")).toEqual(['第一行\n第二行'])
  })

  it('is read from the dictionary, as a department wrote it, or as it stands, in that order', () => {
    const annual = { 'zh-CN': '年假', en: 'Annual leave' }
    expect(inLocale({ 'zh-CN': '审批', en: 'Approvals' }, 'zh-TW')).toBe('審核')
    expect(inLocale({ ...annual, 'zh-TW': '特休' }, 'zh-TW')).toBe('特休')
    expect(inLocale({ ...annual, 'zh-TW': '特休' }, 'zh-CN')).toBe('年假')
    // A name of the department's own is never converted: 干宝 is no 幹寶.
    expect(inLocale({ 'zh-CN': '干宝专项组', en: 'Gan Bao’s team' }, 'zh-TW')).toBe('干宝专项组')
    expect(allInLocale({ 'zh-CN': ['请假 3天'], en: ['leave 3 days'] }, 'zh-TW')).toEqual(['請假 3天'])
    expect(inEvery((locale) => locale)).toEqual({ 'zh-CN': 'zh-CN', 'zh-TW': 'zh-TW', en: 'en' })
  })
})

describe('the language that a platform or a browser names', () => {
  it.each([
    ['zh', 'zh-CN'],
    ['zh-CN', 'zh-CN'],
    ['zh_CN', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['zh-Hans-HK', 'zh-CN'],
    ['zh-TW', 'zh-TW'],
    ['zh_TW', 'zh-TW'],
    ['zh-HK', 'zh-TW'],
    ['zh-MO', 'zh-TW'],
    ['zh-Hant', 'zh-TW'],
    ['zh-Hant-CN', 'zh-TW'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
    ['zh;q=0.9,zh-TW', 'zh-CN'],
    ['en-GB', 'en'],
    ['fr', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s', (tag, locale) => expect(localeOf(tag)).toBe(locale))
})
