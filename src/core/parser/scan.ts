/** Finds every word of a message that speaks of time; the longest reading at each place wins. */
import { addDays } from '../calendar/civil.ts'
import { CHINESE_AMOUNT_RULES, ENGLISH_AMOUNT_RULES } from './amounts.ts'
import { CLOCK_RULES } from './clock-times.ts'
import { ENGLISH_DAY_RULES, FIGURE_RULES } from './days-en.ts'
import { CHINESE_DAY_RULES } from './days-zh.ts'
import { fold, isHan, isWordUnit } from './fold.ts'
import { onDay, point, type Sense, type Term, type TermRule } from './terms.ts'
import type { Moment } from './understanding.ts'

/** Only the rules that can begin with a character of its kind are tried there: a message is mostly words that speak of no time. */
const HAN_RULES: readonly TermRule[] = [...CHINESE_AMOUNT_RULES, ...CHINESE_DAY_RULES, ...CLOCK_RULES]
const WORD_RULES: readonly TermRule[] = [...ENGLISH_AMOUNT_RULES, ...ENGLISH_DAY_RULES, ...CLOCK_RULES]
const FIGURE_AND_OTHER_RULES: readonly TermRule[] = [...FIGURE_RULES, ...new Set([...HAN_RULES, ...WORD_RULES])]
/** Every Chinese character that a time word may begin with. A test of every form keeps it complete. */
const HAN_STARTS = /[零〇一二两三四五六七八九十百半今明昨后前大上下这本周星礼月年从现即凌清早午中傍晚夜负去]/

/** Holidays that people name whether or not the calendar knows them yet: then the name is refused instead of overlooked. */
const HOLIDAY_NAMES = /(?:国庆|春节|中秋|端午|清明|元旦|劳动)节?(?:假期?|长假)?/y

/** The time words of a folded text, in order, never overlapping. */
export function findTerms(folded: string, moment: Moment): readonly Term[] {
  const terms: Term[] = []
  let at = 0
  while (at < folded.length) {
    const term = begins(folded, at) ? termAt(folded, at, moment) : undefined
    if (term !== undefined) terms.push(term)
    at = term?.end ?? at + 1
  }
  return terms
}

/** A term begins neither inside a word nor inside a number. */
function begins(folded: string, at: number): boolean {
  const unit = folded.charAt(at)
  if (unit === ' ') return false
  const before = folded.charAt(at - 1)
  if (/\d/.test(unit)) return !/[a-z0-9_#]/.test(before) && !(before === '.' && /\d/.test(folded.charAt(at - 2)))
  return !isWordUnit(unit) || !/[a-z_']/.test(before)
}

function termAt(folded: string, at: number, moment: Moment): Term | undefined {
  let best: Term | undefined
  const offer = (end: number, sense: Sense | undefined): void => {
    if (sense !== undefined && end > (best?.end ?? at)) best = { start: at, end, sense }
  }
  for (const { pattern, read } of rulesAt(folded.charAt(at))) {
    pattern.lastIndex = at
    const match = pattern.exec(folded)
    if (match !== null && at + match[0].length > (best?.end ?? at)) offer(at + match[0].length, read(match, moment))
  }
  offerHolidays(folded, at, moment, offer)
  return best
}

function rulesAt(unit: string): readonly TermRule[] {
  if (isHan(unit) || unit === '〇') return HAN_STARTS.test(unit) ? HAN_RULES : []
  if (/[a-z]/.test(unit)) return WORD_RULES
  return /[\d½-]/.test(unit) ? FIGURE_AND_OTHER_RULES : []
}

function offerHolidays(folded: string, at: number, moment: Moment, offer: (end: number, sense: Sense) => void): void {
  for (const { names, from, to } of moment.holidays) {
    for (const name of names) {
      const known = fold(name)
      const end = at + known.length
      if (known === '' || !folded.startsWith(known, at)) continue
      if (isWordUnit(known.charAt(known.length - 1)) && isWordUnit(folded.charAt(end))) continue
      // 十一 is a holiday, 十一月, 十一点 and 十一天 are not.
      if (/^[\d一二三四五六七八九十]*[月号日点天个]/.test(folded.slice(end, end + 3))) continue
      offer(
        end + (/^(?:节?(?:假期|长假|连假|期间)|节|假(?!日))?/.exec(folded.slice(end))?.[0].length ?? 0),
        point({ first: { on: from }, last: { on: to } }),
      )
      const after = /^节?(?:长假|连假|假期)?(?:之|以)?后(?:第一天)?(?!天|面)/.exec(folded.slice(end))
      if (after !== null) offer(end + after[0].length, onDay(addDays(to, 1)))
      const before = /^节?(?:的)?前(?:一天|1天)/.exec(folded.slice(end))
      if (before !== null) offer(end + before[0].length, onDay(addDays(from, -1)))
    }
  }
  HOLIDAY_NAMES.lastIndex = at
  const unknown = HOLIDAY_NAMES.exec(folded)
  if (unknown !== null) offer(at + unknown[0].length, { kind: 'wrong', problem: 'no-such-holiday' })
}
