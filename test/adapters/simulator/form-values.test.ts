/** Values of a form: what passes, and what is said beside a field that does not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Field } from '#core/form.ts'
import { readForm } from '../../../adapters/simulator/form-values.ts'

const known = {
  isPerson: (account: string) => ['wang', 'li'].includes(account),
  isFile: (id: string) => ['f1', 'f2', 'f3'].includes(id),
}
const read = (field: Omit<Field, 'label' | 'name'>, value: string | string[], locale: 'zh-CN' | 'en' = 'en') => {
  const one = { ...field, name: 'it', label: 'It' } as Field
  return readForm(
    { form: 'f', value: '{}', title: 't', fields: [one], submit: 's', cancel: 'c' },
    { it: value },
    locale,
    known,
  )
}
const choice = { kind: 'choice' as const, options: [{ value: 'annual', label: 'Annual' }] }

describe('a field takes', () => {
  it.each([
    [{ kind: 'text' as const }, '<b>探亲</b>'],
    [{ kind: 'longText' as const, charsMax: 3 }, '请假啦'],
    [{ kind: 'date' as const }, '2028-02-29'],
    [{ kind: 'time' as const }, '00:00'],
    [{ kind: 'number' as const, min: 0.5, max: 3 }, '0.5'],
    [{ kind: 'number' as const, max: 3 }, '99'],
    [choice, 'annual'],
    [{ kind: 'people' as const, countMax: 2 }, ['wang', 'li']],
    [{ kind: 'file' as const, countMax: 2 }, ['f1', 'f2']],
  ])('%o the value %o, unchanged', (field, value) => expect(read(field, value)).toEqual({ values: { it: value } }))
})

describe('a field refuses', () => {
  it.each([
    [{ kind: 'text' as const, charsMax: 3 }, 'four', /At most 3 characters; these are 4/],
    [{ kind: 'text' as const }, 'x'.repeat(3_001), /At most 3000/],
    [{ kind: 'date' as const }, '2026-02-30', /2026-02-30.*not a date/],
    [{ kind: 'date' as const }, '28.9.2026', /not a date/],
    [{ kind: 'date' as const }, '2026-9-1', /not a date/],
    [{ kind: 'time' as const }, '24:00', /not a time/],
    [{ kind: 'number' as const }, 'three', /not a number/],
    [{ kind: 'number' as const }, ' ', /not a number/],
    [{ kind: 'number' as const }, 'Infinity', /not a number/],
    [choice, 'sick', /from the list/],
    [{ kind: 'people' as const }, ['wang', 'nobody'], /people of the department/],
    [{ kind: 'people' as const }, 'wang', /people of the department/],
    [{ kind: 'people' as const, countMax: 1 }, ['wang', 'li'], /At most 1 person\./],
    [{ kind: 'file' as const, countMax: 2 }, ['f1', 'f2', 'f3'], /At most 2 files/],
    [{ kind: 'file' as const }, ['f1', 'another’s'], /not there any more/],
    [{ kind: 'text' as const }, ['a', 'list'], /fill this in/],
    [{ kind: 'text' as const }, '', /fill this in/],
    [{ kind: 'people' as const }, [], /fill this in/],
  ])('%o the value %o', (field, value, words) => {
    const reading = read(field, value)
    expect('errors' in reading && reading.errors['it']).toMatch(words)
  })
  it('in the language of the person', () => {
    expect(read({ kind: 'time' }, '25:00', 'zh-CN')).toEqual({ errors: { it: '“25:00”不是时间，请写成 16:30。' } })
  })
})

describe('a form', () => {
  it('leaves out empty optional fields and what was never asked', () => {
    const fields: Field[] = [
      { kind: 'text', name: 'note', label: 'Note', optional: true },
      { kind: 'file', name: 'proof', label: 'Proof', optional: true },
    ]
    const reading = readForm(
      { form: 'f', value: '{}', title: 't', fields, submit: 's', cancel: 'c' },
      { note: '', proof: [], admin: 'yes' },
      'en',
      known,
    )
    expect(reading).toEqual({ values: {} })
  })
  it('accepts exactly the days that exist', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1970, max: 2199 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, day) => {
          const two = (number: number) => String(number).padStart(2, '0')
          const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
          expect('values' in read({ kind: 'date' }, `${year}-${two(month)}-${two(day)}`)).toBe(exists)
        },
      ),
    )
  })
})
