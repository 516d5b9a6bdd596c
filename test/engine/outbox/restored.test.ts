/** After a restore: what waited when the backup was made may have been said since. It is looked for, and said once at most. */
import { beforeEach, expect, it } from 'vitest'
import { doubtUnsaid } from '#engine/outbox/repository/admin.ts'
import { testDatabase } from '../../support/database.ts'
import { AN, BO, fakePlatform, hire, words, world } from './support.ts'

const test = testDatabase()
beforeEach(() => hire(test.db))

/** As a backup holds it that was made before anything left. */
const asBefore = `UPDATE outbox SET state = 'waiting', sent_at = NULL, sent_as = NULL, first_claimed_at = NULL`

it('what is there already is not said again, what is not there is said', async () => {
  const slack = fakePlatform('slack')
  const { say, tx, settle, states, real } = world(test.db, [slack])
  const madeAt = real.now
  await say((outbox) => outbox.send({ person: AN }, words('said since'), { key: 'a' }))
  await settle()
  await tx(({ sql }) => sql(asBefore))
  await say((outbox) => outbox.send({ person: BO }, words('never said'), { key: 'b' }))
  expect(await tx(({ sql }) => doubtUnsaid(sql, madeAt))).toBe(2)
  await settle()
  expect(slack.shown.map((message) => message.words)).toEqual(['said since', 'never said'])
  expect(await states()).toEqual({ sent: 2 })
})

it('where nobody can be asked it is listed, not said twice', async () => {
  const lark = fakePlatform('lark', { afterUnknown: 'list' })
  const { say, tx, settle, states, real } = world(test.db, [lark])
  await say((outbox) => outbox.send({ person: BO }, words('said since'), { key: 'a' }))
  await settle()
  await tx(({ sql }) => sql(asBefore))
  await tx(({ sql }) => doubtUnsaid(sql, real.now))
  await settle()
  expect(lark.shown).toHaveLength(1)
  expect(await states()).toEqual({ unknown: 1 })
})
