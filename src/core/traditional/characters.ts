/** Traditional characters read as simplified ones: for matching, never for writing. */
import characters from './characters.json' with { type: 'json' }

const FIRST = 0x3400
const LAST = 0x9fff

/** By code unit from {@link FIRST} on: the simplified one, or 0 for a character that stays. A table, for every message passes through it. */
const SIMPLE = new Uint16Array(LAST - FIRST + 1)
for (let at = 0; at < characters.traditional.length; at++)
  SIMPLE[characters.traditional.charCodeAt(at) - FIRST] = characters.simplified.charCodeAt(at)

/**
 * `s` with every traditional character replaced by the simplified one it stands for; same length, same positions, and
 * doing it twice changes nothing. Characters of both scripts (干, 后, 面) stay, and so does all that is not Chinese.
 */
export function simplified(s: string): string {
  let out = ''
  let from = 0
  for (let at = 0; at < s.length; at++) {
    const code = s.charCodeAt(at)
    // Never ask outside the table: that is slow, and most of English lies outside.
    if (code < FIRST || code > LAST) continue
    const plain = SIMPLE[code - FIRST] ?? 0
    if (plain === 0) continue
    out += s.slice(from, at) + String.fromCharCode(plain)
    from = at + 1
  }
  return from === 0 ? s : out + s.slice(from)
}
