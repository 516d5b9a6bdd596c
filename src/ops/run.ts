/** The command line from its words to its exit code. What it touches of the machine comes in as functions. */
import type { TextFile } from '#engine/policy/yaml.ts'
import type { OpsCommand, OpsResult, WrittenFile } from './command.ts'
import { readCommandLine } from './command-line.ts'
import { COMMANDS } from './commands.ts'
import type { OpsRequest } from './request.ts'

export interface OpsMachine {
  /** The text of a file in the caller's folder. Throws as node:fs does. */
  readFile(path: string): Promise<string>
  readStdin(): Promise<string>
  /** Makes the folders on the way. Throws as node:fs does. */
  writeFile(file: WrittenFile): Promise<void>
  print(text: string): Promise<void>
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
  const { files, unreadable } = await filesOf(command, values, machine)
  if (unreadable !== undefined) return wrong(2, unreadable)
  const stdin = command.reads === undefined ? '' : await machine.readStdin()
  const result = await machine.carryOut({ command: command.name, values: { ...values }, files, stdin })
  return written(result, machine)
}

async function filesOf(
  command: OpsCommand,
  values: Readonly<Record<string, string>>,
  machine: OpsMachine,
): Promise<{ files: Record<string, TextFile>; unreadable?: string }> {
  const files: Record<string, TextFile> = {}
  for (const { name, file } of command.arguments ?? []) {
    const path = values[name]
    if (!file || path === undefined) continue
    try {
      files[name] = { name: path, text: await machine.readFile(path) }
    } catch (error) {
      return { files, unreadable: `${name} ${path} cannot be read: ${reasonOf(error)}` }
    }
  }
  return { files }
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
