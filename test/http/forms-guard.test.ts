/** Who may send a form page, and how many at once. */
import { describe, expect, it } from 'vitest'
import { createTurns, isFromOwnPage } from '../../src/http/forms/guard.ts'

describe('large calls', () => {
  it('take turns, in the order of coming, and a failed one gives its place back', async () => {
    const inTurn = createTurns(2)
    const began: number[] = []
    const ends: (() => void)[] = []
    const calls = [0, 1, 2, 3].map((n) =>
      inTurn(async () => {
        began.push(n)
        await new Promise<void>((resolve) => {
          ends[n] = resolve
        })
        if (n === 0) throw new Error('the line broke')
      }).catch((error: Error) => error.message),
    )
    const settled = () => new Promise((resolve) => setImmediate(resolve))
    await settled()
    expect(began).toEqual([0, 1])
    ends[0]?.()
    await settled()
    expect(began).toEqual([0, 1, 2])
    ends[1]?.()
    await settled()
    ends[2]?.()
    ends[3]?.()
    expect(await Promise.all(calls)).toEqual(['the line broke', undefined, undefined, undefined])
    expect(await inTurn(async () => 'free again')).toBe('free again')
  })
})

describe('a call', () => {
  it.each<[boolean, Readonly<Record<string, string>>, string]>([
    [true, { 'sec-fetch-site': 'same-origin', origin: 'null' }, 'of our page, which sends no referrer'],
    [true, { origin: 'null' }, 'of an old browser: the token decides'],
    [true, {}, 'of an older one'],
    [true, { origin: 'https://bot.example' }, 'that names our origin'],
    [false, { 'sec-fetch-site': 'cross-site', origin: 'null' }, 'of a page in a sandbox'],
    [false, { 'sec-fetch-site': 'same-site', origin: 'https://bot.example' }, 'of a neighbour under our name'],
    [false, { origin: 'https://bot.example.evil.example' }, 'of a name that begins like ours'],
    [false, { origin: 'https://bot.example:8443' }, 'of another port'],
  ])('is ours: %s, for %o, %s', (isOurs, headers) => {
    expect(isFromOwnPage(new Headers(headers), ['https://bot.example'])).toBe(isOurs)
  })
})
