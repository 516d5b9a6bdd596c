/** Cutting text to a length without breaking a character: not a surrogate pair, not an emoji of several code points. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The beginning of the text in at most `charsMax` UTF-16 units, and how many code points were left out. */
export function cut(text: string, charsMax: number): { readonly kept: string; readonly left: number } {
  if (text.length <= charsMax) return { kept: text, left: 0 }
  const kept = beginning(text, Math.max(0, Math.floor(charsMax)))
  return { kept, left: [...text.slice(kept.length)].length }
}

/** The text, with `…` for its last character where it is too long. */
export function ellipsis(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${beginning(text, Math.max(0, Math.floor(charsMax) - 1))}…`
}

/** Looked at on both sides of the cut: longer than any emoji, short enough to be quick in a long text. */
const AROUND_CHARS = 128

function beginning(text: string, charsMax: number): string {
  const from = wholeFrom(text, Math.max(0, charsMax - AROUND_CHARS))
  let end = from
  for (const { index, segment } of graphemes.segment(text.slice(from, charsMax + AROUND_CHARS))) {
    const next = from + index + segment.length
    if (next > charsMax) break
    end = next
  }
  return text.slice(0, end)
}

/** The same place, or one unit before it when it is inside a surrogate pair. */
function wholeFrom(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
