/** The test that must fail: run by .ci/run alone, so that a run that ends in success with failed tests is found out. */
import { expect, it } from 'vitest'

it('fails', () => {
  expect('this test').toBe('failed')
})
