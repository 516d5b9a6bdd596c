/** The edge: each event once, answered in time or later, tried again or given up, and nobody left without a word. */
import { describe, expect, it } from 'vitest'
import { peopleNamed } from '../../../src/engine/inbox/people-named.ts'
import { testDatabase } from '../../support/database.ts'
import { gate } from '../../support/gate.ts'
import { clicked, commanded, FORM, filled, refusing, type Stand, stand, typed } from './support.ts'

const test = testDatabase()
const rows = (sql: string) => test.db.transact('people', (tx) => tx.sql<Record<string, unknown>>(sql))
const inbox = () => rows('SELECT state, attempts, last_error FROM inbox ORDER BY id')
const held = async () => (await rows(`SELECT 1 FROM outbox WHERE state IN ('held', 'waiting')`)).length
const isThere = async (key: string) => (await rows(`SELECT 1 FROM inbox WHERE key = '${key}'`)).length > 0
const words = (at: Stand) => at.sent.map(({ message }) => message.text)

describe('alone with the bot', () => {
  it('a question is answered wherever the platform says it was: an entry of a menu names no chat', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, { ...typed('绑定群', 'UH1'), room: 'UH1' })
    await at.app.deliver(at.platform, typed('部门群', 'UH1'))
    await at.flush()
    expect(at.sent.map(({ message }) => message.card?.title ?? message.text)).toEqual([
      expect.stringMatching(/哪个频道/),
      expect.stringMatching(/请到要绑定的那个群里说/),
    ])
  })

  it('whom a sentence names is found in full width and in the other script, and nobody is read for other commands', async () => {
    const at = await stand(test.db)
    const named = (text: string) =>
      test.db.transact('people', ({ sql }) => {
        const asked: string[] = []
        const counting: typeof sql = (statement, values) => {
          asked.push(statement)
          return sql(statement, values)
        }
        return peopleNamed(counting, at.app.registry, text, false).then((people) => [
          asked.length,
          people.map(({ names }) => names[1]),
        ])
      })
    expect(await named('委托给沈静到周五')).toEqual([1, ['M2']])
    expect(await named('委託給沈靜到週五')).toEqual([1, ['M2']])
    expect(await named('delegate to ｍ２ until Friday')).toEqual([1, ['M2']])
    expect(await named('请假 明天 沈静知道')).toEqual([0, []])
  })
})

describe('an event that comes twice', () => {
  it('runs once and is answered with the stored reply', async () => {
    let ran = 0
    const at = await stand(test.db, { alpha: () => ({ message: { text: `ran ${++ran}` } }) })
    const event = commanded('probe alpha')
    const first = await at.app.deliver(at.platform, event)
    expect(first.message).toEqual({ text: 'ran 1' })
    expect(await at.app.deliver(at.platform, event)).toEqual(first)
    expect(ran).toBe(1)
  })

  it('after its answer broke off is answered, or said by the outbox, and never both', async () => {
    const at = await stand(test.db)
    const [carried, said] = [commanded('probe alpha'), commanded('probe b', 'UA2')]
    for (const event of [carried, said]) {
      const { key } = await at.app.deliver(at.platform, event)
      await at.app.replied([key ?? ''], false)
    }
    const again = await at.app.deliver(at.platform, carried)
    expect(again.message).toEqual({ text: 'did alpha' })
    await at.flush()
    expect(words(at)).toEqual(['did b'])
    expect(await at.app.deliver(at.platform, said)).toEqual({})
    await at.app.replied([again.key ?? ''], true)
    await at.flush()
    expect(words(at)).toEqual(['did b'])
    expect(await held()).toBe(0)
  })

  it.each([
    ['in this process', false],
    ['in another process', true],
  ])('%s before the first answer is known to have broken off is not said a second time', async (_, elsewhere) => {
    const at = await stand(test.db)
    const other = elsewhere ? await at.another(test.second) : at.app
    const event = commanded('probe alpha')
    const first = await at.app.deliver(at.platform, event)
    const again = await other.deliver(at.platform, event)
    expect(again.message).toEqual({ text: 'did alpha' })
    await at.app.replied([first.key ?? ''], false)
    await at.flush()
    expect(words(at)).toEqual([])
    await other.replied([again.key ?? ''], false)
    await at.flush()
    expect(words(at)).toEqual(['did alpha'])
  })

  it('while the first is still being handled is answered with what comes of it: nobody listens to the first any more', async () => {
    const slow = gate()
    const at = await stand(test.db, { slow: () => slow.passed.then(() => ({ message: { text: 'done' } })) })
    const event = commanded('probe slow')
    const first = at.app.deliver(at.platform, event)
    const other = await at.another(test.second)
    const again = other.deliver(at.platform, event)
    slow.open()
    for (const answer of [await first, await again]) expect(answer.message).toEqual({ text: 'done' })
    await at.app.replied([(await first).key ?? ''], false)
    await other.replied([(await again).key ?? ''], true)
    await at.flush()
    expect(words(at)).toEqual([])
  })

  it('while the first is still being handled is acknowledged empty at the limit, or at once where no answer carries anything', async () => {
    if (test.db === test.second) return
    const slow = gate()
    const script = { slow: () => slow.passed.then(() => ({ message: { text: 'done' } })) }
    const at = await stand(test.db, script, { answerWithinMs: 50 })
    const other = await at.another(test.second)
    for (const event of [commanded('probe slow'), typed('/probe slow', 'UA2')]) {
      const first = at.app.deliver(at.platform, event)
      while (!(await isThere(event.key))) await new Promise((resolve) => setImmediate(resolve))
      expect(await other.deliver(at.platform, event)).toEqual({})
      expect(await first).toEqual({})
    }
    slow.open()
    await at.app.inbox.drain()
    await at.flush()
    expect(words(at)).toEqual(['done', 'done'])
  })

  it('that ends with the errors of a form gets the same errors again', async () => {
    const at = await stand(test.db, { bad: refusing('no such word', 'word') })
    const event = filled('bad')
    expect(await at.app.deliver(at.platform, event)).toEqual({ errors: { word: 'no such word' } })
    expect(await at.app.deliver(at.platform, event)).toEqual({ errors: { word: 'no such word' } })
  })
})

