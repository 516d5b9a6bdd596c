/** How far a message of several calls has come, so that a second try goes on where the first ended. In this process alone. */
import { PlatformError } from '#core/errors.ts'

export interface Progress {
  /**
   * Runs what is left of the steps, in order. @returns what each step gave, by its number; those done in an earlier try too.
   * With `repeats` false a step whose outcome is unknown is never made again: WeCom could not tell the second from the first.
   * `before` is told how many are left, before the first of them.
   */
  run<R>(
    key: string,
    steps: readonly ((signal: AbortSignal) => Promise<R>)[],
    signal: AbortSignal,
    rules: { readonly repeats: boolean; readonly before?: (left: number) => void },
  ): Promise<ReadonlyMap<number, R | undefined>>
  /** Is it unknown what became of the last try under this key? */
  isUncertain(key: string): boolean
  /** What `make` gives, once for the key: an upload that a second try sends again. */
  once(key: string, make: () => Promise<string>): Promise<string>
}

interface Mark {
  readonly given: Map<number, unknown>
  isUncertain: boolean
}

/** Messages kept in mind; the oldest are forgotten first. Only what went wrong midway stays at all. */
const KEPT_MAX = 5_000

export function createProgress(): Progress {
  const marks = new Map<string, Mark>()
  const made = new Map<string, string>()
  return {
    async run<R>(
      key: string,
      steps: readonly ((signal: AbortSignal) => Promise<R>)[],
      signal: AbortSignal,
      { repeats, before }: { readonly repeats: boolean; readonly before?: (left: number) => void },
    ) {
      const mark = marks.get(key) ?? { given: new Map<number, unknown>(), isUncertain: false }
      if (mark.isUncertain && !repeats)
        throw new PlatformError('refused', 'It may lie in the group already, and WeCom cannot be asked', {
          code: 'may_be_there',
        })
      before?.(steps.length - mark.given.size)
      try {
        for (const [n, step] of steps.entries()) {
          if (mark.given.has(n)) continue
          mark.given.set(n, await step(signal))
        }
      } catch (error) {
        mark.isUncertain ||= !(error instanceof PlatformError) || error.kind === 'unknown'
        keep(marks, key, mark)
        throw error
      }
      marks.delete(key)
      made.delete(key)
      return mark.given as Map<number, R>
    },
    isUncertain: (key) => marks.get(key)?.isUncertain ?? false,
    async once(key, make) {
      const known = made.get(key)
      if (known !== undefined) return known
      const fresh = await make()
      keep(made, key, fresh)
      return fresh
    },
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.size > KEPT_MAX ? map.keys() : []
  if (oldest !== undefined) map.delete(oldest)
}
