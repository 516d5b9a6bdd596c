/** A map that does not grow without bound. */

const COUNT_MAX = 5_000

export interface Remembering<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
}

/** Forgets what was set longest ago. @param countMax entries kept, 5,000 when absent */
export function remembering<T>(countMax = COUNT_MAX): Remembering<T> {
  const map = new Map<string, T>()
  return {
    get: (key) => map.get(key),
    delete: (key) => void map.delete(key),
    set(key, value) {
      map.delete(key)
      map.set(key, value)
      const [oldest] = map.size > countMax ? map.keys() : []
      if (oldest !== undefined) map.delete(oldest)
    },
  }
}
