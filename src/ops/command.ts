/** What a command of the command line is: a plain description that the shell, the help and the server's socket all read. */

import type { Message } from '#core/card.ts'
import type { Clock } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'
import type { Platform } from '#core/platform.ts'
import type { Database } from '#engine/db/transaction.ts'
import type { TextFile } from '#engine/policy/yaml.ts'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import type { BinaryFile } from '../files.ts'

/** The opened product, in the server's process or in the command's own. */
export interface OpsContext {
  readonly app: App
  readonly db: Database
  readonly clock: Clock
  readonly config: Config
  readonly platforms: readonly Platform[]
  /** How each platform would draw something; loaded when the gallery asks. */
  renderers(): Promise<readonly Renderer[]>
}

/** One platform's drawing, without sending: what would travel, as JSON. */
export interface Renderer {
  readonly platform: string
  /** Throws what the platform's own renderer throws. */
  draw(shown: Message | Form, locale: Locale): unknown
}

export interface OpsArgument {
  /** In capitals, as help shows it: `FILE`. The key in {@link OpsInput.values}. */
  readonly name: string
  readonly about: string
  readonly optional?: true
  /**
   * Its value names a file in the caller's folder, which travels with the request: `true` as text, in {@link OpsInput.files};
   * `bytes` as it is, in {@link OpsInput.bytes}, at most {@link FILE_BYTES_MAX}.
   */
  readonly file?: true | 'bytes'
  /** Its value is a path on this machine, which the process that has the data opens itself: it travels as an absolute one. */
  readonly path?: true
}
export interface OpsOption {
  /** `person` for `--person`; the key in {@link OpsInput.values}. */
  readonly name: string
  /** What is written behind it, as `STAFFNO`; absent for a switch, whose value is `yes`. */
  readonly takes?: string
  readonly about: string
  readonly required?: true
  /** As of an argument. */
  readonly path?: true
  /** Its value is what the caller gets written: the folder it lies in has to be there before anything is done. */
  readonly writes?: true
}

/** Of one file that travels as bytes: a third more as text, it still fits one request. */
export const FILE_BYTES_MAX = 5 * 1024 * 1024

/** What was asked for. Everything of the caller's machine that the command needs comes with it. */
export interface OpsInput {
  /** By name of argument and option; absent when not given. */
  readonly values: Readonly<Record<string, string>>
  /** The text of each `file` argument, by its name; `name` is the file as the caller wrote it. */
  readonly files: Readonly<Record<string, TextFile>>
  /** The contents of each `bytes` argument, by its name; `name` is the file as the caller wrote it. */
  readonly bytes: Readonly<Record<string, BinaryFile>>
  /** Empty unless the command reads it. */
  readonly stdin: string
}

export interface OpsResult {
  /** For stdout; lines that end in a newline. Empty says nothing. */
  readonly output: string
  /** For stderr. */
  readonly errors?: string
  /** 0 done · 1 the answer is no, or it failed · 2 asked wrongly. */
  readonly exitCode: 0 | 1 | 2
  /** Written by the caller, relative to the caller's folder; what is there already is overwritten. */
  readonly files?: readonly WrittenFile[]
}
export interface WrittenFile {
  readonly path: string
  /** Empty when it is bytes. */
  readonly text: string
  /** Instead of text. */
  readonly base64?: string
  /** Readable by its owner alone: it holds what concerns people. */
  readonly isPrivate?: boolean
}

export interface OpsCommand {
  /** One or two words, unique: `jobs list`. */
  readonly name: string
  /** One line for help, beginning with a verb, without a full stop. */
  readonly about: string
  readonly arguments?: readonly OpsArgument[]
  readonly options?: readonly OpsOption[]
  /** What stdin holds; absent when it is not read. */
  readonly reads?: string
  /** `database`: without a running server a new database is left as empty as it is, with no policy in force. */
  readonly opens?: 'database'
  /**
   * Carried out where it is typed, before anything is configured or opened; {@link OpsCommand.run} is not called then.
   * Throws as that does.
   */
  atTheCaller?(caller: Caller, values: OpsInput['values']): Promise<OpsResult>
  /**
   * Runs in whichever process has the product open. Throws UsageError for values that cannot be meant; Refusal and
   * ConfigError are told as they are; anything else is a bug.
   */
  run(context: OpsContext, input: OpsInput): Promise<OpsResult>
}

/** The one who types a command, and the folder it is typed in. */
export interface Caller {
  /** Throws as node:fs does, and a ConfigError for what is not UTF-8. */
  readFile(path: string): Promise<string>
  print(text: string): Promise<void>
  /** Asks one question at the terminal; undefined when nobody answers any more. */
  ask(question: string): Promise<string | undefined>
}

/** A value that cannot be meant: names it, and what may stand there. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @param lines without newlines; none says nothing */
export const done = (lines: readonly string[]): OpsResult => ({ output: textOfLines(lines), exitCode: 0 })
/** @param lines for stdout, @param errors for stderr */
export const no = (lines: readonly string[], errors: readonly string[]): OpsResult => ({
  output: textOfLines(lines),
  errors: textOfLines(errors),
  exitCode: 1,
})

export const textOfLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