describe('the answer', () => {
  it('carries the reply, and the outbox says it only when the answer did not leave', async () => {
    const at = await stand(test.db)
    const [left, broken] = [
      await at.app.deliver(at.platform, commanded('probe a')),
      await at.app.deliver(at.platform, commanded('probe b')),
    ]
    await at.flush()
    expect(at.sent).toEqual([])
    await at.app.replied([left.key ?? ''], true)
    await at.app.replied([broken.key ?? ''], false)
    await at.flush()
    expect(words(at)).toEqual(['did b'])
    expect(await held()).toBe(0)
  })

  it('is empty at the limit; what the handler says later leaves through the outbox, once', async () => {
    const slow = gate()
    const at = await stand(
      test.db,
      { slow: () => slow.passed.then(() => ({ message: { text: 'late' } })) },
      { answerWithinMs: 5 },
    )
    const event = commanded('probe slow')
    expect(await at.app.deliver(at.platform, event)).toEqual({})
    slow.open()
    await at.app.inbox.drain()
    await at.flush()
    expect(words(at)).toEqual(['late'])
    // Not a second time either, when the platform took the empty answer for none.
    expect(await at.app.deliver(at.platform, event)).toEqual({})
  })

  it('that comes too late for the errors of a form says them in a message: the window is closed by then', async () => {
    const slow = gate()
    const at = await stand(
      test.db,
      { bad: () => slow.passed.then(refusing('no such word', 'word')) },
      { answerWithinMs: 5 },
    )
    expect(await at.app.deliver(at.platform, filled('bad'))).toEqual({})
    slow.open()
    await at.app.inbox.drain()
    await at.flush()
    expect(words(at)).toEqual(['no such word'])
  })

  it('takes what no database stores for what it is', async () => {
    const at = await stand(test.db)
    const answer = await at.app.deliver(at.platform, commanded('probe a\u0000b \ud83d'))
    expect(answer.message).toEqual({ text: 'did a\uFFFDb \uFFFD' })
    expect(await inbox()).toEqual([{ state: 'done', attempts: 0, last_error: null }])
  })
})

