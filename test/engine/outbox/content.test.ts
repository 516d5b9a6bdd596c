/** What rows hold: storable whatever people typed, equal when it looks equal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentHash, errorLine, storable } from '#engine/outbox/content.ts'
import { backoffMs } from '#engine/outbox/outcome.ts'
import { testDatabase } from '../../support/database.ts'

const test = testDatabase()

describe('what people typed', () => {
  it('comes back from the database as it was, halves of characters apart', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const halves = fc.constantFrom('', '\0', '\ud83d', '\ude00', '\ude00\ud83d', '😀')
    await fc.assert(
      fc.asyncProperty(text, halves, text, async (before, half, after) => {
        const said = before + half + after
        const [row] = await test.db.transact('people', ({ sql }) =>
          sql<{ said: unknown }>('SELECT $1::jsonb AS said', [storable({ said })]),
        )
        expect(row?.said).toEqual({ said: said.replaceAll(/\0|\p{Surrogate}/gu, '\ufffd') })
      }),
      { numRuns: 60 },
    )
  })

  it('makes an error one bounded, storable line', () => {
    expect(errorLine(' a\n  b\0 ')).toBe('a b\ufffd')
    expect(errorLine('😀'.repeat(400)).length).toBeLessThanOrEqual(500)
    expect(errorLine('😀'.repeat(400))).not.toMatch(/\p{Surrogate}/u)
  })
})

describe('the hash of a content', () => {
  it('does not depend on the order in which it was written', () => {
    const one = contentHash({ card: { title: 't', note: 'n' }, text: 'x' }, 'en')
    expect(contentHash({ text: 'x', card: { note: 'n', title: 't' } }, 'en')).toBe(one)
  })

  it('differs by words, order of lines and language', () => {
    const hashes = [
      contentHash({ card: { title: 't', list: ['a', 'b'] } }, 'en'),
      contentHash({ card: { title: 't', list: ['b', 'a'] } }, 'en'),
      contentHash({ card: { title: 't', list: ['a', 'b'] } }, 'zh-CN'),
      contentHash({ card: { title: 't', list: ['a'] } }, 'en'),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('the backoff', () => {
  it('grows threefold from two seconds to ten minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 11].map(backoffMs)).toEqual(
      [2, 6, 18, 54, 162, 486, 600, 600].map((seconds) => seconds * 1_000),
    )
  })
})
