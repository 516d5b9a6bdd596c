/** An unexpected line on console.error fails the test that caused it. */
import { afterEach, beforeEach, expect, vi } from 'vitest'

beforeEach(() => {
  vi.spyOn(console, 'error')
})
afterEach(() => {
  const spy = vi.mocked(console.error)
  const lines = spy.mock.calls.map((call) => call.map(String).join(' '))
  spy.mockRestore()
  expect(lines, 'console.error was called; assert it and clear the spy where it is expected').toEqual([])
})
