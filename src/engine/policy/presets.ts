/** The presets that come with the product, by name, from a folder. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ReadOptions } from './read.ts'

/** Looks for `<name>.yaml` in `folder`. A name that is more than letters, digits, `_` and `-` is no preset. */
export function presetsIn(folder: string): ReadOptions['presets'] {
  return async (name) => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return undefined
    try {
      return { name: `presets/${name}.yaml`, text: await readFile(path.join(folder, `${name}.yaml`), 'utf8') }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }
}
