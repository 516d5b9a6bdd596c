/** Form pages at the door: nothing is spent by looking, everything is taken once, and each refusal says what to do. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR_MS, SECOND_MS } from '#core/clock.ts'
import { type Form, form } from '#core/form.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { createPages, type Pages } from '#engine/pages/pages.ts'
import { uploads } from '#engine/pages/uploads.ts'
import { loadPolicy } from '#engine/policy/loaded.ts'
import { Ask } from '../adapters/contract/samples.ts'
import { JPEG, PDF, PNG } from '../engine/files/samples.ts'
import { AN, BO, CHEN, hire, POLICY } from '../engine/outbox/support.ts'
import { testDatabase } from '../support/database.ts'
import { type FormServer, serveForms } from '../support/form-server.ts'
import { type PageHand, pageHand } from '../support/page-hand.ts'

const test = testDatabase({ keep: true })
const policy = loadPolicy({ ...POLICY.content, sections: { ...POLICY.content.sections, files: { bytesMaxMiB: 1 } } }, 1)
const real = { now: Date.parse('2026-11-20T00:00:00Z') }
const heard: Incoming[] = []
const logged: string[] = []
let answers: (() => Promise<Answer>)[] = []
let pages: Pages
let server: FormServer
beforeAll(async () => {
  await hire(test.db)
  pages = createPages({
    db: test.db,
    policy: () => policy,
    deliver(platform, event) {
      if (platform !== 'slack') return undefined
      heard.push(event)
      return (answers.shift() ?? (async () => ({})))()
    },
    log: { error: (_, message) => void logged.push(message) },
    realNow: () => real.now,
  })
  server = await serveForms({ pages }, { realNow: () => real.now })
})
afterAll(() => server.close())
beforeEach(() => {
  heard.length = 0
  logged.length = 0
  answers = []
})

const TEXT: Form = form(
  Ask,
  { requestId: 'R1' },
  {
    title: 'Swap a shift',
    intro: 'Only what both agreed on.',
    fields: [
      { kind: 'text', name: 'why', label: 'Reason', charsMax: 20 },
      { kind: 'people', name: 'who', label: 'With', optional: true, countMax: 2 },
      { kind: 'file', name: 'proof', label: 'Proof', optional: true, countMax: 2 },
    ],
    submit: 'Send it',
    cancel: 'No',
  },
)
/** @returns the link, on the server under test */
async function link(personId = BO, { shown = TEXT, platform = 'slack', account = '' } = {}): Promise<string> {
  return test.db.transact('people', async (tx) => {
    const person = await peopleFor(tx, policy).byId(personId)
    if (!person) throw new Error('nobody')
    const own = { [AN]: 'U1', [BO]: 'U2' }[personId] ?? 'U3'
    const at = { platform, account: account || own, room: 'C7', roomKind: 'group' as const }
    return (await pages.open(tx, { ...at, person, form: shown })) ?? ''
  })
}
/** What is answered later, and the way to answer it. */
function held(): [Promise<Answer>, (answer: Answer) => void] {
  let give: (answer: Answer) => void = () => {}
  const answer = new Promise<Answer>((resolve) => {
    give = resolve
  })
  return [answer, give]
}
/** Looked at between two answers of the server, until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
/** The page in a second tab, as it stood when it was opened there. */
async function pageAgain(page: Pick<PageHand, 'url' | 'cookie' | 'get'>) {
  const csrf = /name="_csrf" value="([^"]+)"/.exec((await page.get()).text)?.[1] ?? ''
  return {
    async send(values: Readonly<Record<string, string>>): Promise<number> {
      const body = new FormData()
      for (const [name, value] of Object.entries({ _csrf: csrf, ...values })) body.append(name, value)
      const headers = { ...OWN, cookie: page.cookie }
      return (await fetch(page.url, { method: 'POST', redirect: 'manual', body, headers })).status
    },
  }
}
/** Whether what an event names still lies there, file by file. */
async function kept(event: Incoming | undefined): Promise<readonly boolean[]> {
  const files = event?.kind === 'filled' ? (event.files ?? []) : []
  return test.db.transact('people', ({ sql }) =>
    Promise.all(files.map(async ({ id }) => (await uploads.chunk(sql, id, 0)) !== undefined)),
  )
}
const hand = async (url?: string) => pageHand(server.base, url ?? (await link()))
const words = (text: string) => text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const OWN = { 'sec-fetch-site': 'same-origin' }
const press = (url: string, headers: Readonly<Record<string, string>> = OWN) =>
  fetch(url, { method: 'POST', redirect: 'manual', headers })
