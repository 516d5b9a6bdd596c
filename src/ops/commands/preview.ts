/** `preview`: what the schedules would post, by the policy in force. */

import {
  addDays,
  civilDateAt,
  formatWeekday,
  isCivilDate,
  startOfDay,
  wallTimeAt,
  weekday,
  yearOf,
} from '#core/calendar/civil.ts'
import type { CivilDate } from '#core/command-args.ts'
import { inLocale } from '#core/i18n.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { done, type OpsCommand, UsageError } from '../command.ts'
import { columns, oneLine } from '../words.ts'

const DAYS_SHOWN = 7
const DAYS_MAX = 400

export const preview: OpsCommand = {
  name: 'preview',
  about: 'list what the schedules would post, in the zone of the organisation',
  options: [
    { name: 'from', takes: 'DATE', about: 'the first day, YYYY-MM-DD; today when absent' },
    { name: 'to', takes: 'DATE', about: `the last day; ${DAYS_SHOWN} days when absent` },
  ],
  async run({ app, clock }, { values }) {
    const policy = app.policy.current()
    const { zone, language } = policy.section(OrganisationPolicy)
    const from = dateOf('--from', values['from'] ?? civilDateAt(clock.now(), zone))
    const to = dateOf('--to', values['to'] ?? addDays(from, DAYS_SHOWN - 1))
    if (to < from) throw new UsageError(`--to ${to} lies before --from ${from}.`)
    if (to >= addDays(from, DAYS_MAX)) throw new UsageError(`${from} to ${to} is too long: at most ${DAYS_MAX} days.`)
    const foreseen = app.schedules.preview(startOfDay(from, zone) - 1, startOfDay(addDays(to, 1), zone) - 1)
    const rows = foreseen.map(({ at, schedule, title }) => {
      const { date, time } = wallTimeAt(at, zone)
      return [`${date} ${formatWeekday(weekday(date), 'en')} ${time}`, schedule, oneLine(inLocale(title, language))]
    })
    const head = `${from} to ${to}, ${zone}:`
    const unknown = yearsFrom(from, to).filter((year) => !policy.calendar.knows(year))
    return done([
      head,
      ...(rows.length === 0 ? ['  nothing'] : columns(rows).map((row) => `  ${row}`)),
      ...unknown.map(
        (year) =>
          `The official schedule of ${year} is not loaded: only the law's own days count, so this may still change.`,
      ),
    ])
  },
}

function dateOf(option: string, text: string): CivilDate {
  if (!isCivilDate(text)) throw new UsageError(`${option} ${oneLine(text)} is no date: write YYYY-MM-DD.`)
  return text
}

function yearsFrom(from: CivilDate, to: CivilDate): readonly number[] {
  return Array.from({ length: yearOf(to) - yearOf(from) + 1 }, (_, at) => yearOf(from) + at)
}
