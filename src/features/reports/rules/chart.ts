/** A report as a picture: days of leave by department, or by type where there is one department. Pure. */
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Chart } from '#engine/workshop/workshop.ts'
import { messages } from '../i18n.ts'
import type { LeaveAmount, Line } from './facts.ts'
import { writeMonth } from './month.ts'
import { byDepartment, byType, sumOf } from './sums.ts'
import type { Made } from './workbook.ts'

/** More bars than this are not read any more; the others become one. */
const BARS_MAX = 12
/** As many as there are colours that people tell apart, with one for the others. */
const SERIES_MAX = 8
/** A picture needs one unit: so many minutes beyond halves are drawn as a day. The sheet keeps them apart. */
const MINUTES_DRAWN_AS_DAY = 480

const drawn = ({ halfDays, restMinutes }: LeaveAmount): number =>
  Math.round((halfDays / 2 + restMinutes / MINUTES_DRAWN_AS_DAY) * 100) / 100

export function chartOf({ facts, head }: Pick<Made, 'facts' | 'head'>, locale: Locale): Chart {
  const departments = bars(
    byDepartment(facts, facts.lines).map(({ department, lines }) => ({
      name: inLocale(department.name, locale),
      lines,
    })),
    messages.say(locale, 'other'),
  )
  const types = byType(facts, facts.lines).toSorted((a, b) => drawn(b.amount) - drawn(a.amount))
  const values = { organisation: inLocale(facts.organisation, locale), version: head.version }
  const hours = facts.lines.some(({ part }) => part.restMinutes > 0)
  const about = {
    title: messages.say(locale, 'chart.title', { month: writeMonth(facts.month, locale) }),
    subtitle: [
      messages.say(locale, 'chart.subtitle', values),
      ...(hours ? [messages.say(locale, 'chart.hours')] : []),
    ].join(messages.say(locale, 'dot')),
    unit: messages.say(locale, 'days'),
    locale,
  }
  if (departments.length < 2) {
    return {
      ...about,
      kind: 'bar',
      categories: types.map(({ type }) => inLocale(type.name, locale)),
      series: [{ name: departments[0]?.name ?? '', values: types.map(({ amount }) => drawn(amount)) }],
    }
  }
  const single = types.length <= SERIES_MAX ? types : types.slice(0, SERIES_MAX - 1)
  const others = types.slice(single.length).map(({ type }) => type.id)
  const series = single.map(({ type }) => ({ name: inLocale(type.name, locale), ids: [type.id] }))
  if (others.length > 0) series.push({ name: messages.say(locale, 'other'), ids: others })
  return {
    ...about,
    kind: 'stacked',
    categories: departments.map(({ name }) => name),
    series: series.map(({ name, ids }) => ({
      name,
      values: departments.map(({ lines }) => drawn(sumOf(lines.filter(({ type }) => ids.includes(type))).amount)),
    })),
  }
}

interface Bar {
  readonly name: string
  readonly lines: readonly Line[]
}

/** The highest ones in their order, the others as one. */
function bars(all: readonly Bar[], other: string): readonly Bar[] {
  if (all.length <= BARS_MAX) return all
  const height = ({ lines }: Bar) => drawn(sumOf(lines).amount)
  const kept = new Set(all.toSorted((a, b) => height(b) - height(a)).slice(0, BARS_MAX - 1))
  return [
    ...all.filter((bar) => kept.has(bar)),
    { name: other, lines: all.filter((bar) => !kept.has(bar)).flatMap(({ lines }) => lines) },
  ]
}
