/** Every text of the page can be read by day and by night: contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3, AA). */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, schemesOf } from '../../support/contrast.ts'

const folder = new URL('../../../web/simulator/', import.meta.url)
const css = readdirSync(folder)
  .filter((name) => name.endsWith('.css'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n')
const schemes = schemesOf(css)

const pairs = [
  ...['paper', 'surface', 'raised', 'sunken', 'hover', 'mine', 'green-soft'].map((ground) => ['ink', ground] as const),
  ...['paper', 'surface', 'raised', 'sunken', 'hover', 'green-soft'].map((ground) => ['quiet', ground] as const),
  ...['paper', 'surface', 'raised'].map((ground) => ['green', ground] as const),
  ['on-green', 'green'],
  ['on-green', 'green-deep'],
  ['bad', 'raised'],
  ...['bad', 'good', 'waiting', 'warning'].map((tone) => [tone, `${tone}-soft`] as const),
] as const

describe.each(Object.entries(schemes))('by %s', (_, scheme) => {
  it.each(pairs)('%s on %s', (ink, ground) => {
    expect(contrast(scheme[ink], scheme[ground])).toBeGreaterThanOrEqual(4.5)
  })
})

describe('white on', () => {
  const hues = [...css.matchAll(/\.hue-\d \{\s*background: (#[0-9a-f]{6});/g)].map(([, value]) => value ?? '')
  it('every avatar: there are as many colours as the script counts on', () => {
    const script = readFileSync(new URL('dom.js', folder), 'utf8')
    expect(hues).toHaveLength(Number(/HUES = (\d+)/.exec(script)?.[1]))
  })
  it.each(hues)('the avatar %s', (ground) => {
    expect(contrast('#ffffff', ground)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['day', 'night'] as const)('a badge by %s', (scheme) => {
    expect(contrast('#ffffff', schemes[scheme]['badge'])).toBeGreaterThanOrEqual(4.5)
  })
})
