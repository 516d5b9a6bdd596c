/** Parts of the day and clock times: 下午两点半, 14:00, `2-4pm`, noon. */
import { readNumber, WHOLE } from './numerals.ts'
import { clock, type DayPart, OUT_OF_RANGE, point, rule, type Sense, type TermRule } from './terms.ts'

const CHINESE_PARTS: Readonly<Record<string, DayPart>> = {
  凌晨: 'dawn',
  半夜: 'dawn',
  清晨: 'morning',
  清早: 'morning',
  一早: 'morning',
  早上: 'morning',
  早晨: 'morning',
  上午: 'morning',
  午前: 'morning',
  上半天: 'morning',
  前半天: 'morning',
  中午: 'noon',
  午后: 'afternoon',
  下午: 'afternoon',
  下半天: 'afternoon',
  后半天: 'afternoon',
  傍晚: 'evening',
  晚上: 'evening',
  夜里: 'evening',
  夜晚: 'evening',
}

const number = (text: string | undefined): number =>
  text === undefined ? Number.NaN : (readNumber(text) ?? Number.NaN)

/** 两点半, 2点15分, 三点一刻. 一点 without more is "a bit" unless a part of the day stands before it. */
function hanClock(match: RegExpExecArray): Sense | undefined {
  const [all, hourText, half, quarters, minuteText] = match
  const hour = number(hourText)
  const minute =
    half !== undefined
      ? 30
      : quarters !== undefined
        ? number(quarters) * 15
        : minuteText === undefined
          ? 0
          : number(minuteText)
  if (Number.isNaN(hour) || Number.isNaN(minute)) return undefined
  if (/^[一1]点$/.test(all) && !/[午上里夜晚晨早到至~-]\s?$/.test(match.input.slice(0, match.index))) return undefined
  return clock(hour, minute, true)
}

function colonClock(match: RegExpExecArray): Sense {
  const [, hour, minute, half] = match
  return half === undefined ? clock(Number(hour), Number(minute)) : halfDayClock(hour, minute, half)
}

/** `2pm`; 12am is midnight and 12pm noon. */
function halfDayClock(hourText: string | undefined, minuteText: string | undefined, half: string | undefined): Sense {
  const hour = Number(hourText)
  if (hour < 1 || hour > 12) return hour <= 24 && half === 'p' ? clock(hour, Number(minuteText ?? 0)) : OUT_OF_RANGE
  return clock((hour % 12) + (half === 'p' ? 12 : 0), Number(minuteText ?? 0))
}

/** `2-4pm`, `10-2pm`: the first takes the second's half of the day where that keeps them in order. */
function firstOfTwo(match: RegExpExecArray): Sense {
  const [, hour, minute, lastHour, half] = match
  const same = (Number(hour) % 12) * 60 + Number(minute ?? 0) < (Number(lastHour) % 12) * 60 + 60
  return halfDayClock(hour, minute, same === (half === 'p') ? 'p' : 'a')
}

const MERIDIEM = '([ap])\\.?m\\b\\.?'

/** Parts of the day and clock times in both languages. */
export const CLOCK_RULES: readonly TermRule[] = [
  rule(Object.keys(CHINESE_PARTS).join('|'), (m) => {
    const part = CHINESE_PARTS[m[0]]
    return part === undefined ? undefined : point({ part })
  }),
  rule(
    `(${WHOLE})(?:点钟?|时(?![间候长刻段]))(?:(半)|([一三13])刻|(${WHOLE})分?(?!钟|天))?(?!心|餐|名|到为止|原因|意见|建议)`,
    hanClock,
  ),
  rule(`(\\d{1,2}):(\\d{2})(?: ?${MERIDIEM})?(?!\\d)`, colonClock),
  rule(`(\\d{1,2})(?::(\\d{2}))? ?${MERIDIEM}`, (m) => halfDayClock(m[1], m[2], m[3])),
  rule(`(\\d{1,2})(?::(\\d{2}))?(?= ?(?:-|to|until|till) ?(\\d{1,2})(?::\\d{2})? ?${MERIDIEM})`, firstOfTwo),
  rule("(\\d{1,2}) ?o'?clock\\b", (m) => clock(Number(m[1]), 0, true)),
  rule('(?:noon|midday)\\b', () => clock(12, 0)),
  rule('(?:the )?(?:first half of the day|morning)\\b', () => point({ part: 'morning' })),
  rule('(?:the )?(?:second half of the day|afternoon)\\b', () => point({ part: 'afternoon' })),
  rule('evening\\b', () => point({ part: 'evening' })),
  // `am` is also a verb: only right after a day is it half of one.
  rule('(?<=(?:day|tomorrow|today|mon|tue|wed|thu|fri|sat|sun|\\d) )am\\b', () => point({ part: 'morning' })),
  rule('pm\\b', () => point({ part: 'afternoon' })),
]
