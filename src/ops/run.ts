/** The command line from its words to its exit code. What it touches of the machine comes in as functions, save the question whether a folder is there. */
import path from 'node:path'
import { ConfigError } from '#core/errors.ts'
import type { TextFile } from '#engine/policy/yaml.ts'
import { asText } from '../files.ts'
import { type Caller, FILE_BYTES_MAX, type OpsCommand, type OpsResult, type WrittenFile } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { COMMANDS } from './commands.ts'
import { missingFolder } from './folder.ts'
import { failure, type OpsRequest } from './request.ts'

export interface OpsMachine extends Caller {
  /** Its bytes, also when they are more than can travel. Throws as node:fs does. */
  readBytes(path: string): Promise<Uint8Array>
  readStdin(): Promise<string>
  /** Makes the folders on the way. Throws as node:fs does. */
  writeFile(file: WrittenFile): Promise<void>
  printError(text: string): Promise<void>
  /** Through a running server, or here. Throws ConfigError when neither can be. */
  carryOut(request: OpsRequest): Promise<OpsResult>
}

/** @returns the exit code: 0 done · 1 the answer is no, or it failed · 2 asked wrongly */
export async function runOps(argv: readonly string[], machine: OpsMachine): Promise<number> {
  const asked = readCommandLine(argv, COMMANDS)
  const result = 'command' in asked ? await resultOf(asked.command, asked.values, machine) : asked
  await machine.print(result.output)
  if (result.errors) await machine.printError(result.errors)
  return result.exitCode
}

async function resultOf(
  command: OpsCommand,
  values: Readonly<Record<string, string>>,
  machine: OpsMachine,
): Promise<OpsResult> {
  if (command.atTheCaller) {
    const result = command.atTheCaller(machine, values).catch((error: unknown) => failure(command, error))
    return written(await result, machine)
  }
  const nowhere = await missingFolders(command, values)
  if (nowhere.length > 0) return wrong(2, nowhere.join('\n'))
  const { files, bytes, unreadable } = await filesOf(command, values, machine)
  if (unreadable !== undefined) return wrong(2, unreadable)
  const stdin = command.reads === undefined ? '' : await machine.readStdin()
  const result = await machine.carryOut({ command: command.name, values: placed(command, values), files, bytes, stdin })
  return written(result, machine)
}

/** Asked before anything is done: what is taken out or made is written down. */
async function missingFolders(
  command: OpsCommand,
  values: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, writes } of command.options ?? []) {
    const file = values[name]
    const why = writes && file !== undefined ? await missingFolder(`--${name}`, file) : undefined
    if (why !== undefined) found.push(why)
  }
  return found
}

/** Paths as they are from anywhere: another process opens them, in a folder of its own. */
function placed(command: OpsCommand, values: Readonly<Record<string, string>>): Record<string, string> {
  const paths = [...(command.arguments ?? []), ...(command.options ?? [])].filter((one) => one.path)
  const absolute = paths.flatMap(({ name }) => {
    const value = values[name]
    return value === undefined ? [] : [[name, path.resolve(value)] as const]
  })
  return { ...values, ...Object.fromEntries(absolute) }
}

async function filesOf(
  command: OpsCommand,
  values: Readonly<Record<string, string>>,
  machine: OpsMachine,
): Promise<{ files: OpsRequest['files']; bytes: NonNullable<OpsRequest['bytes']>; unreadable?: string }> {
  const files: Record<string, TextFile> = {}
  const bytes: NonNullable<OpsRequest['bytes']> = {}
  for (const { name, file } of command.arguments ?? []) {
    const named = values[name]
    if (!file || named === undefined) continue
    try {
      if (file === true) files[name] = asText({ name: named, bytes: await machine.readBytes(named) })
      else {
        const read = await machine.readBytes(named)
        if (read.length > FILE_BYTES_MAX)
          return {
            files,
            bytes,
            unreadable: `${name} ${named} has ${read.length} bytes: at most ${FILE_BYTES_MAX / 1024 / 1024} MiB; split it`,
          }
        bytes[name] = { name: named, base64: Buffer.from(read).toString('base64') }
      }
    } catch (error) {
      if (error instanceof ConfigError) return { files, bytes, unreadable: error.problems.join('\n') }
      return { files, bytes, unreadable: `${name} ${named} cannot be read: ${reasonOf(error)}` }
    }
  }
  return { files, bytes }
}

async function written(result: OpsResult, machine: OpsMachine): Promise<OpsResult> {
  for (const file of result.files ?? []) {
    try {
      await machine.writeFile(file)
    } catch (error) {
      return wrong(1, `${file.path} cannot be written: ${reasonOf(error)}`)
    }
  }
  return result
}

const wrong = (exitCode: 1 | 2, why: string): OpsResult => ({
  output: '',
  errors: `${why}\n`,
  exitCode,
})

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EACCES: 'you may not',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code && REASONS[code]) ?? message
}
