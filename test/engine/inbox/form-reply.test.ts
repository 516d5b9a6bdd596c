/** A form as an answer: in each platform's own way, with its page where there are pages; and who was chosen in it. */
import { describe, expect, it } from 'vitest'
import { Refusal } from '#core/errors.ts'
import { testDatabase } from '../../support/database.ts'
import { clicked, FORM, filled, stand, typed } from './support.ts'

const test = testDatabase()
const BASE = 'https://bot.example'
const LINK = /^https:\/\/bot\.example\/forms\/[\w-]{43}$/
const SCRIPT = { form: () => ({ form: FORM }) }

describe('where forms lie in messages', () => {
  it('the form is said to the one who asked, and its page comes with it when there are pages', async () => {
    const { app, platform, sent, flush } = await stand(test.db, SCRIPT, { forms: 'card', opensForms: false })
    await app.deliver(platform, typed('/probe form'))
    app.pages.at(BASE)
    await app.deliver(platform, clicked('probe.button', { n: 1 }))
    await app.deliver(platform, typed('/probe form'))
    await flush()
    const forms = sent.map(({ message }) => message.form)
    expect(forms[0]).toEqual(FORM)
    expect(forms[2]).toEqual({ ...FORM, page: expect.stringMatching(LINK) })
  })

  it('is taken once, however often it is sent in; what was refused can be sent in again', async () => {
    let runs = 0
    const script = {
      x: () => {
        if (++runs === 1) throw new Refusal(() => 'not yet')
        return { message: { text: 'taken' } }
      },
    }
    const { app, platform } = await stand(test.db, script, { forms: 'card', opensForms: false })
    const press = (sentKey: string) =>
      app.deliver(platform, { ...filled('x'), canCarry: ['errors', 'toast'], room: 'G1', sentKey })
    expect(await press('reply:1')).toEqual({ errors: { '': 'not yet' } })
    const both = await Promise.all([press('reply:1'), press('reply:1')])
    expect(both).toContainEqual({})
    expect(both).toContainEqual({ toast: expect.stringMatching(/已经提交过/) })
    expect(await press('reply:2')).toEqual({})
    expect(runs).toBe(3)
  })

  it('is said again when the first try failed: nothing was lost that a click had opened', async () => {
    let tries = 0
    const script = {
      form: () => {
        if (++tries === 1) throw new Error('the handler stumbles')
        return { form: FORM }
      },
    }
    const { app, platform, sent, clock, flush } = await stand(test.db, script, { forms: 'card', opensForms: false })
    await app.deliver(platform, typed('/probe form'))
    clock.advance(10_000)
    await flush()
    expect(sent.at(-1)?.message.form).toEqual(FORM)
  })
})

describe('where forms are pages', () => {
  it('the message carries the address; without pages it says what is missing and how to do without', async () => {
    const { app, platform, sent, flush } = await stand(test.db, SCRIPT, { forms: 'page', opensForms: false })
    await app.deliver(platform, typed('/probe form'))
    app.pages.at(BASE)
    await app.deliver(platform, typed('/probe form'))
    await flush()
    expect(sent[0]?.message.text).toMatch(/“Probe”.*PUBLIC_URL.*“请假 明天下午”/)
    expect(sent[1]?.message.form?.page).toMatch(LINK)
  })
})

describe('where forms are windows', () => {
  it('the window shows the page’s address too, and so does the card in place of a window that cannot open', async () => {
    const { app, platform, window, sent, flush } = await stand(test.db, { ...SCRIPT, button1: SCRIPT.form })
    app.pages.at(`${BASE}/`)
    await app.deliver(platform, clicked('probe.button', { n: 1 }))
    await app.deliver(platform, typed('/probe form'))
    await flush()
    expect(window).toEqual([{ form: { ...FORM, page: expect.stringMatching(LINK) } }])
    expect(sent[0]?.message.card?.link).toEqual({ label: '在网页上填写', url: expect.stringMatching(LINK) })
  })
})

describe('people chosen in a form', () => {
  const accounts = (who: readonly string[]) => {
    const event = filled('choose')
    return { ...event, values: { ...event.values, who }, people: ['who'] }
  }

  it('reach the handler as our people, whatever the platform calls them', async () => {
    const seen: unknown[] = []
    const script = {
      choose: ({ who }: Readonly<Record<string, unknown>>) => {
        seen.push(who)
        return {}
      },
    }
    const { app, platform } = await stand(test.db, script)
    const people = await test.db.transact('people', ({ sql }) =>
      sql<{ id: string; staff: string }>('SELECT id, staff_no AS staff FROM person'),
    )
    const idOf = (staff: string) => people.find((person) => person.staff === staff)?.id
    expect(await app.deliver(platform, accounts(['UA2', 'US1', 'UA2']))).toEqual({})
    expect(seen).toEqual([[idOf('A2'), idOf('S1')]])
  })

  it('who are nobody’s account are refused beside the field', async () => {
    const { app, platform } = await stand(test.db, { choose: () => ({ message: { text: 'never' } }) })
    const { errors } = await app.deliver(platform, accounts(['UA2', 'UX9']))
    expect(errors).toEqual({ who: expect.stringMatching(/账号 UX9 不属于部门里的任何人/) })
  })

  it('are named by their accounts in the window that opens with them', async () => {
    const people: { id: string }[] = []
    const withPeople = () => ({
      form: {
        ...FORM,
        fields: [{ kind: 'people' as const, name: 'who', label: 'Who', initial: people.map(({ id }) => id) }],
      },
    })
    const { app, platform, window } = await stand(test.db, { button1: withPeople })
    people.push(
      ...(await test.db.transact('people', ({ sql }) =>
        sql<{ id: string }>(`SELECT id FROM person WHERE staff_no = 'A2'`),
      )),
    )
    await app.deliver(platform, clicked('probe.button', { n: 1 }))
    expect(window).toMatchObject([{ form: { fields: [{ initial: ['UA2'] }] } }])
  })
})
