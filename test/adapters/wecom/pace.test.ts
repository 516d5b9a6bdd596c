/** Our own pace: every measure is kept, a message of several parts goes whole, and one place holds up no other. */
import { expect, it } from 'vitest'
import { createPace } from '../../../adapters/wecom/pace.ts'

const MINUTE = 60_000

it('an hour’s measure is kept by who never exceeds the minute’s', () => {
  let now = 0
  const pace = createPace(
    [
      { sends: 3, perMs: MINUTE },
      { sends: 10, perMs: 60 * MINUTE },
    ],
    () => now,
  )
  for (let n = 0; n < 10; n += 1, now += MINUTE / 2) pace.take('an', 1)
  expect(() => pace.take('an', 1)).toThrow(
    expect.objectContaining({ kind: 'rate-limited', retryAfterMs: 60 * MINUTE - now }),
  )
  pace.take('wang', 3)
  now = 60 * MINUTE
  pace.take('an', 1)
})

it('takes all parts of a message or none, and one that is larger than a measure once nothing else went', () => {
  let now = 0
  const pace = createPace([{ sends: 3, perMs: MINUTE }], () => now)
  pace.take('an', 2)
  expect(() => pace.take('an', 2)).toThrow(expect.objectContaining({ retryAfterMs: MINUTE }))
  pace.take('an', 1)
  now = MINUTE
  pace.take('an', 5)
})
