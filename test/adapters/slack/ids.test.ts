/** What is put into Slack's ids comes back whole, within their limits. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, ellipsis } from '../../../adapters/slack/cut.ts'
import { blockId, buttonId, keyOf, menuIds, readClick } from '../../../adapters/slack/ids.ts'

const action = fc.stringMatching(/^[a-z]{1,20}\.[a-z-]{1,30}$/)
const key = fc.option(fc.string({ minLength: 1, maxLength: 120 }), { nil: undefined })
const keyed = (sentKey: string | undefined) => (sentKey === undefined ? {} : { sentKey })

describe('ids', () => {
  it('bring a button back with its value and key', () => {
    fc.assert(
      fc.property(action, key, fc.string(), fc.nat(24), (name, sentKey, value, n) => {
        const click = { blockId: blockId('b0', sentKey), actionId: buttonId(name, n), value }
        expect(readClick(click)).toEqual({ action: name, value, ...keyed(sentKey) })
      }),
    )
  })

  it('bring a menu back with its payload, its choice and, where there is room, its key', () => {
    fc.assert(
      fc.property(
        action,
        key,
        fc.string({ maxLength: 400 }),
        fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1 }),
        (name, sentKey, payload, options) => {
          const ids = menuIds(name, payload, options, sentKey)
          if (!ids) return expect.fail('400 characters always fit')
          expect(ids.blockId.length).toBeLessThanOrEqual(255)
          expect(ids.actionId.length).toBeLessThanOrEqual(255)
          for (const chosen of options) {
            const option = ids.optionValue(chosen)
            expect(option.length).toBeLessThanOrEqual(75)
            const back = readClick({ blockId: ids.blockId, actionId: ids.actionId, option })
            expect(back).toMatchObject({ action: name, value: payload, chosen })
            expect([sentKey, undefined]).toContain(back?.sentKey)
          }
          return undefined
        },
      ),
    )
  })

  it('carry the largest payload of a button in a menu too, at the price of the key', () => {
    const payload = 'p'.repeat(512)
    const ids = menuIds('leave.choose-stand-in', payload, ['P1', 'P99999'], 'k'.repeat(60))
    const back = readClick({
      blockId: ids?.blockId ?? '',
      actionId: ids?.actionId ?? '',
      option: ids?.optionValue('P99999') ?? '',
    })
    expect(back).toEqual({ action: 'leave.choose-stand-in', value: payload, chosen: 'P99999' })
  })

  it('keep the key of a menu with an ordinary payload', () => {
    const ids = menuIds('leave.stand-in', '{"requestId":"01J8"}', ['P1'], 'key-1')
    expect(keyOf(ids?.blockId ?? '')).toBe('key-1')
  })

  it('say when there is no room, instead of cutting', () => {
    expect(menuIds('leave.stand-in', 'p'.repeat(700), ['P1'], undefined)).toBeUndefined()
    expect(menuIds('leave.stand-in', '{}', ['P'.repeat(76)], undefined)).toBeUndefined()
    expect(menuIds('leave.stand-in', '{}', [''], undefined)).toBeUndefined()
    expect(blockId('b0', 'k'.repeat(300))).toBe('b0:')
  })

  it.each([
    { blockId: 'b0:k', actionId: 'no-mark', value: 'x' },
    { blockId: 'b0:k', actionId: '#0', value: 'x' },
    { blockId: 'b0:k', actionId: 'a#0' },
    { blockId: 'm:0:', actionId: 'a#m' },
  ])('leave alone what is not ours: %j', (click) => {
    expect(readClick(click)).toBeUndefined()
  })
})

describe('cutting', () => {
  it('keeps a beginning within the limit, whole code points, and counts the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.nat(300), (text, charsMax) => {
        const { kept, left } = cut(text, charsMax)
        expect(text.startsWith(kept)).toBe(true)
        expect(kept.length).toBeLessThanOrEqual(charsMax)
        expect([...kept].length + left).toBe([...text].length)
        if (text.length <= charsMax) expect(kept).toBe(text)
      }),
    )
  })

  it('never splits an emoji family, wherever the limit falls', () => {
    const family = '👨‍👩‍👧‍👦'
    const text = family.repeat(60)
    for (let charsMax = 0; charsMax <= text.length; charsMax += 1) {
      const { kept } = cut(text, charsMax)
      expect(kept.length % family.length, `at ${charsMax}`).toBe(0)
      expect(charsMax - kept.length, `at ${charsMax}`).toBeLessThan(family.length)
    }
  })

  it('marks what was cut', () => {
    expect(ellipsis('abcdef', 4)).toBe('abc…')
    expect(ellipsis('abcd', 4)).toBe('abcd')
    expect(ellipsis('𠮷𠮷𠮷', 4)).toBe('𠮷…')
    expect(ellipsis('ab', 0)).toBe('…')
  })
})
