/** Known words in a message: options of choices and people, by every name they go by, the longest name first. */
import { inLocale, LOCALES } from '../i18n.ts'
import { fold, isHan, isWordUnit, type Span } from './fold.ts'
import type { Vocabulary } from './understanding.ts'

/** A known word and everything it may stand for: two people can share a name. */
export interface Known extends Span {
  readonly values: readonly string[]
}

/** A known option, with the `of` under which the vocabulary lists it. */
export interface KnownChoice extends Known {
  readonly of: string
}

interface Named {
  readonly name: string
  readonly value: string
}

/** The options of every choice that `folded` names. */
export function findChoices(folded: string, vocabulary: Vocabulary): readonly KnownChoice[] {
  return Object.keys(vocabulary.choices)
    .flatMap((of) => findNamed(folded, optionNames(vocabulary, of)).map((known) => ({ ...known, of })))
    .sort((a, b) => a.start - b.start || b.end - a.end)
}

/** Everything that the options of one choice are called, folded. */
export function optionNames(vocabulary: Vocabulary, of: string): readonly Named[] {
  return (vocabulary.choices[of] ?? []).flatMap(({ value, name, aliases }) =>
    // In traditional characters only where it is another word: 補休 for 调休. The characters alone are folded.
    [...LOCALES.map((locale) => inLocale(name, locale)), value, ...aliases].map((called) => ({
      name: fold(called.trim()),
      value,
    })),
  )
}

/** The people that `folded` names. */
export function findPeople(folded: string, vocabulary: Vocabulary): readonly Known[] {
  return findNamed(
    folded,
    vocabulary.people.flatMap(({ id, names }) => names.map((name) => ({ name: fold(name.trim()), value: id }))),
  )
}

/** Where the names stand, in order, never overlapping; where two fit, the longer one. */
function findNamed(folded: string, all: readonly Named[]): readonly Known[] {
  const found: { start: number; end: number; values: string[] }[] = []
  for (const { name, value } of all) {
    if (name === '') continue
    for (let start = folded.indexOf(name); start >= 0; start = folded.indexOf(name, start + name.length)) {
      if (!standsAlone(folded, start, start + name.length)) continue
      const same = found.find((known) => known.start === start && known.end === start + name.length)
      if (same === undefined) found.push({ start, end: start + name.length, values: [value] })
      else if (!same.values.includes(value)) same.values.push(value)
    }
  }
  found.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)
  const kept: Known[] = []
  for (const known of found) if (!kept.some((other) => overlaps(known, other))) kept.push(known)
  return kept.sort((a, b) => a.start - b.start)
}

/** English names do not stand inside other words, single Chinese characters not beside others. */
function standsAlone(folded: string, start: number, end: number): boolean {
  const [before, first, last, after] = [start - 1, start, end - 1, end].map((at) => folded.charAt(at))
  if (isWordUnit(first ?? '') && isWordUnit(before ?? '')) return false
  if (isWordUnit(last ?? '') && isWordUnit(after ?? '')) return false
  return end - start > 1 || !isHan(first ?? '') || (!isHan(before ?? '') && !isHan(after ?? ''))
}

/** True when two spans share a character. */
export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end
/** True when `inner` lies inside `outer`, ends included. */
export const within = (inner: Span, outer: Span): boolean => outer.start <= inner.start && inner.end <= outer.end
