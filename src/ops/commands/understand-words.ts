/** What was understood, for people to read. */
import type { Unclear } from '#core/parser/understanding.ts'
import { oneLine, writeValue } from '../words.ts'
import type { Understood } from './understand-sentence.ts'

export function wordsOf(understood: Understood): readonly string[] {
  const { sentence, values, ask, facts, reply, choices, form, refusal, failure } = understood
  return [
    `> ${oneLine(sentence)}`,
    `  ${intentOf(understood)}`,
    ...Object.entries(values ?? {}).map(([name, value]) => `  ${name}: ${writeValue(value)}`),
    ...(ask ?? []).map((unclear) => `  asks for ${unclear.arg}: ${whyOf(unclear)}`),
    ...Object.entries(facts ?? {}).map(([name, value]) => `  = ${name}: ${writeValue(value)}`),
    ...block('says', reply),
    ...(choices ? [`    ${choices.map((choice) => `[${oneLine(choice)}]`).join(' ')}`] : []),
    ...(form ? [`  opens the form ${form.title}: ${form.fields.join(', ')}`] : []),
    ...block(refusal?.rule === undefined ? 'refuses' : `refuses by ${refusal.rule}`, refusal?.text),
    ...(failure === undefined ? [] : [`  fails: ${failure}`]),
    '',
  ]
}

function intentOf({ intent, command, via, why, nearest }: Understood): string {
  switch (intent) {
    case 'command':
      return `${command}, ${via === 'name' ? 'by its name' : 'from a free sentence'}`
    case 'help':
      return command === undefined ? 'help' : `help about ${command}`
    case 'cancel':
      return 'cancel: ends an open question'
    case 'unknown-command':
      return `no such command: ${why}; nearest: ${nearest?.join(', ') || 'none'}`
    case 'nothing':
      return `nothing: ${why}`
  }
}

function whyOf({ why, said, problem, candidates }: Unclear): string {
  const parts = [
    why,
    problem,
    said === undefined ? undefined : `“${oneLine(said)}”`,
    candidates && `may be ${writeValue(candidates)}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

function block(title: string, text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : [`  ${title}:`, ...text.split('\n').map((line) => `    ${line}`)]
}
