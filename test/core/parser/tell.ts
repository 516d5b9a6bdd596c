/** An understanding in one line, so that tables of sentences can be read: `leave.request [2026-09-29 .. 2026-10-01, 3d] sick`. */
import type { Period } from '#core/command-args.ts'
import type { Unclear, Understanding } from '#core/parser/understanding.ts'

/** `name:` marks a command called by its name, `asks:` one asked for in a sentence. */
export function tell(understanding: Understanding): string {
  switch (understanding.kind) {
    case 'command': {
      const values = Object.entries(understanding.values).map(([name, value]) => `${name}=${tellValue(value)}`)
      const open = understanding.unclear.map(tellUnclear)
      return [
        `${understanding.via === 'name' ? 'name:' : 'asks:'} ${understanding.command}`,
        ...values.sort(),
        ...open,
      ].join(' ')
    }
    case 'help':
      return understanding.about === undefined ? 'help' : `help about ${understanding.about}`
    case 'unknown-command':
      return `unknown ${understanding.said} near ${understanding.nearest.map(({ command, name }) => `${command}(${name})`).join(' ')}`.trim()
    case 'nothing':
      return `nothing: ${understanding.why}`
    case 'cancel':
      return 'cancel'
  }
}

export function tellUnclear({ arg, why, said, candidates, problem }: Unclear): string {
  const words = said === undefined ? '' : ` "${said}"`
  return `?${arg} ${why}${words}${problem === undefined ? '' : ` ${problem}`}${candidates === undefined ? '' : ` ${candidates.map(tellValue).join(' | ')}`}`
}

export function tellValue(value: unknown): string {
  return typeof value === 'object' && value !== null ? tellPeriod(value) : String(value)
}

export function tellPeriod({ from, to, fromHalf, toHalf, fromTime, toTime, amount }: Period): string {
  const start = [from, fromHalf, fromTime].filter((part) => part !== undefined).join(' ')
  const end = [to, toHalf, toTime].filter((part) => part !== undefined).join(' ')
  const long = amount === undefined ? '' : 'halfDays' in amount ? `${amount.halfDays / 2}d` : `${amount.minutes}min`
  const span = end === '' ? start : `${start}..${end}`
  return `[${[span, long].filter((part) => part !== '').join(', ')}]`
}
