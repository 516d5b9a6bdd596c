/** `/timeoff 3 days` on PostgreSQL, all effects durable, against a bare Bolt handler with one INSERT; and its answers at 100 a second. */
import { query } from '../../test/support/global-database.ts'
import { account, peopleFile, settings } from '../support/department.ts'
import { flatOut, median, paced, round, type Wanted } from '../support/load.ts'
import type { Bench } from '../support/part.ts'
import { start } from '../support/process.ts'
import { slashCommand, webApi } from '../support/slack.ts'

const PEOPLE = 200
const CONNECTIONS = 16
const ROUNDS = 3

export async function commandsOnServer({ folder, postgresUrl, secondsEach }: Bench) {
  const slack = await webApi()
  await query(`${postgresUrl}postgres`, 'CREATE DATABASE commands')
  await query(`${postgresUrl}postgres`, 'CREATE DATABASE baseline')
  const product = await start('bin/serve.ts', {
    ...settings(folder, peopleFile(folder, PEOPLE), slack.url),
    DATABASE_URL: `${postgresUrl}commands`,
  })
  const bare = await start('bench/baseline.ts', { DATABASE_URL: `${postgresUrl}baseline` })
  const [toProduct, toBare] = [asking(product.port), asking(bare.port, 'ok')]
  try {
    // Both are warm before anything counts.
    await flatOut(toProduct, CONNECTIONS, 2_000)
    await flatOut(toBare, CONNECTIONS, 2_000)
    const rounds: { product: number; bare: number }[] = []
    for (let turn = 0; turn < ROUNDS; turn++)
      rounds.push({
        bare: (await flatOut(toBare, CONNECTIONS, secondsEach * 1000)).perSecond,
        product: (await flatOut(toProduct, CONNECTIONS, secondsEach * 1000)).perSecond,
      })
    const at100 = await paced(toProduct, 100, secondsEach * 1000)
    return {
      ratio: Math.round(median(rounds.map((turn) => turn.product / turn.bare)) * 100) / 100,
      target: 'at least 0.5, for the check-in',
      rounds,
      answersAt100PerSecond: { ...at100, target: 'p99 below 250 ms' },
      memoryMbAfterwards: product.memoryMb(),
      callsToSlack: round(slack.calls()),
    }
  } finally {
    await product.stop()
    await bare.stop()
    await slack.close()
  }
}

/** Everybody in turn. The answer must be the draft: what the product really does for a command. */
export function asking(port: number, mark = 'blocks', people = PEOPLE): Wanted {
  let turn = 0
  return {
    port,
    path: '/slack/events',
    make: () => slashCommand(account(turn++ % people), '3 days'),
    accept: (status, body) => status === 200 && body.includes(mark),
  }
}
