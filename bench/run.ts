/** `npm run bench`: what the product does on this machine, as ratios against a baseline in the same run; JSON on stdout. */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { commandsOnServer } from './parts/commands.ts'
import { embedded } from './parts/embedded.ts'
import { history } from './parts/history.ts'
import { sheet } from './parts/sheet.ts'

const PARTS = { commands: commandsOnServer, history, embedded, sheet } as const
type Part = keyof typeof PARTS

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
const chosen = (values.only?.split(',') ?? Object.keys(PARTS)) as Part[]
const unknown = chosen.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}: --only takes ${Object.keys(PARTS).join(', ')}.\n`)
  process.exit(2)
}

const folder = mkdtempSync(path.join(tmpdir(), 'banzhang-bench-'))
const postgres = await startPostgres({ durable: true })
try {
  const results: Record<string, unknown> = {}
  for (const name of chosen) {
    process.stderr.write(`${name} …\n`)
    const bench = { folder, postgresUrl: postgres.url, secondsEach: values.quick ? 3 : 10 }
    results[name] = await PARTS[name](bench).catch((error: unknown) => {
      process.exitCode = 1
      return { failed: String(error) }
    })
  }
  const machine = { node: process.version, processors: cpus().length }
  process.stdout.write(`${JSON.stringify({ machine, ...results }, null, 2)}\n`)
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
