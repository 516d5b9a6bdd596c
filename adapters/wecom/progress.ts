/** How far a message of several calls has come, so that a second try goes on where the first ended. In this process alone. */
import { createHash } from 'node:crypto'
import { PlatformError } from '#core/errors.ts'
import { remembering } from './remembering.ts'

/** One call that puts something out. */
export interface Step<R> {
  /** What it puts out, as JSON can write it: a second try knows by it what was done, for its words may have changed since. */
  readonly what: unknown
  /** WeCom shows it once, however often it is made. */
  readonly repeats: boolean
  /** @param mayBeDone an earlier try ended in it, and nobody knows how */
  run(signal: AbortSignal, mayBeDone: boolean): Promise<R>
}

export interface Progress {
  /**
   * Runs what is left of the steps, in order. @returns what each of them gave; those done in an earlier try too.
   * One that may have been done, and does not repeat, is refused once (`may_be_there`): WeCom could not tell the second from
   * the first. Whoever tries again after that, wants it.
   * @param before told how many are left, before the first of them
   */
  run<R>(
    key: string,
    steps: readonly Step<R>[],
    signal: AbortSignal,
    before?: (left: number) => void,
  ): Promise<readonly R[]>
  /** What `make` gives, once for the key: an upload that a second try sends again. */
  once(key: string, make: () => Promise<string>): Promise<string>
}

interface Mark {
  readonly done: readonly { readonly hash: string; readonly gave: unknown }[]
  /** The step after those may have been done too. */
  readonly isUncertain: boolean
}

export function createProgress(): Progress {
  const marks = remembering<Mark>()
  const made = remembering<string>()
  return {
    async run<R>(
      key: string,
      steps: readonly Step<R>[],
      signal: AbortSignal,
      before: (left: number) => void = () => {},
    ) {
      const mark = marks.get(key)
      const hashes = steps.map(({ what }) => hashOf(what))
      const changed = hashes.findIndex((hash, n) => mark?.done[n]?.hash !== hash)
      const from = changed < 0 ? hashes.length : changed
      const done = mark?.done.slice(0, from) ?? []
      let isUncertain = mark?.isUncertain ?? false
      if (isUncertain && steps[from]?.repeats === false) {
        marks.set(key, { done, isUncertain: false })
        throw new PlatformError('refused', 'It may be there already, and WeCom cannot be asked', {
          code: 'may_be_there',
        })
      }
      before(steps.length - from)
      try {
        for (const [n, step] of steps.slice(from).entries()) {
          done.push({ hash: hashes[from + n] ?? '', gave: await step.run(signal, isUncertain) })
          isUncertain = false
        }
      } catch (error) {
        const kind = error instanceof PlatformError ? error.kind : 'unknown'
        marks.set(key, { done, isUncertain: isUncertain || kind === 'unknown' })
        // WeCom may have thrown the upload away: whoever tries again makes a new one.
        if (kind === 'gone' || kind === 'refused') made.delete(key)
        throw error
      }
      marks.delete(key)
      made.delete(key)
      return done.map(({ gave }) => gave as R)
    },
    async once(key, make) {
      const known = made.get(key)
      if (known !== undefined) return known
      const fresh = await make()
      made.set(key, fresh)
      return fresh
    },
  }
}

const hashOf = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('base64url')
