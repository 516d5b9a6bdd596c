/** Commands by name: the longest name at a place, and the nearest names to a slip of the finger. */
import { fold, isHan } from './fold.ts'
import type { CommandWords, Vocabulary } from './understanding.ts'

/** A name of a command, folded, single spaces. */
export interface CommandName {
  readonly command: CommandWords
  readonly name: string
}

/** A name found in a text. */
export interface NameMatch extends CommandName {
  /** Where the text goes on after the name. */
  readonly end: number
}

/** How many near names are offered. */
const NEAREST_MAX = 3

/** All names of all commands, longest first. */
export function namesOf(vocabulary: Vocabulary): readonly CommandName[] {
  return vocabulary.commands
    .flatMap((command) =>
      [...command.names.zh, ...command.names.en].map((name) => ({ command, name: plain(fold(name.trim())) })),
    )
    .filter(({ name }) => name !== '')
    .sort((a, b) => b.name.length - a.name.length)
}

const plain = (folded: string): string => folded.replace(/^\//, '').replace(/[\s_-]+/g, ' ')

/** The longest name that stands at `at`. Spaces between Chinese characters count for nothing, `leave-list` is `leave list`. */
export function nameAt(folded: string, at: number, names: readonly CommandName[]): NameMatch | undefined {
  for (const one of names) {
    const end = endOfName(folded, at, one.name)
    if (end !== undefined) return { ...one, end }
  }
  return undefined
}

function endOfName(folded: string, at: number, name: string): number | undefined {
  let i = at
  for (let j = 0; j < name.length; j++) {
    const wanted = name.charAt(j)
    const beforeHan = isHan(name.charAt(j - 1))
    if (wanted === ' ') {
      if (/[\s_-]/.test(folded.charAt(i))) i++
      else if (!beforeHan) return undefined
      continue
    }
    if (folded.charAt(i) === ' ' && beforeHan && isHan(wanted)) i++
    if (folded.charAt(i) !== wanted) return undefined
    i++
  }
  // `leaves` is not `leave`; `leave3` may be.
  return /[a-z]/.test(name.charAt(name.length - 1)) && /[a-z_']/.test(folded.charAt(i)) ? undefined : i
}

/**
 * Names that are a slip away from how `folded` begins, likeliest first, with how far: one edit for short names, two from
 * six characters on; swapping two neighbours is one edit.
 */
export function nearestNames(
  folded: string,
  names: readonly CommandName[],
): readonly (CommandName & { distance: number })[] {
  const best = new Map<string, CommandName & { distance: number }>()
  for (const one of names) {
    const wanted = isHan(one.name.charAt(0)) ? one.name.replace(/ /g, '') : one.name
    const distance = Math.min(...beginnings(folded, wanted).map((said) => editDistance(said, wanted)))
    const known = best.get(one.command.id)
    if (distance <= slipsMax(one.name) && (known === undefined || distance < known.distance))
      best.set(one.command.id, { ...one, distance })
  }
  return [...best.values()]
    .sort((a, b) => a.distance - b.distance || b.name.length - a.name.length)
    .slice(0, NEAREST_MAX)
}

const slipsMax = (name: string): number => (name.length >= 6 ? 2 : name.length >= 2 ? 1 : 0)

/** What the text could have meant as `name`: as many words as it has, or about as many Chinese characters. */
function beginnings(folded: string, name: string): readonly string[] {
  if (isHan(name.charAt(0))) {
    const run = /^[\u3400-\u9fff ]*/.exec(folded)?.[0].replace(/ /g, '') ?? ''
    return [run.slice(0, name.length), run.slice(0, name.length + 1)]
  }
  const words = folded.split(/[\s_-]+/)
  return [words.slice(0, name.split(' ').length).join(' ')]
}

/** The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Bounded by the length of names. */
export function editDistance(a: string, b: string): number {
  const over = Math.abs(a.length - b.length)
  if (over > 2) return over
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(cell(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, cell(i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, cell(i - 2, j - 2) + 1)
      row.push(least)
    }
  }
  return cell(a.length, b.length)
}