describe('a handler that fails', () => {
  const boom = (times: number) => {
    let left = times
    return () => {
      if (left-- > 0) throw new Error('boom\nwith a second line')
      return { message: { text: 'at last' } }
    }
  }

  it('is told at once with a reference, in the person’s own language, and tried again until it works', async () => {
    const at = await stand(test.db, { alpha: boom(2) })
    const answer = await at.app.deliver(at.platform, commanded('probe alpha', 'UE1'))
    expect(answer.message?.text).toMatch(/Something went wrong on my side, reference E1/)
    await at.app.replied([answer.key ?? ''], true)
    expect(await inbox()).toEqual([{ state: 'received', attempts: 1, last_error: 'Error: boom' }])
    for (const ms of [4_999, 1, 20_000]) {
      at.clock.advance(ms)
      await at.flush()
    }
    expect(words(at)).toEqual(['at last'])
    expect(await inbox()).toEqual([{ state: 'done', attempts: 3, last_error: 'Error: boom' }])
  })

  it('is given up after four attempts, and the person reads that nothing was done', async () => {
    const at = await stand(test.db, { alpha: boom(99) })
    const { key } = await at.app.deliver(at.platform, commanded('probe alpha'))
    await at.app.replied([key ?? ''], true)
    for (const ms of [5_000, 20_000, 80_000, 999_000]) {
      at.clock.advance(ms)
      await at.flush()
    }
    expect(await inbox()).toEqual([{ state: 'parked', attempts: 4, last_error: 'Error: boom' }])
    expect(words(at)).toEqual([expect.stringContaining('试了 4 次还是没办成，编号 E1')])
    expect(at.logged.map(({ message }) => message)).toContain('an event was given up')
  })

  it('tells somebody it does not know in the language that the platform names', async () => {
    const at = await stand(test.db)
    const answer = await at.app.deliver(at.platform, { ...commanded('probe alpha', 'UNOBODY'), locale: 'en' })
    expect(answer.message?.text).toMatch(/I do not know you yet/)
  })

  it('says how it ended, also where the handler itself would only have nodded', async () => {
    let ran = 0
    const at = await stand(test.db, {
      button1: () => {
        if (ran++ === 0) throw new Error('boom')
        return { toast: 'Approved.' }
      },
    })
    await at.app.deliver(at.platform, clicked('probe.button', { n: 1 }))
    at.clock.advance(5_000)
    await at.flush()
    expect(words(at)).toEqual([expect.stringContaining('编号 E1'), 'Approved.'])
  })
})

describe('an event whose time to be answered is over', () => {
  it.each([
    ['the errors of a form', filled('bad'), { bad: refusing('no such word', 'word') }, 'no such word'],
    ['a form', commanded('probe form'), { form: () => ({ form: FORM }) }, '表单没能及时打开，请再操作一次。'],
    ['a reply', commanded('probe alpha'), {}, 'did alpha'],
  ])('still says %s, once', async (_, event, script, said) => {
    const at = await stand(test.db, script)
    await at.app.deliver(at.platform, event)
    await leftBehind()
    at.clock.advance(2_000)
    await at.flush()
    expect(words(at)).toEqual([said])
    expect(await at.app.deliver(at.platform, event)).toEqual({})
  })
})

/** As if its process had ended when the row was there and nothing else. */
async function leftBehind() {
  await rows(`UPDATE inbox SET state = 'received', answer = NULL, due_at = received_at + interval '2 seconds'`)
  await rows('DELETE FROM outbox')
}

describe('a process that ends', () => {
  it('before it handled what it stored leaves it to the next, which says it through the outbox', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, commanded('probe alpha'))
    await leftBehind()
    await at.flush()
    expect(at.sent).toEqual([])
    at.clock.advance(2_000)
    await at.flush()
    expect(words(at)).toEqual(['did alpha'])
  })

  it('every time it handles an event gives that event up after four', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, commanded('probe alpha'))
    await leftBehind()
    await rows('UPDATE inbox SET attempts = 4')
    at.clock.advance(2_000)
    await at.flush()
    expect(words(at)).toEqual([expect.stringContaining('试了 4 次')])
    expect(await inbox()).toEqual([
      { state: 'parked', attempts: 4, last_error: 'Error: Its process ended while it was handled' },
    ])
  })

  it('for a platform that is not there any more keeps nobody awake', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, commanded('probe alpha'))
    await leftBehind()
    await rows(`UPDATE inbox SET platform = 'lark'`)
    at.clock.advance(2_000)
    expect(await at.app.inbox.pump()).toBe(0)
    expect(await at.app.inbox.nextDueAt()).toBeUndefined()
  })

  it('and one that handles it now are never both at it', async () => {
    if (test.db === test.second) return
    const slow = gate()
    let ran = 0
    const at = await stand(test.db, {
      slow: async () => {
        ran++
        await slow.passed
        return { message: { text: 'done' } }
      },
    })
    const first = at.app.deliver(at.platform, commanded('probe slow'))
    const other = await at.another(test.second)
    while (ran === 0) await new Promise((resolve) => setImmediate(resolve))
    at.clock.advance(60_000)
    expect(await other.inbox.pump()).toBe(0)
    slow.open()
    expect((await first).message).toEqual({ text: 'done' })
    expect(await other.inbox.pump()).toBe(0)
    expect(ran).toBe(1)
  })
})

