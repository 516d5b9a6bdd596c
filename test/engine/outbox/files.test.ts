/** A message with a file: read when it is sent, said in words where it does not fit, left out when the file is gone. */
import { describe, expect, it } from 'vitest'
import type { OutgoingFile } from '#core/platform.ts'
import { insert, markProblem, writeChunks } from '#engine/files/repository.ts'
import { PlatformError } from '../../../src/core/errors.ts'
import { testDatabase } from '../../support/database.ts'
import { rowsOf } from '../../support/story.ts'
import { AN, fakePlatform, hire, world } from './support.ts'

const test = testDatabase()
const ID = '00000000-0000-7000-8000-0000000000f1'
const CONTENT = Buffer.from('工号,姓名\n'.repeat(50_000))

async function withStored(state: 'stored' | 'wanted' = 'stored', limits = {}) {
  const slack = fakePlatform('slack', limits)
  const w = world(test.db, [slack])
  await hire(test.db)
  await w.tx(async ({ sql }) => {
    const owner = { feature: 'probe', reference: '1', personId: null, permission: 'p', keepUntil: w.clock.now() + 1 }
    const what = { name: '九月.csv', mediaType: 'text/csv', bytes: CONTENT.length, sha256: 'x' }
    await insert(sql, { id: ID, owner, ...what, state, platform: null, source: null, at: w.clock.now() })
    await writeChunks(sql, ID, CONTENT)
  })
  const send = () =>
    w.say((outbox) =>
      outbox.send({ person: AN }, () => ({ text: '请看附件', file: { id: ID, name: '九月.csv' } }), { key: 'sheet' }),
    )
  return { slack, w, send }
}

const handed = async (file: OutgoingFile | undefined) => file && Buffer.from(await file.read()).equals(CONTENT)

describe('a message with a file', () => {
  it('hands the platform the file with its caption, to be read when it wants to', async () => {
    const { slack, w, send } = await withStored()
    await send()
    await w.settle()
    const [call, ...more] = slack.calls
    expect(more).toEqual([])
    expect(call?.words).toBe('请看附件')
    expect(call?.message.file).toMatchObject({ name: '九月.csv', mediaType: 'text/csv', size: CONTENT.length })
    expect(await handed(call?.message.file)).toBe(true)
    expect(await w.states()).toEqual({ sent: 1 })
  })

  it('is said in words where the file is too large, with the number it is found under', async () => {
    const { slack, w, send } = await withStored('stored', { fileBytesMax: CONTENT.length - 1 })
    await send()
    await w.settle()
    expect(slack.calls[0]?.message.file).toBeUndefined()
    expect(slack.calls[0]?.words).toMatch(
      /^请看附件\n“九月\.csv”（684 KB）太大，这里发不出来（最大 684 KB）。文件编号 1，/,
    )
  })

  it('takes the largest file that is allowed', async () => {
    const { slack, w, send } = await withStored('stored', { fileBytesMax: CONTENT.length })
    await send()
    await w.settle()
    expect(slack.calls[0]?.message.file?.size).toBe(CONTENT.length)
  })

  it('is left out without an alarm when the file is kept no more', async () => {
    const { slack, w, send } = await withStored()
    await send()
    await w.tx(({ sql }) => markProblem(sql, ID, 'dropped', 'kept-long-enough'))
    await w.settle()
    expect(slack.calls).toEqual([])
    expect(await w.states()).toEqual({ dropped: 1 })
    expect(await rowsOf(test.db, 'SELECT last_error FROM outbox')).toEqual([
      { last_error: `the file ${ID} is kept no more` },
    ])
    expect(w.troubles).toEqual([])
  })

  it('waits for a file that is still on its way', async () => {
    const { slack, w, send } = await withStored('wanted')
    await send()
    await w.pump()
    expect(await w.states()).toEqual({ waiting: 1 })
    await w.tx(({ sql }) => sql(`UPDATE stored_file SET state = 'stored'`))
    await w.settle()
    expect(slack.calls).toHaveLength(1)
  })

  it('has more time than words have before its claim is taken for left behind', async () => {
    const { slack, w, send } = await withStored()
    slack.fate = () => 'hangs'
    await send()
    void w.pump()
    await expect.poll(() => slack.calls.length).toBe(1)
    w.real.now += 89_999
    await w.pump()
    expect(await w.states()).toEqual({ sending: 1 })
    w.real.now += 1
    slack.fate = () => undefined
    await w.settle()
    expect(await w.states()).toEqual({ sent: 1 })
  })

  it('that may lie there already is looked for, also when it could not be read in between', async () => {
    const { slack, w, send } = await withStored()
    slack.fate = () => 'hangs-after-sending'
    await send()
    void w.pump()
    await expect.poll(() => slack.shown.length).toBe(1)
    w.real.now += 90_000
    slack.fate = () => undefined
    await w.tx(({ sql }) => sql(`UPDATE stored_file SET state = 'wanted'`))
    await w.pump()
    await w.tx(({ sql }) => sql(`UPDATE stored_file SET state = 'stored'`))
    await w.settle()
    expect(slack.shown).toHaveLength(1)
    expect(await w.states()).toEqual({ sent: 1 })
  })

  it('cannot be a card as well', async () => {
    const { w } = await withStored()
    await expect(
      w.say((outbox) => outbox.send({ person: AN }, () => ({ card: { title: 'x' }, file: { id: ID, name: 'a' } }))),
    ).rejects.toThrow(/a file is a message of its own/)
  })

  it('is tried again after the platform was not there', async () => {
    const { slack, w, send } = await withStored()
    slack.fate = () => (slack.calls.length === 1 ? new PlatformError('not-sent', 'away') : undefined)
    await send()
    await w.settle()
    expect(slack.calls).toHaveLength(2)
    expect(await handed(slack.calls[1]?.message.file)).toBe(true)
  })
})
