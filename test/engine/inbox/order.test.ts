/** One person's events in the order in which they were received, with a bound; and what was given up, listed and tried again. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listParked, retryParked } from '../../../src/engine/inbox/admin.ts'
import { testDatabase } from '../../support/database.ts'
import { gate } from '../../support/gate.ts'
import { commanded, FORM, type Script, type Stand, stand, typed } from './support.ts'

const test = testDatabase()
const rows = (sql: string) => test.db.transact('people', (tx) => tx.sql<Record<string, unknown>>(sql))
const inbox = () => rows('SELECT state, attempts FROM inbox ORDER BY id')
const words = (at: Stand) => at.sent.map(({ message }) => message.text)
const APOLOGY = expect.stringContaining('我会自动重试')
afterEach(() => void vi.useRealTimers())

/** Does what it is told and keeps the order in which it was. */
function diary(script: Script = {}) {
  const ran: string[] = []
  const kept = (word: string) => async () => {
    const reply = (await script[word]?.({})) ?? { message: { text: `did ${word}` } }
    ran.push(word)
    return reply
  }
  return { ran, script: Object.fromEntries(['one', 'two', 'three', 'form'].map((word) => [word, kept(word)])) }
}
const failing = (times: number) => () => {
  if (times-- > 0) throw new Error('boom')
  return { message: { text: 'at last' } }
}

describe('what a person says while something of theirs is being tried again', () => {
  it('waits for it and comes after it; nobody else waits', async () => {
    const { ran, script } = diary({ one: failing(2) })
    const at = await stand(test.db, script)
    await at.app.deliver(at.platform, typed('/probe one'))
    await at.app.deliver(at.platform, typed('/probe two'))
    await at.app.deliver(at.platform, typed('/probe three', 'UA2'))
    await at.flush()
    expect(ran).toEqual(['three'])
    at.clock.advance(5_000)
    await at.flush()
    expect(ran).toEqual(['three'])
    at.clock.advance(20_000)
    await at.flush()
    expect(ran).toEqual(['three', 'one', 'two'])
    expect(words(at)).toEqual([APOLOGY, 'did three', 'at last', 'did two'])
    // To wait is no attempt.
    expect(await inbox()).toMatchObject([{ attempts: 3 }, { state: 'done', attempts: 1 }, { state: 'done' }])
    expect(await at.app.inbox.nextDueAt()).toBeUndefined()
  })

  it('is asked to wait where a form would have opened', async () => {
    const { script } = diary({ one: failing(1), form: () => ({ form: FORM }) })
    const at = await stand(test.db, script)
    await at.app.deliver(at.platform, commanded('probe one', 'UE1'))
    expect(await at.app.deliver(at.platform, commanded('probe form', 'UE1'))).toEqual({})
    expect(at.window).toMatchObject([
      { placeholder: 'en' },
      { message: { text: expect.stringContaining('before this') } },
    ])
  })

  it('waits two minutes at most, however long the other is tried', async () => {
    const { ran, script } = diary({ one: failing(99) })
    const at = await stand(test.db, script)
    await at.app.deliver(at.platform, typed('/probe one'))
    at.clock.advance(60_000)
    await at.app.deliver(at.platform, typed('/probe two'))
    await rows(`UPDATE inbox SET due_at = due_at + interval '1 hour' WHERE id = 1`)
    at.clock.advance(59_999)
    await at.flush()
    expect(ran).toEqual([])
    expect(await at.app.inbox.nextDueAt()).toBe(at.clock.now() + 1)
    at.clock.advance(1)
    await at.flush()
    expect(ran).toEqual(['two'])
  })

  it('goes on as soon as the other is given up', async () => {
    const { ran, script } = diary({ one: failing(99) })
    const at = await stand(test.db, script)
    await at.app.deliver(at.platform, typed('/probe one'))
    await at.app.deliver(at.platform, typed('/probe two'))
    for (const ms of [5_000, 20_000, 80_000]) {
      at.clock.advance(ms)
      await at.flush()
    }
    expect(await inbox()).toMatchObject([{ state: 'parked' }, { state: 'done' }])
    expect(ran).toEqual(['two'])
  })

  it('is not held up for long by what was received before the clock was set back', async () => {
    const { ran, script } = diary({ one: failing(99) })
    const at = await stand(test.db, script)
    at.clock.advance(3_600_000)
    await at.app.deliver(at.platform, typed('/probe one'))
    at.clock.advance(-3_600_000)
    await at.app.deliver(at.platform, typed('/probe two'))
    expect(ran).toEqual(['two'])
  })

  it('waits also when it comes from another account of theirs', async () => {
    const { ran, script } = diary({ one: failing(1) })
    const at = await stand(test.db, script)
    await rows(`INSERT INTO account (platform, account, person_id, linked_at)
      SELECT 'slack', 'UA1B', person_id, linked_at FROM account WHERE account = 'UA1'`)
    await at.app.deliver(at.platform, typed('/probe one'))
    await at.app.deliver(at.platform, typed('/probe two', 'UA1B'))
    expect(ran).toEqual([])
    at.clock.advance(5_000)
    await at.flush()
    expect(ran).toEqual(['one', 'two'])
  })
})