async function expectNotice(answer: Response, status: number, what: RegExp) {
  expect([answer.status, words(await answer.text())]).toEqual([status, expect.stringMatching(what)])
}

describe('a link', () => {
  it('shows whose it is and nothing of the form, keeps itself out of caches, frames and searches, and is never spent by looking', async () => {
    const url = await link(AN)
    for (const method of ['HEAD', 'GET', 'GET', 'HEAD']) expect((await fetch(url, { method })).status).toBe(200)
    const shown = await fetch(url)
    const text = await shown.text()
    expect(words(text)).toMatch(/Swap a shift 这份表单是给这位同事的 安然，客服部/)
    expect(text).not.toMatch(/Reason|agreed|<script| on\w+="| style=/)
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': expect.stringContaining('noindex'),
      'content-security-policy': expect.stringMatching(
        /^default-src 'none';(?!.*(script|unsafe)).*frame-ancestors 'none'/,
      ),
    })
    expect((await press(url)).status).toBe(303)
  })

  it('is given away once, for a cookie that belongs to this page alone; the one who has it can go on', async () => {
    const url = await link()
    const first = await press(url)
    const place = first.headers.get('location') ?? ''
    expect(place).toMatch(/^p\/[0-9a-f-]{36}$/)
    const cookie = first.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(
      new RegExp(`^banzhang-form=[\\w-]{43}; Max-Age=28800; Path=/forms/${place}; HttpOnly; SameSite=Lax$`),
    )
    await fetch(`${server.base}/forms/${place}`, { headers: { cookie: cookie.split(';')[0] ?? '' } })
    for (const again of [await press(url), await fetch(url)]) {
      const text = await again.text()
      expect([again.status, again.headers.get('set-cookie')]).toEqual([410, null])
      expect(text).toMatch(/opened already/)
      expect(text).toContain(`href="${place}"`)
    }
  })

  it('whose button is pressed again before the form was shown locks nobody out, and leaves one session', async () => {
    const url = await link()
    const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    // The answer to the first press was lost on the way: a browser forgets it when the button is pressed twice.
    const lost = await press(url)
    expect((await fetch(url)).status).toBe(200)
    const again = await press(url)
    const page = `${server.base}/forms/${again.headers.get('location')}`
    expect([lost.status, again.status]).toEqual([303, 303])
    expect((await fetch(page, { headers: { cookie: cookieOf(lost) } })).status).toBe(403)
    expect((await fetch(page, { headers: { cookie: cookieOf(again) } })).status).toBe(200)
    expect((await press(url)).status).toBe(410)
  })

  it('gives a cookie for safe connections alone where it is reached by one, below whatever path that is', async () => {
    pages.at('https://bot.example/inside/')
    const url = await link()
    expect(url).toMatch(/^https:\/\/bot\.example\/inside\/forms\//)
    const { headers } = await press(`${server.base}/forms/${url.split('/').at(-1)}`)
    pages.at(server.base)
    expect(headers.get('set-cookie')).toMatch(/; Path=\/inside\/forms\/p\/[^;]+; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('holds for a day to the second, and its session for eight hours', async () => {
    const [one, other] = [await link(), await link()]
    real.now += 24 * HOUR_MS - SECOND_MS
    const opened = await hand(one)
    real.now += SECOND_MS
    await expectNotice(await press(other), 410, /too old.*for a day/)
    real.now += 8 * HOUR_MS - 2 * SECOND_MS
    expect((await opened.get()).status).toBe(200)
    real.now += SECOND_MS
    expect((await opened.get()).status).toBe(403)
    await expectNotice(await fetch(one), 410, /opened already/)
  })

  it('that is none is answered in the language of the browser, and guessing is slowed down without stopping anybody', async () => {
    const none = `${server.base}/forms/${'x'.repeat(43)}`
    const ask = (language: string, url = none) => fetch(url, { headers: { 'accept-language': language } })
    await expectNotice(await ask('en-GB'), 404, /opens nothing/)
    await expectNotice(await ask('zh-TW'), 404, /這個連結打不開/)
    await expectNotice(await ask('en', `${server.base}/forms/short`), 404, /opens nothing/)
    const real43 = await link()
    let last = await ask('en')
    for (let n = 0; n < 30; n++) last = await ask('en')
    expect(last.headers.get('retry-after')).toBe('60')
    await expectNotice(last, 429, /Too many attempts/)
    expect((await fetch(real43)).status).toBe(200)
    real.now += 60 * SECOND_MS
    expect((await ask('en')).status).toBe(404)
  })

  it('is not opened by another site’s button', async () => {
    const url = await link()
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      await expectNotice(await press(url, headers), 403, /not sent from this form|不是从表单页面/)
    expect((await press(url, { 'sec-fetch-site': 'same-origin', origin: 'null' })).status).toBe(303)
  })
})

describe('a page in its session', () => {
  it('becomes one event of the person, in the room where it was asked for', async () => {
    const page = await hand()
    expect(page.fields.map(({ name, type }) => `${name} ${type}`)).toEqual(['why text', 'who select', 'proof file'])
    expect((await page.get()).text).toMatch(/each 1 MB at most, all together 2 MB/)
    expect(await page.fill({ why: '  <b>on a trip</b> ', who: ['安然', ''] })).toEqual({})
    expect(heard).toEqual([
      {
        kind: 'filled',
        key: expect.stringMatching(/^page:[0-9a-f-]{36}:0$/),
        person: 'U2',
        room: 'C7',
        roomKind: 'group',
        locale: 'en',
        canCarry: ['errors', 'toast'],
        form: 'contract.ask',
        value: '{"requestId":"R1"}',
        values: { why: '<b>on a trip</b>', who: [AN] },
      },
    ])
    expect(words((await page.get()).text)).toMatch(/Received “Swap a shift” has arrived/)
  })

  it('shows errors beside their fields and keeps what was typed, as words; the next attempt is another event', async () => {
    const page = await hand()
    expect(await page.fill({ why: '' })).toEqual({ why: 'Fill this in, please.' })
    expect(heard).toEqual([])
    answers = [async () => ({ errors: { why: 'LEAVE-05: too <short>', '': 'Not today.' } })]
    const typed = `"><script>alert(1)</script>`
    expect(await page.fill({ why: typed.slice(0, 20) })).toEqual({ why: 'LEAVE-05: too <short>', '': 'Not today.' })
    const again = await page.again()
    expect(again.status).toBe(303)
    expect(heard.map(({ key }) => key.split(':')[2])).toEqual(['0', '1'])
  })

  it('that could not be handed on is the same attempt when it is sent again', async () => {
    const page = await hand()
    answers = [() => Promise.reject(new Error('the database is away'))]
    expect(await page.fill({ why: 'x' })).toEqual({ '': expect.stringMatching(/could not be saved just now/) })
    expect(logged).toEqual(['a form page could not be handed on'])
    expect(await page.fill({})).toEqual({})
    expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
  })

  it('sent twice at once has one key, and after it was taken it is taken no more, in whatever tab', async () => {
    const page = await hand()
    let arrived = () => {}
    const both = new Promise<void>((resolve) => {
      let count = 0
      arrived = () => ++count === 2 && resolve()
    })
    const together = async () => {
      arrived()
      await both
      return {}
    }
    answers = [together, together]
    await page.get()
    const first = page.fill({ why: 'x' })
    await Promise.all([first, page.again()])
    expect(heard).toHaveLength(2)
    expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
    expect((await page.again()).status).toBe(409)
    expect(heard).toHaveLength(2)
  })

  it('is one event though another tab is corrected while it is in hand', async () => {
    const page = await hand()
    const other = await pageAgain(page)
    const [slow, answer] = held()
    answers = [() => slow]
    const first = page.fill({ why: 'x' })
    await until(() => heard.length === 1)
    expect(await other.send({ why: '' })).toBe(422)
    const second = other.send({ why: 'y' })
    await until(() => heard.length === 2)
    answer({})
    await Promise.all([first, second])
    expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
  })

  it('is not drawn again by an attempt that was refused when another had been taken', async () => {
    const page = await hand()
    const [slow, answer] = held()
    answers = [() => slow]
    const first = pageAgain(page).then((tab) => tab.send({ why: 'y' }))
    await until(() => heard.length === 1)
    expect(await page.fill({ why: 'x' })).toEqual({})
    answer({ errors: { why: 'too late' } })
    expect(await first).toBe(409)
  })

  it('offers colleagues who are here, by department, and takes nobody else', async () => {
    const page = await hand()
    const [{ options = {} } = { options: {} }] = page.fields.filter(({ name }) => name === 'who')
    expect(Object.values(options)).toEqual(['None', '安然', 'Bo', '陈'])
    expect((await page.get()).text).toContain('<optgroup label="Customer service">')
    expect(await page.fill({ why: 'x', who: [CHEN.replace('3', '9')] })).toEqual({
      who: expect.stringMatching(/not in the department/),
    })
  })
})

describe('files on a page', () => {
  const proof = (name: string, bytes: Uint8Array) => ({ name, mediaType: 'image/png', bytes })

  it('stay when something else is wrong, go when they are unticked, and reach the feature by their ids', async () => {
    const page = await hand()
    const sent = { proof: [proof('a.png', PNG), proof('b.jpg', JPEG)] }
    expect(await page.fill({ why: '' }, sent)).toHaveProperty('why')
    const kept = page.fields.length
    expect(kept).toBe(3)
    const ids = [...(await page.get()).text.matchAll(/name="_keep" value="([^"]+)"/g)].map(([, id = '']) => id)
    expect(await page.fill({ why: 'x', _keep: ids.slice(1) }, { proof: [proof('c.pdf', PDF)] })).toEqual({})
    const [event] = heard
    if (event?.kind !== 'filled') throw new Error('nothing was filled')
    expect(event.files).toMatchObject([
      { name: 'b.jpg', size: JPEG.length, upload: true },
      { name: 'c.pdf', size: PDF.length, upload: true },
    ])
    expect(event.values['proof']).toEqual(event.files?.map(({ id }) => id))
  })

  it('are not taken away from an attempt in hand by a second press of the button', async () => {
    const page = await hand()
    const [slow, answer] = held()
    answers = [() => slow]
    const first = page.fill({ why: 'x' }, { proof: [proof('a.png', PNG)] })
    await until(() => heard.length === 1)
    const second = page.again()
    await until(() => heard.length === 2)
    answer({})
    await Promise.all([first, second])
    expect(await kept(heard[0])).toEqual([true])
  })

  it('that another tab has thrown away are asked for again, not left out in silence', async () => {
    const page = await hand()
    const other = await pageAgain(page)
    await page.fill({ why: '' }, { proof: [proof('a.png', PNG)] })
    expect(await other.send({ why: '' })).toBe(422)
    expect(await page.fill({ why: 'x' })).toEqual({ '': expect.stringMatching(/not here any more/) })
    expect(heard).toEqual([])
    expect(await page.fill({})).toEqual({})
  })

  it.each([
    [
      'too large',
      [proof('big.png', Buffer.concat([PNG, Buffer.alloc(1_048_576)]))],
      /“big\.png” is too large: at most 1 MB/,
    ],
    ['a program', [proof('x.png', Buffer.from('MZ\x90\x00'))], /“x\.png” is not what its name says/],
    ['too many', ['1', '2', '3'].map((n) => proof(`${n}.png`, PNG)), /At most 2 files/],
    ['empty', [proof('0.png', Buffer.alloc(0))], /“0\.png” is empty/],
  ])('that are %s are refused beside the field, and the form waits', async (_, files, what) => {
    const page = await hand()
    expect(await page.fill({ why: 'x' }, { proof: files })).toEqual({ proof: expect.stringMatching(what) })
    expect(heard).toEqual([])
    expect(await page.fill({})).toEqual({})
  })
})

describe('a call on a page is refused', () => {
  const send = (
    page: { url: string; cookie: string },
    body: FormData | string,
    headers: Readonly<Record<string, string>> = OWN,
  ) => fetch(page.url, { method: 'POST', redirect: 'manual', body, headers: { ...headers, cookie: page.cookie } })
  const bodyWith = (csrf: string) => {
    const body = new FormData()
    body.append('_csrf', csrf)
    body.append('why', 'forged')
    return body
  }
  const csrfOf = async (page: { get(): Promise<{ text: string }> }) =>
    /name="_csrf" value="([^"]+)"/.exec((await page.get()).text)?.[1] ?? ''

  it.each<[string, (mine: string, other: string) => [string, Readonly<Record<string, string>>?], RegExp]>([
    ['without the token of the page', () => [''], /not sent from this form/],
    ['with the token of another page', (_, other) => [other], /not sent from this form/],
    ['with a token cut short', (mine) => [mine.slice(0, -1)], /not sent from this form/],
    ['from another site', (mine) => [mine, { 'sec-fetch-site': 'cross-site' }], /不是从表单页面|not sent from/],
    ['from another origin', (mine) => [mine, { origin: 'https://evil.example' }], /不是从表单页面|not sent from/],
  ])('%s', async (_, forge, what) => {
    const [page, another] = [await hand(), await hand(await link(AN))]
    const [csrf, headers] = forge(await csrfOf(page), await csrfOf(another))
    await expectNotice(await send(page, bodyWith(csrf), headers), 403, what)
    expect(heard).toEqual([])
  })

  it('in the session of somebody else, or in none, even with that session’s own token', async () => {
    const [page, another] = [await hand(), await hand(await link(AN))]
    const csrf = await csrfOf(another)
    await expectNotice(await send({ ...page, cookie: another.cookie }, bodyWith(csrf)), 403, /not open here/)
    await expectNotice(await send({ ...page, cookie: '' }, bodyWith(csrf)), 403, /not open here/)
    await expectNotice(await fetch(page.url, { headers: { cookie: another.cookie } }), 403, /not open here/)
    await expectNotice(await fetch(`${server.base}/forms/p/${'-'.repeat(36)}`), 403, /表单没有在这里打开/)
    expect(heard).toEqual([])
  })

  it('with more than two of the largest files, or with what is no form; for a stranger nothing is read', async () => {
    const page = await hand()
    const stranger = { ...page, cookie: 'banzhang-form=x' }
    await expectNotice(await send(stranger, 'x'.repeat(3_200_000)), 403, /not open here/)
    const body = bodyWith(await csrfOf(page))
    body.append('proof', new File([new Uint8Array(3_200_000)], 'x.png'))
    await expectNotice(await send(page, body), 413, /一次发的内容太多了.*2 MB/)
    const broken = { ...OWN, 'content-type': 'multipart/form-data; boundary=x' }
    await expectNotice(await send(page, 'no form', broken), 400, /内容没有读出来/)
  })

  it('when its person has left, when the account is not theirs any more, and after fifty attempts', async () => {
    const left = await hand(await link(AN))
    const sql = (text: string, values: readonly unknown[]) => test.db.transact('people', (tx) => tx.sql(text, values))
    const csrf = await csrfOf(left)
    await sql('UPDATE person SET active = false WHERE id = $1', [AN])
    await expectNotice(await send(left, bodyWith(csrf)), 403, /表单已关闭/)
    await expectNotice(await fetch(await link(AN)), 410, /已经离开部门/)
    await sql('UPDATE person SET active = true WHERE id = $1', [AN])
    await expectNotice(await fetch(await link(BO, { account: 'U1' })), 410, /account it was asked for from/)
    const tired = await hand()
    await sql('UPDATE form_page SET attempts = 50 WHERE id = $1', [tired.url.split('/').at(-1)])
    await expectNotice(await send(tired, bodyWith(await csrfOf(tired))), 429, /sent too often.*for the form again/)
    expect(heard).toEqual([])
  })

  it('on a platform that is not on: nothing is lost', async () => {
    await test.db.transact('people', ({ sql }) =>
      sql(`INSERT INTO account (platform, account, person_id, linked_at) VALUES ('wecom', 'w3', $1, now())`, [CHEN]),
    )
    const page = await hand(await link(CHEN, { platform: 'wecom', account: 'w3' }))
    expect(await page.fill({ why: 'x' })).toEqual({ '': expect.stringMatching(/刚才没能保存/) })
  })
})

describe('behind the pages', () => {
  it('the database holds no link and no session, and what ended is thrown away two days later with its files', async () => {
    const url = await link()
    const page = await hand(url)
    await page.fill({ why: '' }, { proof: [{ name: 'a.png', mediaType: 'image/png', bytes: PNG }] })
    const count = async (table: string) =>
      (await test.db.transact('people', ({ sql }) => sql(`SELECT 1 FROM ${table}`))).length
    const rows = await test.db.transact('people', ({ sql }) => sql('SELECT * FROM form_page'))
    expect(JSON.stringify(rows)).not.toContain(url.split('/').at(-1))
    expect(JSON.stringify(rows)).not.toContain(page.cookie.split('=')[1])
    real.now += (8 + 48) * HOUR_MS
    while ((await pages.sweep()) > 0);
    expect((await fetch(url)).status).toBe(410)
    real.now += 16 * HOUR_MS + SECOND_MS
    while ((await pages.sweep()) > 0);
    expect([await count('form_page'), await count('form_upload'), await count('form_upload_chunk')]).toEqual([0, 0, 0])
    await expectNotice(await fetch(url), 404, /打不开/)
  })

  it('what goes wrong is said without a word of why, and the link is in no line of the log', async () => {
    const lines: string[] = []
    const broken = { ...pages, link: () => Promise.reject(new Error('connection refused')) }
    const other = await serveForms(
      { pages: broken },
      { log: { error: (data, message) => void lines.push(`${message} ${JSON.stringify(data)}`) } },
    )
    const token = 'y'.repeat(43)
    await expectNotice(await fetch(`${other.base}/forms/${token}`), 500, /我们这边出了点问题/)
    await other.close()
    pages.at(server.base)
    expect(lines).toEqual([expect.stringMatching(/^a form page failed/)])
    expect(lines.join()).not.toContain(token)
  })

  it('styles and the sign are served, and nothing else of the folder or beside it', async () => {
    const style = await fetch(`${server.base}/forms/assets/forms.css`)
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
    const etag = style.headers.get('etag') ?? ''
    const again = await fetch(`${server.base}/forms/assets/forms.css`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    for (const name of ['none.css', '..%2f..%2fpackage.json', 'forms.js'])
      expect((await fetch(`${server.base}/forms/assets/${name}`)).status).toBe(404)
  })
})
