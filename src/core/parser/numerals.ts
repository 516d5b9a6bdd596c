/** Numbers as people write them: digits, Chinese numerals, English number words. */

const DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
}

const ENGLISH: readonly string[] = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
]

/** Pieces of patterns: a whole number, a number with decimals, both in digits or Chinese numerals; an English count. */
export const HAN_NUMBER = '[零〇一二两三四五六七八九十百]{1,6}'
/** Pattern of a whole number. */
export const WHOLE = `(?:\\d{1,4}|${HAN_NUMBER})`
/** Pattern of a number that may have decimals. */
export const NUMBER = `(?:\\d{1,9}(?:\\.\\d{1,4})?|${HAN_NUMBER}(?:点[零〇一二三四五六七八九]{1,3})?)`
/** Takes the gap after it too: words need one, `3days` does not. */
export const ENGLISH_COUNT = `(\\d{1,9}(?:\\.\\d{1,4})?|(?:an?|${ENGLISH.slice(1).join('|')})(?=[ -]))[ -]?`

/** The number that `text` (folded) writes, decimals included; `undefined` when it is no number: `十二`, `三点五`, `3.5`, `twelve`, `a`. */
export function readNumber(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (text === 'a' || text === 'an') return 1
  const word = ENGLISH.indexOf(text)
  if (word >= 0) return word
  const [whole, decimals, more] = text.split('点')
  if (whole === undefined || more !== undefined) return undefined
  const value = readHan(whole)
  if (value === undefined || decimals === undefined) return value
  const digits = readHanDigits(decimals)
  return digits === undefined ? undefined : value + Number(`0.${digits}`)
}

/** Chinese numerals one by one, as years are said: `二〇二七` is `2027`. */
export function readHanDigits(text: string): string | undefined {
  let digits = ''
  for (const unit of text) {
    const digit = DIGITS[unit]
    if (digit === undefined) return undefined
    digits += digit
  }
  return digits === '' ? undefined : digits
}

function readHan(text: string): number | undefined {
  const match =
    /^(?:([一二两三四五六七八九])百(零|〇)?)?(?:([一二三四五六七八九])?(十))?([零〇一二两三四五六七八九])?$/.exec(text)
  if (match === null || text === '') return undefined
  const [, hundreds, zero, tens, ten, ones] = match
  const one = ones === undefined ? 0 : (DIGITS[ones] ?? 0)
  // 一百五 is 150; a hundred and five says its zero: 一百零五.
  const shortForm = hundreds !== undefined && zero === undefined && ten === undefined
  return (
    (hundreds === undefined ? 0 : (DIGITS[hundreds] ?? 0) * 100) +
    (ten === undefined ? 0 : (tens === undefined ? 1 : (DIGITS[tens] ?? 1)) * 10) +
    (shortForm ? one * 10 : one)
  )
}

/** `count` units of `parts` each as a whole number of parts (3.5 days = 7 half days); `undefined` when it does not come out even. */
export function wholeParts(count: number, parts: number): number | undefined {
  const exact = count * parts
  const whole = Math.round(exact)
  return Math.abs(exact - whole) < 1e-9 ? whole : undefined
}
