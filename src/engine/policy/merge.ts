/** How one layer of a policy lies over another: maps merge, lists replace, null removes. */

export type Json = null | boolean | number | string | readonly Json[] | JsonMap
export type JsonMap = { readonly [key: string]: Json }

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * `above` over `below`. Keys keep the order in which they were first named.
 * @param options.keepNull a removal is kept as null, for a layer that will itself be laid over another
 * @returns undefined when `above` is null: the key is gone
 */
export function merge(
  below: Json | undefined,
  above: Json | undefined,
  options: { keepNull?: boolean } = {},
): Json | undefined {
  if (above === undefined) return below
  if (above === null) return options.keepNull ? null : undefined
  if (!isMap(above)) return above
  const base = isMap(below) ? below : {}
  const merged = new Map<string, Json>(Object.entries(base))
  for (const [key, value] of Object.entries(above)) {
    const result = merge(merged.get(key), value, options)
    if (result === undefined) merged.delete(key)
    else merged.set(key, result)
  }
  return Object.fromEntries(merged)
}
