/** What every platform adapter must do. One suite runs over all of them; what a platform cannot do is an exception with its reason. */
import { describe, expect, it } from 'vitest'
import { receiving } from './contract/receiving.ts'
import { rendering } from './contract/rendering.ts'
import { sending } from './contract/sending.ts'
import type { ContractSubject } from './contract/subject.ts'

const parts = { receiving, sending, rendering }
export type ContractPart = keyof typeof parts
export type ContractTest = keyof typeof receiving | keyof typeof sending | keyof typeof rendering

/** A promise that the platform cannot keep, and why: words that its README may quote. */
export interface ContractException {
  readonly test: ContractTest
  readonly reason: string
}

/**
 * Runs the whole contract, with a fresh subject for each test. An excepted test must fail: one that would pass is not
 * an exception any more and is reported, so that the list never claims less than the adapter does.
 * @param only the parts to run, for a second door of the same adapter; all when absent
 */
export function platformContract(
  name: string,
  make: () => Promise<ContractSubject>,
  exceptions: readonly ContractException[],
  only: readonly ContractPart[] = Object.keys(parts) as ContractPart[],
): void {
  const reasons = new Map<string, string>(exceptions.map(({ test, reason }) => [test, reason]))

  describe(`${name} keeps the platform contract`, () => {
    it('gives a reason for each exception, once', () => {
      expect(reasons.size).toBe(exceptions.length)
      for (const { test, reason } of exceptions) expect(reason.length, test).toBeGreaterThan(10)
    })
    for (const part of only) {
      describe(part, () => {
        for (const [test, run] of Object.entries<(subject: ContractSubject) => Promise<void>>(parts[part])) {
          const reason = reasons.get(test)
          if (reason === undefined) it(test, () => withSubject(make, run))
          else it(`${test} — excepted: ${reason}`, () => mustFail(test, reason, () => withSubject(make, run)))
        }
      })
    }
  })
}

async function withSubject(
  make: () => Promise<ContractSubject>,
  run: (subject: ContractSubject) => Promise<void>,
): Promise<void> {
  const subject = await make()
  try {
    await run(subject)
  } finally {
    await subject.close()
  }
}

async function mustFail(test: string, reason: string, run: () => Promise<void>): Promise<void> {
  const passed = await run().then(
    () => true,
    () => false,
  )
  if (passed) throw new Error(`"${test}" passes although it is excepted ("${reason}"): take the exception out`)
}
