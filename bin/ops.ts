/** The command line: through the server that holds the embedded folder, or by opening the data here. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { ConfigError } from '#core/errors.ts'
import { type Config, environment, readConfig } from '../src/config.ts'
import { asText } from '../src/files.ts'
import type { OpsResult, WrittenFile } from '../src/ops/command.ts'
import { cannotOpen } from '../src/ops/commands/check.ts'
import { COMMANDS } from '../src/ops/commands.ts'
import { answerRequest, type OpsRequest } from '../src/ops/request.ts'
import { runOps } from '../src/ops/run.ts'
import { askServer } from '../src/ops/server.ts'
import { askAt } from './terminal.ts'

// Whoever reads us may have enough before we are done (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exit(
  await runOps(process.argv.slice(2), {
    readFile: async (file) => asText({ name: file, bytes: await readFile(file) }).text,
    readBytes: (file) => readFile(file),
    readStdin,
    ask: askAt(process.stdin, process.stderr),
    writeFile: writeOut,
    print: (words) => write(process.stdout, words),
    printError: (words) => write(process.stderr, words),
    carryOut,
  }),
)

async function carryOut(request: OpsRequest): Promise<OpsResult> {
  const isCheck = request.command === 'check'
  try {
    const config = readConfig(environment())
    const answered = config.databaseUrl ? undefined : await askServer(config.dataDir, request)
    return answered ?? (await carryOutHere(config, request))
  } catch (error) {
    // What keeps the data shut is the very thing that `check` is asked for.
    if (isCheck) return cannotOpen(error, request.values['json'] !== undefined)
    if (!(error instanceof ConfigError)) throw error
    return { output: '', errors: error.problems.map((problem) => `${problem}\n`).join(''), exitCode: 1 }
  }
}

/** No server holds the data: the command opens it, as a start does, without doors and workers. */
async function carryOutHere(config: Config, request: OpsRequest): Promise<OpsResult> {
  const { createLog } = await import('../src/log.ts')
  const { openProduct, putInForce } = await import('./product.ts')
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel)
  const product = await openProduct(config, log, async () => {
    throw new RangeError('Only a running server moves the rehearsal clock.')
  })
  try {
    const { opens } = COMMANDS.find(({ name }) => name === request.command) ?? {}
    const isInForce = await product.db.transact('work', (tx) => product.app.policy.refresh(tx))
    if (!isInForce && opens !== 'database') await putInForce(product)
    const context = { ...product, renderers: async () => (await import('./renderers.ts')).renderers }
    return await answerRequest(context, COMMANDS, request)
  } finally {
    await product.close()
  }
}

function readStdin(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('One a line; Ctrl+D ends.\n')
  return text(process.stdin)
}

async function writeOut({ path: file, text: contents, base64, isPrivate }: WrittenFile): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  // A file that is there keeps its mode when it is written over: closed before anything is in it.
  if (isPrivate)
    await chmod(file, 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  await writeFile(file, base64 === undefined ? contents : Buffer.from(base64, 'base64'), {
    mode: isPrivate ? 0o600 : 0o644,
  })
}

/** Resolves when it has left: an exit right after would cut off what is still in the pipe. */
function write(stream: NodeJS.WriteStream, words: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(words, () => resolve())
  })
}
