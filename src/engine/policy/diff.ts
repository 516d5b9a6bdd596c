/** What changes from one policy to another, path by path: shown before a policy is applied. */
import { pathText } from './check.ts'
import type { PolicyContent } from './loaded.ts'
import { isMap, type Json, type JsonMap } from './merge.ts'

/** `order`: the same keys in another order, which is the order people see them in; `from` and `to` are the keys. */
export interface PolicyChange {
  readonly path: string
  readonly kind: 'added' | 'removed' | 'changed' | 'order'
  /** Absent when `added`. */
  readonly from?: Json
  /** Absent when `removed`. */
  readonly to?: Json
}

/** In the order of the newer policy; what was removed last. Empty exactly when both have the same hash. */
export function diffPolicies(from: PolicyContent, to: PolicyContent): readonly PolicyChange[] {
  return [
    ...diffMaps(from.sections, to.sections, []),
    ...diffMaps(from.departments, to.departments, ['departments']),
    ...diffMaps(from.posts, to.posts, ['posts']),
  ]
}

type Keys = readonly string[]

function diffMaps(from: JsonMap, to: JsonMap, path: Keys): readonly PolicyChange[] {
  const changes: PolicyChange[] = []
  for (const [key, value] of Object.entries(to)) changes.push(...diffValues(own(from, key), value, [...path, key]))
  for (const [key, value] of Object.entries(from)) {
    if (!Object.hasOwn(to, key)) changes.push({ path: pathText([...path, key]), kind: 'removed', from: value })
  }
  const kept = Object.keys(from).filter((key) => Object.hasOwn(to, key))
  const now = Object.keys(to).filter((key) => Object.hasOwn(from, key))
  if (kept.join('\n') !== now.join('\n')) changes.push({ path: pathText(path), kind: 'order', from: kept, to: now })
  return changes
}

function diffValues(from: Json | undefined, to: Json, path: Keys): readonly PolicyChange[] {
  if (from === undefined) return [{ path: pathText(path), kind: 'added', to }]
  if (isMap(from) && isMap(to)) return diffMaps(from, to, path)
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path: pathText(path), kind: 'changed', from, to }]
}

const own = (map: JsonMap, key: string): Json | undefined => (Object.hasOwn(map, key) ? map[key] : undefined)
