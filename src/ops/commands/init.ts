/** `init`: a first policy file and people file from a few questions, before anything is configured. */
import path from 'node:path'
import { parse } from 'yaml'
import { loadPolicy } from '#engine/policy/loaded.ts'
import { nearest } from '#engine/policy/nearest.ts'
import { checkedPeople, checkedPolicy, DEFAULT_POLICY, presetNames, textFile } from '../../files.ts'
import { type Caller, done, no, type OpsCommand, type OpsInput, UsageError, type WrittenFile } from '../command.ts'
import { type Answers, type InitQuestion, QUESTIONS } from '../init/answers.ts'
import { peopleText, policyText } from '../init/files.ts'
import { columns, writeValue } from '../words.ts'

/** Asked again so often, then given up: nobody types that many slips. */
const TRIES_MAX = 5

export const init: OpsCommand = {
  name: 'init',
  about: 'write a first policy file and people file from a few questions',
  options: [
    { name: 'dir', takes: 'DIR', about: 'the folder for policy.yaml and people.yaml; this one when absent' },
    {
      name: 'answers',
      takes: 'FILE',
      about: 'a YAML file with the answers, by the names of the options without hyphens (staffNo)',
    },
    { name: 'force', about: 'write over files that are there' },
    ...QUESTIONS.map(({ flag, asks }) => ({ name: flag, takes: 'TEXT', about: asks })),
  ],
  async atTheCaller(caller, values) {
    const folder = values['dir'] ?? '.'
    const files = { policy: path.join(folder, 'policy.yaml'), people: path.join(folder, 'people.yaml') }
    const there = values['force'] ? [] : await existing(caller, Object.values(files))
    if (there.length > 0)
      return no(
        [],
        [
          `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already: choose another --dir, or write over with --force.`,
        ],
      )
    const answers = await answersOf(caller, values)
    const written = { policy: policyText(answers), people: peopleText(answers) }
    // What comes out must be right, or it is not written: both are read as a start reads them.
    const policy = loadPolicy(await checkedPolicy({ name: 'policy.yaml', text: written.policy }), 0)
    checkedPeople({ name: 'people.yaml', text: written.people }, policy)
    const made: readonly WrittenFile[] = [
      { path: files.policy, text: written.policy },
      { path: files.people, text: written.people, isPrivate: true },
    ]
    return { ...done([`Written: ${files.policy} and ${files.people}.`, '', ...nextSteps(files, answers)]), files: made }
  },
  run: async () => no([], ['init is carried out where it is typed, not by a running server.']),
}

async function existing(caller: Caller, files: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const file of files) {
    const isThere = await caller.readFile(file).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    )
    if (isThere) found.push(file)
  }
  return found
}

/** From flags, then from the file, and what is left from the terminal. With a file nothing is asked. */
async function answersOf(caller: Caller, values: OpsInput['values']): Promise<Answers> {
  const presets = await presetNames()
  const file = values['answers']
  const fromFile = file === undefined ? undefined : await readAnswers(caller, file)
  const given: { -readonly [Key in keyof Answers]?: Answers[Key] } = {}
  const wrong: string[] = []
  for (const question of QUESTIONS) {
    const { key, flag } = question
    const answer = (values[key] ?? fromFile?.[key])?.trim()
    if (answer === undefined && fromFile === undefined) {
      given[key] = await asked(caller, question, given, presets)
      continue
    }
    const meant = answer || question.usual?.(given) || ''
    const why = question.refuses(meant, given, presets)
    if (why !== undefined)
      wrong.push(`${fromFile?.[key] === undefined ? `--${flag}` : `${file}: ${key}`} ${writeValue(meant)}: ${why}.`)
    given[key] = meant
  }
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'))
  return given as Answers
}

async function asked(
  caller: Caller,
  question: InitQuestion,
  given: Partial<Answers>,
  presets: readonly string[],
): Promise<string> {
  const usual = question.usual?.(given)
  // Answers that are piped in end no line of their own.
  const end = process.stdin.isTTY ? ' ' : '\n'
  const choices = question.key === 'preset' ? await presetLines(presets) : []
  const shown = `${[...choices, question.asks].join('\n')}${usual ? ` [${usual}]` : ''}${end}`
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const typed = await caller.ask(shown)
    if (typed === undefined) break
    const answer = typed.trim() || usual || ''
    const why = question.refuses(answer, given, presets)
    if (why === undefined) return answer
    await caller.print(`  ${writeValue(answer)}: ${why}.\n`)
  }
  throw new UsageError(
    `There is no answer to: ${question.asks} Give it as --${question.flag}, or all of them with --answers FILE.`,
  )
}

/** A line for each, in the words of its file's first comment. */
async function presetLines(presets: readonly string[]): Promise<readonly string[]> {
  const rows = presets.map(async (name) => {
    const { text } = await textFile(path.join(path.dirname(DEFAULT_POLICY), `${name}.yaml`))
    const [comment = ''] = /^(?:#.*\n)*/.exec(text) ?? []
    return [`  ${name}`, comment.replaceAll(/^# ?/gm, '').replaceAll(/\s+/g, ' ').trim()]
  })
  return columns(await Promise.all(rows))
}

async function readAnswers(caller: Caller, file: string): Promise<Partial<Record<keyof Answers, string>>> {
  let value: unknown
  try {
    // Texts alone: a staff number is none to reckon with, and keeps its zeros.
    value = parse(await caller.readFile(file), { schema: 'failsafe' })
  } catch (error) {
    throw new UsageError(`--answers ${file} cannot be read: ${(error as Error).message}`)
  }
  const keys: readonly string[] = QUESTIONS.map(({ key }) => key)
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {})
  const unknown = entries.find(([key]) => !keys.includes(key))
  if (unknown) {
    const near = nearest(unknown[0], keys)
    throw new UsageError(
      `${file}: ${unknown[0]} is no answer of init${near ? `; did you mean ${near}?` : ''}. There are ${keys.join(', ')}.`,
    )
  }
  return Object.fromEntries(entries.map(([key, answer]) => [key, String(answer)]))
}

function nextSteps(
  { policy, people }: { policy: string; people: string },
  { platform, channel, account }: Answers,
): readonly string[] {
  const steps = [
    ...(channel === '' ? [`Write the id of the channel into ${policy}.`] : []),
    `Write everybody else into ${people}${account === '' ? ', and your own account' : ''}.`,
    `Name both in .env: POLICY_FILE=${policy} and PEOPLE_FILE=${people}`,
    ...(platform === 'simulator'
      ? []
      : [`Connect ${platform}: adapters/${platform}/README.md leads you there step by step.`]),
    'Start: npm start',
    'Let everything be examined: npm run ops -- check',
  ]
  return ['What to do next:', ...steps.map((step, at) => `  ${at + 1}. ${step}`)]
}
