/** Checks that text consists of known words and nothing else: no pattern that could backtrack, so no message can make it slow. */

/**
 * For each position of `text`, whether known words without a gap lead from it to the end (the end itself counts). Words
 * are looked up as they are; several may begin at one place.
 */
export function reaches(text: string, words: readonly string[]): readonly boolean[] {
  const reached: boolean[] = new Array<boolean>(text.length + 1).fill(false)
  reached[text.length] = true
  for (let at = text.length - 1; at >= 0; at--) {
    reached[at] = words.some((word) => reached[at + word.length] === true && text.startsWith(word, at))
  }
  return reached
}

/** True when `text` is nothing but known words; the empty text is. */
export const consistsOf = (text: string, words: readonly string[]): boolean => reaches(text, words)[0] === true

/** The first position from which known words lead to the end. */
export const coveredFrom = (text: string, words: readonly string[]): number => reaches(text, words).indexOf(true)

/** The first position where one of `heads` begins and known words (heads among them) lead from there to the end; −1 when there is none. */
export function headOfRun(text: string, heads: readonly string[], words: readonly string[]): number {
  const all = [...heads, ...words]
  const reached = reaches(text, all)
  return reached.findIndex(
    (yes, at) => yes && heads.some((head) => text.startsWith(head, at) && reached[at + head.length] === true),
  )
}

/** The first match of `pattern` (global) with nothing but `before` words in front and nothing but `after` words behind it. */
export function framed(
  text: string,
  pattern: RegExp,
  before: readonly string[] | 'anything',
  after: readonly string[] | 'anything',
): RegExpExecArray | undefined {
  const ends = after === 'anything' ? undefined : reaches(text, after)
  for (const match of text.matchAll(pattern)) {
    const fits = ends === undefined || ends[match.index + match[0].length] === true
    if (fits && (before === 'anything' || consistsOf(text.slice(0, match.index), before))) return match
  }
  return undefined
}
