/** From the words of a shell to a request: commands and options known, help given, slips answered with the nearest. Pure. */
import { Command, CommanderError, Option } from 'commander'
import type { OpsCommand, OpsResult } from './command.ts'

/** What was asked for, before files and stdin are read. */
export interface Asked {
  readonly command: OpsCommand
  readonly values: Readonly<Record<string, string>>
}

/** The value of a switch that is given. */
export const SWITCHED_ON = 'yes'

/** @returns what to run, or what to say instead: help (0), or what is wrong with the call (2) */
export function readCommandLine(argv: readonly string[], commands: readonly OpsCommand[]): Asked | OpsResult {
  let asked: Asked | undefined
  let output = ''
  let errors = ''
  const program = programOf(commands, (found) => {
    asked = found
  })
  for (const each of [program, ...descendants(program)])
    each.exitOverride().configureOutput({
      writeOut: (text) => {
        output += text
      },
      writeErr: (text) => {
        errors += text
      },
      getOutHelpWidth: () => HELP_WIDTH_CHARS,
      getErrHelpWidth: () => HELP_WIDTH_CHARS,
    })
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { output, errors, exitCode: error.exitCode === 0 ? 0 : 2 }
  }
  return asked ?? { output, errors, exitCode: 2 }
}

const HELP_WIDTH_CHARS = 110

function programOf(commands: readonly OpsCommand[], found: (asked: Asked) => void): Command {
  const program = named('banzhang', 'The command line of Banzhang, for its administrator.').addHelpText(
    'after',
    '\nWhile a server runs on the embedded database, it carries the command out; otherwise the command opens the data itself.',
  )
  const groups = new Map<string, Command>()
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    if (second === undefined) {
      program.addCommand(commandOf(first, command, found))
      continue
    }
    const group = groups.get(first) ?? named(first, GROUPS[first] ?? '')
    if (!groups.has(first)) program.addCommand(group)
    groups.set(first, group)
    group.addCommand(commandOf(second, command, found))
  }
  return program
}

/** What the commands of two words are about, by their first word. */
const GROUPS: Readonly<Record<string, string>> = {
  people: 'who belongs to the department',
  balances: 'what people have of each kind of leave',
  calendar: 'official years: days off and make-up days',
  policy: 'the rules in force',
  jobs: 'work that is done later',
  inbox: 'what people asked for',
  outbox: 'what the bot says',
  audit: 'what was done, and that nobody changed the record of it',
}

const named = (name: string, about: string): Command =>
  new Command(name).description(about).helpCommand(false).allowExcessArguments(false)

function commandOf(name: string, command: OpsCommand, found: (asked: Asked) => void): Command {
  const built = named(
    name,
    command.reads === undefined ? command.about : `${command.about}\n\nReads ${command.reads} from stdin.`,
  )
  built.summary(command.about)
  const names = (command.arguments ?? []).map((argument) => {
    built.argument(argument.optional ? `[${argument.name}]` : `<${argument.name}>`, argument.about)
    return argument.name
  })
  for (const option of command.options ?? []) {
    const flags = option.takes === undefined ? `--${option.name}` : `--${option.name} <${option.takes}>`
    built.addOption(new Option(flags, option.about).makeOptionMandatory(option.required ?? false))
  }
  return built.action(() => {
    const given = built.opts<Record<string, string | true>>()
    const options = Object.entries(given).map(([key, value]) => [key, value === true ? SWITCHED_ON : value])
    const arguments_ = names.flatMap((key, at) => (built.args[at] === undefined ? [] : [[key, built.args[at]]]))
    found({ command, values: Object.fromEntries([...arguments_, ...options]) })
  })
}

const descendants = (command: Command): readonly Command[] =>
  command.commands.flatMap((child) => [child, ...descendants(child)])
