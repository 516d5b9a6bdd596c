/** How long to wait before something that failed is begun anew. */

/**
 * The first wait, and twice as long after each further failure, up to the longest.
 * @param failures in a row, 1 or more
 * @returns milliseconds
 */
export function doublingMs(
  failures: number,
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30))
}
