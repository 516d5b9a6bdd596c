/** Every text of a form page can be read by day and by night, and every input has an edge that is seen. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, schemesOf } from '../support/contrast.ts'

const css = readFileSync(new URL('../../web/forms/forms.css', import.meta.url), 'utf8')

describe.each(Object.entries(schemesOf(css)))('by %s', (_, scheme) => {
  it.each([
    ['ink', 'surface', 4.5],
    ['ink', 'good-soft', 4.5],
    ['quiet', 'surface', 4.5],
    ['green', 'surface', 4.5],
    ['on-green', 'green', 4.5],
    ['on-green', 'green-deep', 4.5],
    ['bad', 'surface', 4.5],
    ['bad', 'bad-soft', 4.5],
    ['good', 'good-soft', 4.5],
    ['line-strong', 'surface', 3],
  ] as const)('%s on %s', (ink, ground, least) => {
    expect(contrast(scheme[ink], scheme[ground])).toBeGreaterThanOrEqual(least)
  })
})
