/** Where in its files a value of a policy was written. */
import type { Locate, Path } from './check.ts'
import type { Part, Place, YamlFile } from './yaml.ts'

/**
 * Where a value of the merged policy was written: in the topmost layer that holds it, else what stands nearest around it.
 * @param prefixes where the layers of one file lie, lowest first; none: the path is the file's own
 */
export function locateIn(files: readonly YamlFile[], prefixes: readonly Path[]): Locate {
  return (path, part) => {
    const roots = prefixes.length === 0 ? [[]] : prefixes.toReversed()
    for (let length = path.length; length >= 0; length -= 1) {
      for (const root of roots) {
        for (const file of files.toReversed()) {
          const whole = [...root, ...path.slice(0, length)]
          if (whole.length === 0 && files.length > 1) continue
          const place = file.placeOf(whole, placePart(part, length === path.length))
          if (place !== undefined) return place
        }
      }
    }
    return startOf(files.at(-1))
  }
}

/** What is not there is told at the key of what should hold it. */
const placePart = (part: Part, found: boolean): Part => (found ? part : 'key')

export const startOf = (file: YamlFile | undefined): Place => ({ file: file?.name ?? '', line: 1, column: 1 })
