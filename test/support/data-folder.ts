/** A folder of the embedded database as a start leaves it: from the run's template, which spares each process the making of one. */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import { openPglite } from '../../src/engine/db/pglite.ts'

/** @param folder of a {@link home} */
export async function makeData(folder: string): Promise<void> {
  const template = inject('template')
  if (template.kind !== 'embedded') return
  mkdirSync(path.join(folder, 'data'))
  const loadDataDir = new Blob([readFileSync(template.file)])
  const lite = await openPglite({ dataDir: path.join(folder, 'data', 'db'), loadDataDir })
  await lite.close()
}
