/** `alerts`: what administrators were told of, what still holds, and since when. */
import { commandsOf, textOfAlert, titleOf } from '#engine/alerts/cards.ts'
import type { AlertRow } from '#engine/alerts/repository.ts'
import { kindOf } from '#engine/alerts/watch.ts'
import { done, type OpsCommand } from '../command.ts'
import { oneLine, writeInstant, zoneOf } from '../words.ts'

export const alerts: OpsCommand = {
  name: 'alerts',
  about: 'list what is wrong now, with what to do, and what was wrong in the last 14 days',
  async run(context) {
    const { app, db } = context
    const rows = await db.transact('work', (tx) => app.alerts.list(tx))
    const zone = zoneOf(context)
    const open = rows.filter(({ closedAt }) => closedAt === null)
    const over = rows.filter(({ closedAt }) => closedAt !== null)
    return done([
      ...(open.length === 0
        ? ['Nothing is wrong, as far as is watched.']
        : open.flatMap((row) => openLines(row, zone))),
      ...(over.length === 0 ? [] : ['', 'Over:', ...over.map((row) => overLine(row, zone))]),
    ])
  },
}

function openLines(alert: AlertRow, zone: string): readonly string[] {
  const { key, facts, openedAt } = alert
  const kind = kindOf(key)
  if (!kind) return [`${key}  since ${writeInstant(openedAt, zone)}  ${oneLine(JSON.stringify(facts))}`]
  return [
    `${titleOf('en', { kind, facts })}  (${key}, since ${writeInstant(openedAt, zone)})`,
    `  ${oneLine(textOfAlert({ locale: 'en', zone }, { kind, facts }))}`,
    ...commandsOf(kind).map((command) => `  ${command}`),
  ]
}

function overLine({ key, facts, openedAt, closedAt }: AlertRow, zone: string): string {
  const kind = kindOf(key)
  const what = kind ? titleOf('en', { kind, facts }) : key
  return `  ${writeInstant(openedAt, zone)} to ${writeInstant(closedAt ?? openedAt, zone)}  ${oneLine(what)}  (${key})`
}
