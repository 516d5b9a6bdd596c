/** Measuring text as WeCom does, in bytes or in characters as wide as a Chinese one, and cutting it without breaking a character. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Longer than any emoji: what claims to be one character and is longer is left out. */
const GRAPHEME_CHARS_MAX = 64

export const bytesOf = (text: string): number => Buffer.byteLength(text)

/** In characters as wide as a Chinese one; a Latin letter is half of it. */
export function widthOf(text: string): number {
  let halves = 0
  for (const { segment } of graphemes.segment(text)) halves += halvesOf(segment)
  return halves / 2
}

/** The scripts before Hangul Jamo are narrow; of the wide and the doubtful all count as wide. */
const halvesOf = (grapheme: string): number => ((grapheme.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2)

/** The text, with `…` for its end where it is wider. */
export function fitWidth(text: string, widthMax: number): string {
  const room = widthMax * 2
  let [halves, end, endBefore] = [0, 0, 0]
  for (const { index, segment } of graphemes.segment(text)) {
    halves += segment.length > GRAPHEME_CHARS_MAX ? room + 1 : halvesOf(segment)
    if (halves > room) return `${text.slice(0, endBefore)}…`
    end = index + segment.length
    // The ellipsis takes two halves.
    if (halves <= room - 2) endBefore = end
  }
  return text
}

/** The beginning of the text in at most `bytesMax` bytes. */
export function beginningInBytes(text: string, bytesMax: number): string {
  if (bytesOf(text) <= bytesMax) return text
  let [bytes, end] = [0, 0]
  for (const { index, segment } of graphemes.segment(text.slice(0, bytesMax + GRAPHEME_CHARS_MAX))) {
    bytes += bytesOf(segment)
    if (bytes > bytesMax) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

/**
 * The text in at most `partsMax` parts of at most `bytesMax` bytes each, divided between lines where that leaves none half
 * empty; what is left over is counted in the last, by `more`.
 * @param limits.whole what is not cut in two (links, mentions): half of it would be read as it is written; with the flag `g`
 */
export function divide(
  text: string,
  { partsMax, bytesMax, whole }: { readonly partsMax: number; readonly bytesMax: number; readonly whole: RegExp },
  more: (chars: number) => string,
): readonly string[] {
  const parts: string[] = []
  let rest = text
  while (bytesOf(rest) > bytesMax) {
    if (parts.length === partsMax - 1) {
      // The note is no longer than with the largest number that it could name.
      const kept = notWithin(rest, beginningInBytes(rest, bytesMax - bytesOf(more(rest.length))), whole)
      return [...parts, kept + more([...rest.slice(kept.length)].length)]
    }
    const most = notWithin(rest, beginningInBytes(rest, bytesMax), whole)
    const line = most.lastIndexOf('\n')
    const part = line > most.length / 2 ? most.slice(0, line) : most
    // A single "character" that is larger than a message: nobody can read it.
    if (part === '') return parts.length > 0 ? parts : [more([...rest].length)]
    parts.push(part)
    rest = rest.slice(part.length).replace(/^\n/, '')
  }
  return rest === '' && parts.length > 0 ? parts : [...parts, rest]
}

/** The beginning, or what of it stands before something that must not be cut in two. */
function notWithin(text: string, beginning: string, whole: RegExp): string {
  for (const { index, 0: found } of text.matchAll(whole)) {
    if (index >= beginning.length) break
    // What stands first is cut all the same: it is larger than a message.
    if (index > 0 && index + found.length > beginning.length) return beginning.slice(0, index)
  }
  return beginning
}

/**
 * Text that WeCom's JSON takes: it refuses `\u` escapes (40033, path/90313), which are what control characters and halves
 * of characters become.
 */
export function sayable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '')
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
}

/** In one line. */
export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim()
