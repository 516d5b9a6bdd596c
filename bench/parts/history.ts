/** The same command with 100 and with 100,000 past leaves: it must take the same time. */
import { query } from '../../test/support/global-database.ts'
import { addPast, peopleFile, settings } from '../support/department.ts'
import { flatOut, median } from '../support/load.ts'
import type { Bench } from '../support/part.ts'
import { start } from '../support/process.ts'
import { webApi } from '../support/slack.ts'
import { asking } from './commands.ts'

const PEOPLE = 200
const ROUNDS = 3

export async function history({ folder, postgresUrl, secondsEach }: Bench) {
  const slack = await webApi()
  const people = peopleFile(folder, PEOPLE)
  const sides = []
  for (const rows of [100, 100_000]) {
    const url = `${postgresUrl}history${rows}`
    await query(`${postgresUrl}postgres`, `CREATE DATABASE history${rows}`)
    const running = await start('bin/serve.ts', { ...settings(folder, people, slack.url), DATABASE_URL: url })
    await addPast(url, rows)
    sides.push({ rows, running, to: asking(running.port), perSecond: [] as number[] })
  }
  try {
    for (const side of sides) await flatOut(side.to, 8, 2_000)
    for (let turn = 0; turn < ROUNDS; turn++)
      for (const side of sides) side.perSecond.push((await flatOut(side.to, 8, secondsEach * 1000)).perSecond)
    const [few, many] = sides.map((side) => median(side.perSecond))
    return {
      ratio: Math.round(((many ?? 0) / (few ?? 1)) * 100) / 100,
      target: 'the same, within the noise of the machine: at least 0.9',
      perSecond: Object.fromEntries(sides.map(({ rows, perSecond }) => [rows, perSecond])),
    }
  } finally {
    for (const { running } of sides) await running.stop()
    await slack.close()
  }
}
