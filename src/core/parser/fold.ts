/** What was typed, made comparable: width, case, dashes, quotes and traditional characters folded without moving a single character. */
import { simplified } from '../traditional/characters.ts'

/** Characters of a message that are read; what comes after is ignored. */
export const CHARS_READ_MAX = 2_000

/** A stretch of text, `end` exclusive, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A message twice: as it was typed (for reasons, which are quoted back) and folded (for matching). Same length, same positions. */
export interface SaidText {
  readonly said: string
  readonly folded: string
}

const PLAIN = new Map(
  Object.entries({
    '。': '.',
    '．': '.',
    '｡': '.',
    '、': ',',
    '､': ',',
    '–': '-',
    '—': '-',
    '−': '-',
    '‐': '-',
    '‑': '-',
    '―': '-',
    '〜': '~',
    '∼': '~',
    '’': "'",
    '‘': "'",
    '`': "'",
    '“': '"',
    '”': '"',
    '「': '"',
    '」': '"',
    '『': '"',
    '』': '"',
    '«': '"',
    '»': '"',
    '…': '.',
    '【': '(',
    '】': ')',
    '〔': '(',
    '〕': ')',
  }),
)

/**
 * Full width becomes half width, upper case lower, every dash `-`, every quotation mark `"`, all white space one kind, a
 * traditional character its simplified one. Keeps the length; folding twice changes nothing.
 */
export function fold(s: string): string {
  // Nearly every name and most messages: nothing to change but capitals.
  if (/^[\u3400-\u9fff !-_a-~]*$/.test(s)) return simplified(s.toLowerCase())
  let folded = ''
  for (let i = 0; i < s.length; i++) folded += foldUnit(s.charAt(i))
  return simplified(folded)
}

function foldUnit(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code < 128) return code <= 32 ? ' ' : (PLAIN.get(unit) ?? unit.toLowerCase())
  if (/\s/.test(unit)) return ' '
  const plain = PLAIN.get(unit)
  if (plain !== undefined) return plain
  if (code >= 0xff01 && code <= 0xff5e) return foldUnit(String.fromCharCode(code - 0xfee0))
  const lower = unit.toLowerCase()
  return lower.length === 1 ? lower : unit
}

/** The first {@link CHARS_READ_MAX} characters of a message without invisible ones, white space collapsed, and their folding. */
export function readText(said: string): SaidText {
  let bounded = said.trimStart().slice(0, CHARS_READ_MAX)
  // A cut through an emoji would leave half a character behind.
  if (/[\ud800-\udbff]$/.test(bounded)) bounded = bounded.slice(0, -1)
  const tidy = bounded
    .replace(/[\p{Cc}\u200b\u200e\u200f\u2060\ufeff]/gu, (c) => (/\s/.test(c) && c !== '\ufeff' ? c : ''))
    .replace(/\s+/g, (space) => (space.includes('\n') ? '\n' : ' '))
    .trim()
  return { said: tidy, folded: fold(tidy) }
}

/** True for Chinese characters, which stand side by side without spaces. */
export const isHan = (unit: string): boolean => unit >= '\u3400' && unit <= '\u9fff'

/** True for the units that make up an English word or a number. */
export const isWordUnit = (unit: string): boolean => /[a-z0-9_]/.test(unit)
