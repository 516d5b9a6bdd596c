/** Shortening words without breaking what is seen as one character: surrogate pairs, emoji of several code points, accents. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Looked at before and after the place of the cut: longer than any emoji, short enough to be quick in a long text. */
const AROUND_CHARS = 128

/** The beginning in at most `charsMax` UTF-16 units, and how many code points were left out. */
export function cut(text: string, charsMax: number): { readonly kept: string; readonly left: number } {
  const room = Math.max(0, Math.floor(charsMax))
  if (text.length <= room) return { kept: text, left: 0 }
  let from = Math.max(0, room - AROUND_CHARS)
  if (from > 0 && /[\uDC00-\uDFFF]/.test(text[from] ?? '')) from -= 1
  let end = from
  for (const { index, segment } of graphemes.segment(text.slice(from, room + AROUND_CHARS))) {
    const after = from + index + segment.length
    if (after > room) break
    end = after
  }
  return { kept: text.slice(0, end), left: [...text.slice(end)].length }
}

/** The text on one line, with `…` for its last character where it is longer. */
export function short(text: string, charsMax: number): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
  return line.length <= charsMax ? line : `${cut(line, Math.floor(charsMax) - 1).kept}…`
}
