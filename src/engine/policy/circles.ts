/** Lines of command that lead back to themselves. */

/** Each circle once, as its members in order, beginning with the one that stands first in `above`. */
export function circlesIn(above: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = []
  const settled = new Set<string>()
  for (const start of above.keys()) {
    const line: string[] = []
    let at: string | undefined = start
    while (at !== undefined && !settled.has(at) && !line.includes(at)) {
      line.push(at)
      at = above.get(at)
    }
    if (at !== undefined && line.includes(at)) circles.push(rotated(line.slice(line.indexOf(at)), above))
    for (const id of line) settled.add(id)
  }
  return circles
}

function rotated(circle: readonly string[], above: ReadonlyMap<string, string>): readonly string[] {
  const first = [...above.keys()].find((id) => circle.includes(id))
  const cut = first === undefined ? 0 : circle.indexOf(first)
  return [...circle.slice(cut), ...circle.slice(0, cut)]
}
