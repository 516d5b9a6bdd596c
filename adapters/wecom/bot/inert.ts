/** What somebody typed, as text of the smart bot's markdown. Pure. */
import { sayable } from '../measure.ts'

/**
 * WeCom documents no way to escape, so what could be read as markup (a mention, a link, bold, code, a heading, a quotation) is
 * written with its full-width twin, which looks nearly the same and does nothing.
 */
export function inert(text: string): string {
  return sayable(text)
    .replace(/[<[\]*`~\\]/g, twin)
    .replace(/&(?=#?\w+;)/g, '＆')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿')
    .replace(/^(\s*)([#>|])/gm, (_, space: string, sign: string) => `${space}${twin(sign)}`)
}

/** The full-width forms lie at a fixed distance from the ordinary ones. https://www.unicode.org/charts/PDF/UFF00.pdf */
const twin = (sign: string): string => String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0)
