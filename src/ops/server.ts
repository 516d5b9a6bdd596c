/** The way through a running server: it holds the embedded folder, so it carries the commands out. */
import type { FolderLock } from '#engine/db/folder-lock.ts'
import { askFolder, REQUEST_CHARS_MAX } from '#engine/db/folder-lock.ts'
import type { OpsContext, OpsResult } from './command.ts'
import { COMMANDS } from './commands.ts'
import { answerRequest, type OpsRequest, readRequest, readResult } from './request.ts'

/** Real time without a byte after which the server is given up. */
const SILENT_MS_MAX = 10 * 60_000

/** From now on the folder's lock also takes commands. */
export function serveOps(lock: FolderLock, context: OpsContext): void {
  lock.serve(async (text, reply) => {
    const request = readRequest(text)
    const result: OpsResult = request
      ? await answerRequest(context, COMMANDS, request)
      : {
          output: '',
          errors: 'The running server could not read this request: it is of another version. Restart it.\n',
          exitCode: 1,
        }
    reply(`${JSON.stringify(result)}\n`)
  })
}

/** @returns the server's answer; undefined when no process holds the folder */
export async function askServer(folder: string, request: OpsRequest): Promise<OpsResult | undefined> {
  const text = `${JSON.stringify(request)}\n`
  if (text.length > REQUEST_CHARS_MAX)
    return refused(
      `The files and stdin come to ${text.length} characters, a running server takes ${REQUEST_CHARS_MAX}: ask in parts, or stop the server and ask again`,
    )
  const answer = await askFolder(folder, text, SILENT_MS_MAX)
  if (answer === undefined) return undefined
  return (
    readResult(answer) ??
    refused(
      `DATA_DIR ${folder} is held by a process that takes no commands now: it starts, stops, or runs a command itself. Try again in a moment`,
    )
  )
}

const refused = (why: string): OpsResult => ({ output: '', errors: `${why}.\n`, exitCode: 1 })
