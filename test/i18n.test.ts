/** Every sentence exists in every language, asks for the same values, and is really written in its language. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LOCALES, type Messages } from '../src/core/i18n.ts'

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
    const foreign = /^language$|say|try|example|hint/
    const names = /中文|班长/g
    const han = keys.filter(
      (key) => /\p{Script=Han}/u.test((texts.en[key] ?? '').replace(names, '')) && !foreign.test(key),
    )
    expect(han).toEqual([])
  })
})
