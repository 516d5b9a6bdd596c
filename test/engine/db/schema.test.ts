/** Schema and migrations agree, by Prisma's own engine. */
import { expect, it } from 'vitest'
import { schemaDiff } from '../../support/schema-diff.ts'

it('the migrations give the database that the schema describes', async () => {
  const { agrees, sql } = await schemaDiff()
  expect(sql.trim(), 'run `npm run migration -- what-it-does` and look at the SQL').toBe(
    '-- This is an empty migration.',
  )
  expect(agrees).toBe(true)
}, 60_000)
