/** Whether the folder is there that a file is to be written into. */
import { stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Why nothing can be written there: a folder that is made on the way may lie on another disk than was meant, as under a
 * mount that is missing. Undefined when the folder is there; whatever else is wrong, writing says.
 * @param what what named the file: `--out`
 */
export async function missingFolder(what: string, file: string): Promise<string | undefined> {
  const folder = path.dirname(file)
  const isMissing = await stat(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
  if (!isMissing) return undefined
  return `${what} ${file}: there is no folder ${folder}: make it (mkdir -p ${quoted(folder)}) or name another.`
}

/** As a shell takes it. */
const quoted = (name: string): string => (/^[\w./~@%+=:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`)