describe('a form', () => {
  it('opens as a placeholder before the handler is done, and is filled then', async () => {
    const slow = gate()
    const at = await stand(test.db, { form: () => slow.passed.then(() => ({ form: FORM })) })
    const answer = at.app.deliver(at.platform, commanded('probe form', 'UE1'))
    while (at.window.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(at.window).toEqual([{ placeholder: 'en' }])
    slow.open()
    expect(await answer).toEqual({})
    expect(at.window[1]).toEqual({ form: FORM, locale: 'en' })
    expect(await held()).toBe(0)
  })

  it('shows the refusal in the window, and says it nowhere else', async () => {
    const at = await stand(test.db, { form: refusing('not today') })
    expect(await at.app.deliver(at.platform, commanded('probe form'))).toEqual({})
    await at.flush()
    expect(at.window[1]).toEqual({ message: { text: 'not today' }, locale: 'zh-CN' })
    expect(at.sent).toEqual([])
  })

  it('that turns out not to be needed leaves no placeholder behind', async () => {
    const at = await stand(test.db, { form: () => ({}) })
    await at.app.deliver(at.platform, commanded('probe form'))
    expect(at.window[1]).toEqual({ message: { text: '这里没有需要填写的内容。' }, locale: 'zh-CN' })
  })

  it('that the platform does not open is not lost without a word', async () => {
    const at = await stand(test.db, { form: () => ({ form: FORM }) })
    at.failForms = 2
    expect((await at.app.deliver(at.platform, commanded('probe form', 'UE1'))).form).toBeDefined()
    await at.flush()
    expect(words(at)).toEqual(['The form could not be opened in time. Please do that once more.'])
  })

  it('cannot follow a plain message: a button opens it', async () => {
    const at = await stand(test.db, { form: () => ({ form: FORM }) })
    await at.app.deliver(at.platform, typed('/probe form'))
    await at.flush()
    const [button] = at.sent[0]?.message.card?.buttons ?? []
    expect(at.window).toEqual([])
    await at.app.deliver(at.platform, clicked(button?.action ?? '', JSON.parse(button?.value ?? '{}')))
    expect(at.window).toEqual([{ placeholder: 'zh-CN' }, { form: FORM, locale: 'zh-CN' }])
    await at.app.deliver(at.platform, clicked(button?.action ?? '', JSON.parse(button?.value ?? '{}'), 'UA2'))
    expect(at.window.at(-1)).toMatchObject({ message: { text: '找不到那条消息了，请重新说一遍。' } })
  })
})

describe('a suggestion', () => {
  it('runs as if its name had been typed; one that was never made does nothing', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, typed('prboe'))
    const [slip] = await rows(`SELECT id FROM inbox WHERE kind = 'said'`)
    const event = String(slip?.['id'])
    await at.app.deliver(at.platform, clicked('inbox.suggestion', { command: 'probe.run', event }))
    await at.app.deliver(at.platform, clicked('inbox.suggestion', { command: 'no.such', event }))
    await at.app.deliver(at.platform, clicked('inbox.suggestion', { command: 'probe.run', event }, 'UA2'))
    await at.flush()
    const said = words(at).slice(1).map(String).sort()
    const over = expect.stringContaining('已经结束')
    expect(said).toEqual(['did nothing', over, over])
  })
})

describe('a button from outside', () => {
  it.each([
    ['of an action that nobody declares', 'probe.gone', { n: 1 }],
    ['with a payload of another shape', 'probe.button', { n: 'x' }],
    ['with a form that does not exist', 'inbox.open-form', { event: '1; DROP TABLE inbox' }],
  ])('%s does nothing and says so', async (_, action, value) => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, clicked(action, value))
    await at.flush()
    expect(JSON.stringify([words(at), at.window])).toMatch(/这个按钮已经失效了/)
  })

  it('with the number of somebody else’s edited message changes nothing of theirs', async () => {
    const at = await stand(test.db)
    const said = typed('请假 10月12日')
    await at.app.deliver(at.platform, said)
    await at.app.deliver(at.platform, { ...typed('请假 10月13日'), kind: 'edited', messageId: said.messageId })
    await at.flush()
    const offer = at.sent.at(-1)?.message.card
    expect(offer?.buttons).toHaveLength(3)
    for (const button of offer?.buttons ?? []) {
      await at.app.deliver(at.platform, clicked(button.action, JSON.parse(button.value), 'UA2'))
      await at.flush()
      expect(words(at).at(-1)).toBe('找不到那条消息了，请重新说一遍。')
    }
    expect(await rows(`SELECT 1 FROM outbox WHERE operation = 'edit'`)).toEqual([])
  })
})

describe('housekeeping', () => {
  it('forgets what was done two days ago and keeps what was given up', async () => {
    const at = await stand(test.db)
    await at.app.deliver(at.platform, commanded('probe a'))
    await at.app.deliver(at.platform, commanded('probe b'))
    await rows(`UPDATE inbox SET state = 'parked' WHERE id = 2`)
    at.clock.advance(48 * 3_600_000)
    expect(await at.app.inbox.forget()).toBe(0)
    at.clock.advance(1)
    expect(await at.app.inbox.forget()).toBe(1)
    expect(await rows('SELECT id::int AS id FROM inbox')).toEqual([{ id: 2 }])
  })
})
