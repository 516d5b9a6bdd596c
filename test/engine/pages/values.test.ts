/** What comes back from a page is believed in nothing: each kind of field takes what it asked for, and says what else it wants. */
import { describe, expect, it } from 'vitest'
import { type Field, type Form, form } from '#core/form.ts'
import { type Given, readValues } from '#engine/pages/values.ts'
import { Ask } from '../../adapters/contract/samples.ts'

const AN = 'id-of-an'
const formOf = (...fields: Field[]): Form =>
  form(Ask, { requestId: 'R1' }, { title: 'Ask', fields, submit: 'Send', cancel: 'Cancel' })
const read = (field: Field, values: readonly string[], files: readonly string[] = []) => {
  const given: Given = { values: { [field.name]: values }, files: { [field.name]: files } }
  const result = readValues(formOf(field), given, 'en', (id) => id === AN)
  return 'errors' in result ? result.errors[field.name] : result.values[field.name]
}
const base = { name: 'x', label: 'X' }
const options = [
  { value: 'a', label: 'A' },
  { value: 'b', label: 'B' },
]

describe('a value', () => {
  it.each<[string, Field, readonly string[], string | readonly string[]]>([
    ['text, without the blanks around it', { ...base, kind: 'text' }, ['  two words '], 'two words'],
    ['lines, which browsers end in their own way', { ...base, kind: 'longText' }, ['one\r\ntwo'], 'one\ntwo'],
    ['text of exactly its length', { ...base, kind: 'text', charsMax: 3 }, ['abc'], 'abc'],
    ['lines counted as they are kept', { ...base, kind: 'longText', charsMax: 3 }, ['a\r\nb'], 'a\nb'],
    ['a day', { ...base, kind: 'date' }, ['2028-02-29'], '2028-02-29'],
    ['a time', { ...base, kind: 'time' }, ['23:59'], '23:59'],
    ['a choice', { ...base, kind: 'choice', options }, ['b'], 'b'],
    ['a number at its bound', { ...base, kind: 'number', min: 0.5, max: 5 }, ['0.5'], '0.5'],
    ['people, each once', { ...base, kind: 'people' }, [AN, AN, ''], [AN]],
  ])('is taken: %s', (_, field, given, taken) => {
    expect(read(field, given)).toEqual(taken)
  })

  it.each<[string, Field, readonly string[], RegExp]>([
    ['nothing where something is asked for', { ...base, kind: 'text' }, ['   '], /Fill this in/],
    ['no choice', { ...base, kind: 'choice', options }, [], /Choose something/],
    ['no file', { ...base, kind: 'file' }, [], /Add a file/],
    ['text too long by one', { ...base, kind: 'text', charsMax: 3 }, ['abcd'], /4 characters; at most 3/],
    ['text without a bound of its own', { ...base, kind: 'longText' }, ['x'.repeat(3_001)], /at most 3000/],
    ['a day that does not exist', { ...base, kind: 'date' }, ['2026-02-30'], /“2026-02-30” is not a day/],
    ['a time of another day', { ...base, kind: 'time' }, ['24:00'], /“24:00” is not a time/],
    ['a choice that was not offered', { ...base, kind: 'choice', options }, ['c'], /not one of the choices/],
    ['words for a number', { ...base, kind: 'number' }, ['three'], /“three” is not a number/],
    ['a number written for machines', { ...base, kind: 'number' }, ['0x10'], /is not a number/],
    ['a number below its bound', { ...base, kind: 'number', min: 1 }, ['0.5'], /0\.5 is too small; it is 1 at least/],
    ['a number above its bound', { ...base, kind: 'number', max: 5 }, ['6'], /6 is too large; it is 5 at most/],
    ['somebody unknown', { ...base, kind: 'people' }, [AN, 'forged'], /not in the department any more/],
    ['too many people', { ...base, kind: 'people', countMax: 1 }, [AN, 'other'], /At most 1 person/],
  ])('is refused beside its field: %s', (_, field, given, words) => {
    expect(read(field, given)).toMatch(words)
  })

  it('of an optional field may be missing, and what was not asked for is nothing', () => {
    const optional: Field = { ...base, kind: 'text', optional: true }
    const given = { values: { x: [''], y: ['smuggled'], z: ['in'] }, files: { y: ['file'] } }
    expect(readValues(formOf(optional), given, 'en', () => false)).toEqual({ values: {} })
  })

  it('of files is a list within its bound', () => {
    const field: Field = { ...base, kind: 'file', countMax: 2 }
    expect(read(field, [], ['u1', 'u2'])).toEqual(['u1', 'u2'])
    expect(read(field, [], ['u1', 'u2', 'u3'])).toMatch(/At most 2 files/)
    expect(read(field, ['typed in place of a file'], ['u1'])).toEqual(['u1'])
  })
})
