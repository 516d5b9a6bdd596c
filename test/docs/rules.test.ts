/** docs/rules.md lists every rule of the rulebook and says the truth about each. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rules, rulesDocument, testedRules } from '../../docs/write-rules.ts'

it('lists all 321 rules', () => {
  expect(Object.keys(rules().rules)).toHaveLength(321)
})

it('is as the tests and rules.yaml make it: run `npm run rules`', () => {
  expect(readFileSync('docs/rules.md', 'utf8')).toBe(rulesDocument())
})

it('knows every rule that a test names', () => {
  const known = Object.keys(rules().rules)
  expect([...testedRules().keys()].filter((id) => !known.includes(id))).toEqual([])
})
