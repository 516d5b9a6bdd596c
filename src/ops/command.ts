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
  /** Its value names a file in the caller's folder, whose text travels with the request. */
  readonly file?: true
}
export interface OpsOption {
  /** `person` for `--person`; the key in {@link OpsInput.values}. */
  readonly name: string
  /** What is written behind it, as `STAFFNO`; absent for a switch, whose value is `yes`. */
  readonly takes?: string
  readonly about: string
  readonly required?: true
}

/** What was asked for. Everything of the caller's machine that the command needs comes with it. */
export interface OpsInput {
  /** By name of argument and option; absent when not given. */
  readonly values: Readonly<Record<string, string>>
  /** The text of each `file` argument, by its name; `name` is the file as the caller wrote it. */
  readonly files: Readonly<Record<string, TextFile>>
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
  readonly text: string
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
  /**
   * Runs in whichever process has the product open. Throws UsageError for values that cannot be meant; Refusal and
   * ConfigError are told as they are; anything else is a bug.
   */
  run(context: OpsContext, input: OpsInput): Promise<OpsResult>
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
