/** Writes the next migration: `npm run migration -- what-it-does`. Look at the SQL before you commit it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { schemaDiff } from '../test/support/schema-diff.ts'

const name = process.argv[2]
if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) {
  process.stderr.write('Name it: npm run migration -- add-roster\n')
  process.exit(1)
}
const { agrees, sql } = await schemaDiff()
if (agrees) process.stdout.write('Schema and migrations agree: nothing to write.\n')
else {
  const folder = `prisma/migrations/${new Date().toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}_${name.replaceAll('-', '_')}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/migration.sql`, sql)
  process.stdout.write(`${folder}/migration.sql\n`)
}
process.exit(0)