describe('two processes', () => {
  it('handle what one person says at the same moment in the order of receipt', async () => {
    if (test.db === test.second) return
    const slow = gate()
    const { ran, script } = diary({ one: () => slow.passed.then(() => ({ message: { text: 'slow' } })) })
    const at = await stand(test.db, script)
    const other = await at.another(test.second)
    const first = at.app.deliver(at.platform, typed('/probe one'))
    while ((await inbox()).length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = other.deliver(at.platform, typed('/probe two'))
    while ((await inbox()).length < 2) await new Promise((resolve) => setImmediate(resolve))
    slow.open()
    await Promise.all([first, second])
    expect(ran).toEqual(['one', 'two'])
  })
})

describe('a handler that never ends', () => {
  it('is undone and tried again; the database is free for everybody else meanwhile', async () => {
    let begun = () => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    let tries = 0
    const at = await stand(test.db, {
      one: () => {
        begun()
        return tries++ === 0 ? new Promise<never>(() => {}) : { message: { text: 'at last' } }
      },
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const answered = at.app.deliver(at.platform, commanded('probe one'))
    await hasBegun
    await vi.advanceTimersByTimeAsync(15_000)
    vi.useRealTimers()
    // The platform was answered at its limit, and the apology comes through the outbox.
    expect(await answered).toEqual({})
    await at.app.inbox.drain()
    expect((await at.app.deliver(at.platform, commanded('probe two', 'UA2'))).message).toEqual({ text: 'did two' })
    await at.flush()
    at.clock.advance(5_000)
    await at.flush()
    expect(words(at)).toEqual([APOLOGY, 'at last'])
  })
})

describe('what was given up', () => {
  const givenUp = async (times: number) => {
    const at = await stand(test.db, { one: failing(times) })
    await at.app.deliver(at.platform, typed('/probe one'))
    for (const ms of [5_000, 20_000, 80_000]) {
      at.clock.advance(ms)
      await at.flush()
    }
    return at
  }
  const list = (platform?: string) =>
    test.db.transact('work', (tx) => listParked(tx, platform === undefined ? {} : { platform }))
  const retry = (id: string) => test.db.transact('work', (tx) => retryParked(tx, id))

  it('is listed with whose it is and why, and never with what was said', async () => {
    await givenUp(99)
    const listed = await list()
    expect(listed).toEqual([
      {
        id: '1',
        reference: 'E1',
        platform: 'slack',
        kind: 'said',
        account: 'UA1',
        person: { staffNo: 'A1', name: '安然' },
        attempts: 4,
        lastError: 'Error: boom',
        receivedAt: Date.parse('2026-09-28T09:00:00+08:00'),
      },
    ])
    expect(await list('lark')).toEqual([])
  })

  it.each(['1', 'E1', 'e1'])('is tried again as %s, with all its attempts, and then it is done', async (id) => {
    const at = await givenUp(4)
    at.sent.length = 0
    expect(await retry(id)).toBe('queued')
    await at.flush()
    expect(words(at)).toEqual(['at last'])
    expect(await inbox()).toEqual([{ state: 'done', attempts: 1 }])
    expect(await retry(id)).toBe('not-parked')
    expect(await list()).toEqual([])
  })

  it.each(['2', 'E', '1; DROP TABLE inbox', '99999999999999999999'])('is not found as %s', async (id) => {
    await givenUp(99)
    expect(await retry(id)).toBe('not-found')
  })
})
