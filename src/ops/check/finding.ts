/** What an examination finds: one line each, with the remedy where one is needed. */
import { columns, oneLine } from '../words.ts'

/** The remedy stands at the end, and has to be read whole: every scope that an app can lack comes before it. */
const DETAIL_CHARS_MAX = 1_000
const whole = (text: string) => oneLine(text, DETAIL_CHARS_MAX)

/** `attention`: it works, and somebody should know. `problem`: something does not work. */
export type State = 'ok' | 'attention' | 'problem'

export interface Finding {
  readonly what: string
  readonly state: State
  readonly detail: string
  /** What to do; absent where the detail says it. */
  readonly remedy?: string
}

export const ok = (what: string, detail: string): Finding => ({ what, state: 'ok', detail })
export const attention = (what: string, detail: string, remedy?: string): Finding => ({
  what,
  state: 'attention',
  detail,
  ...(remedy === undefined ? {} : { remedy }),
})
export const problem = (what: string, detail: string, remedy?: string): Finding => ({
  ...attention(what, detail, remedy),
  state: 'problem',
})

/** Everything that was found, and what to do next: problems first. */
export function report(findings: readonly Finding[]): readonly string[] {
  const todo = (['problem', 'attention'] as const).flatMap((state) => findings.filter((one) => one.state === state))
  return [
    ...columns(findings.map(({ state, what, detail }) => [state, what, whole(detail)])),
    '',
    ...(todo.length === 0
      ? ['What to do next: nothing. All is well.']
      : [
          'What to do next:',
          ...todo.map(({ what, remedy, detail }, at) => `  ${at + 1}. ${what}: ${whole(remedy ?? detail)}`),
        ]),
  ]
}
