/** The simulator's words and files keep the house rules that no compiler checks. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { messages } from '../../../adapters/simulator/i18n.ts'
import { words } from '../../../adapters/simulator/page-words.ts'

const folder = new URL('../../../web/simulator/', import.meta.url)
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
const all = scripts.map(({ text }) => text).join('\n')
const slots = (text: string) => [...text.matchAll(/\{([^{}|]+)/g)].map(([, name]) => name)

describe('the words', () => {
  it.each([
    ['refusals', messages.texts],
    ['page', words.texts],
  ] as const)('of the %s use in Chinese only the slots of the English', (_, texts) => {
    for (const [key, english] of Object.entries(texts.en)) {
      const chinese = (texts['zh-CN'] as Record<string, string>)[key] ?? ''
      expect(slots(english), key).toEqual(expect.arrayContaining(slots(chinese)))
    }
  })
  it('that the page asks for are all there, and all that are there are used', () => {
    const shell = readFileSync(new URL('../../../adapters/simulator/page.tsx', import.meta.url), 'utf8')
    const asked = [...all.matchAll(/words\??\.?\['([a-z-]+)'\]/g), ...shell.matchAll(/say\('([a-z-]+)'\)/g)].map(
      ([, key]) => key ?? '',
    )
    const built = [
      'hour',
      'day',
      'edited',
      'updated',
      ...Object.keys(words.texts.en).filter((key) => /^(clock|tone)-/.test(key)),
    ]
    expect(asked.filter((key) => !(key in words.texts.en))).toEqual([])
    expect(Object.keys(words.texts.en).filter((key) => !asked.includes(key) && !built.includes(key))).toEqual([])
  })
})

describe('the page’s scripts', () => {
  it.each([
    'innerHTML',
    'outerHTML',
    'insertAdjacentHTML',
    'document.write',
    'eval(',
    'new Function',
    'DOMParser',
    '.style.cssText',
  ])('never use %s: what people type stays text', (danger) => {
    expect(scripts.filter(({ text }) => text.includes(danger)).map(({ name }) => name)).toEqual([])
  })
  it('are each opened by one sentence of purpose and fit 300 lines', () => {
    for (const { name, text } of scripts) {
      expect(text, name).toMatch(/^\/\*\* [A-Z].*\. ?\*\//)
      expect(text.split('\n').length, name).toBeLessThanOrEqual(301)
    }
  })
})
