/** Every text of the page can be read by day and by night: contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3, AA). */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../../web/simulator/', import.meta.url)
const css = readdirSync(folder)
  .filter((name) => name.endsWith('.css'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n')
const [day = '', night = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block)
const colours = (block: string) =>
  Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
const light = colours(day)
const schemes = { day: light, night: { ...light, ...colours(night) } }

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

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
    expect(contrast(scheme[ink] ?? '', scheme[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
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
    expect(contrast('#ffffff', schemes[scheme]['badge'] ?? '')).toBeGreaterThanOrEqual(4.5)
  })
})
