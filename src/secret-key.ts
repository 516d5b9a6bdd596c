/** The key that form pages are signed with: the one that is set, else one of our own, made once into the data folder. */
import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConfigError } from '#core/errors.ts'

const FILE = 'secret.key'
/** 256 bits. */
const KEY_BYTES = 32
const KEY_CHARS_MIN = 32

/**
 * @param config.secretKey as it is set: then no file is read or made
 * @throws ConfigError for a file that holds no key
 */
export async function secretKeyOf(
  { secretKey }: { readonly secretKey: string | undefined },
  dataDir: string,
): Promise<string> {
  if (secretKey !== undefined) return secretKey
  const file = path.join(dataDir, FILE)
  await mkdir(dataDir, { recursive: true })
  const made = randomBytes(KEY_BYTES).toString('base64url')
  const draft = `${file}.${randomUUID()}`
  try {
    // Whole before it has its name, so that another process never reads half of it; readable by nobody else.
    await writeFile(draft, `${made}\n`, { mode: 0o600, flush: true })
    await link(draft, file)
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  const found = (await readFile(file, 'utf8')).trim()
  if (found.length < KEY_CHARS_MIN)
    throw new ConfigError([
      `${file} holds ${found.length} characters, a key has ${KEY_CHARS_MIN} or more: delete the file, and a new key is made at the next start (form pages that are open then have to be asked for again).`,
    ])
  return found
}
