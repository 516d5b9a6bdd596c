/** The page's door: who may call, what is refused and how it is said. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BODY_BYTES_MAX, SAID_CHARS_MAX } from '../../../adapters/simulator/limits.ts'
import { ORIGIN, simulate } from './support.ts'

let world = simulate()
beforeEach(() => {
  world = simulate()
})
afterEach(() => world.close())

const say = (more: object = {}) => ({ id: randomUUID(), account: 'wang', room: 'dm-wang', text: '请假 3天', ...more })
const WRITES = ['say', 'click', 'choose', 'submit', 'edit', 'delete', 'read', 'clock']
const messageOf = (answer: { json: Record<string, unknown> }) => (answer.json['error'] as { message: string }).message

describe('the page', () => {
  it('comes in the language that was asked for, else the browser’s, else Chinese', async () => {
    const html = async (path: string, language?: string) =>
      (await world.page.raw(path, language === undefined ? {} : { headers: { 'accept-language': language } })).text()
    expect(await html('/simulator')).toContain('<html lang="zh-CN">')
    expect(await html('/simulator', 'en-GB,en;q=0.9')).toContain('<html lang="en">')
    expect(await html('/simulator?lang=zh-CN', 'en')).toContain('班长 · 模拟器')
    expect(await html('/simulator', 'zh-TW,zh;q=0.9,en;q=0.8')).toContain('班長 · 模擬器')
    expect(await html('/simulator', 'zh-HK')).toContain('<html lang="zh-TW">')
    expect(await html('/simulator?lang=%3Cscript%3E', 'en')).not.toContain('<script>')
  })
  it('lets nothing be loaded, framed or sent but its own', async () => {
    for (const path of ['/simulator', '/simulator/app.js', '/simulator/api/boot', '/simulator/nothing-here']) {
      const { headers } = await world.page.raw(path)
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'self';.*frame-ancestors 'none'/)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
  it('serves its files with type and tag, and not twice', async () => {
    for (const [name, type] of [
      ['app.js', 'text/javascript'],
      ['style.css', 'text/css'],
      ['icon.svg', 'image/svg+xml'],
    ]) {
      const first = await world.page.raw(`/simulator/${name}`)
      expect(first.status).toBe(200)
      expect(first.headers.get('content-type')).toContain(type)
      const etag = first.headers.get('etag') ?? ''
      const second = await world.page.raw(`/simulator/${name}`, { headers: { 'if-none-match': etag } })
      expect([second.status, await second.text()]).toEqual([304, ''])
    }
  })
  it.each(['..%2fpackage.json', '%2e%2e%2fpackage.json', 'app.ts', '.env', 'app.js%00', 'nothing.js'])(
    'has no file %s',
    async (name) => {
      expect((await world.page.raw(`/simulator/${name}`)).status).toBe(404)
    },
  )
})

describe('a change is refused', () => {
  const headers = [
    ['without a token', { 'x-simulator-token': '' }],
    ['with a wrong token', { 'x-simulator-token': 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['from another site', { origin: 'https://evil.example' }],
    ['from another port', { origin: 'http://127.0.0.1:5000' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['when the browser says it is of another site', { 'sec-fetch-site': 'cross-site' }],
    ['when the browser says it is of a neighbour', { 'sec-fetch-site': 'same-site' }],
  ] as const
  it.each(headers)('%s', async (_, header) => {
    for (const path of WRITES) expect((await world.page.post(path, say(), header)).status, path).toBe(403)
    expect(world.heard).toEqual([])
  })
  it('without an origin', async () => {
    const token = await world.page.token()
    const answer = await world.page.raw('/simulator/api/say', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-simulator-token': token },
      body: JSON.stringify(say()),
    })
    expect(answer.status).toBe(403)
  })
  it('with the token of an earlier process, and the page is told so', async () => {
    const earlier = simulate()
    const token = await earlier.page.token()
    const answer = await world.page.post('say', say(), { 'x-simulator-token': token })
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'stale-page' } } })
    await earlier.close()
  })
  it('when it is not JSON', async () => {
    for (const body of ['{"id":', '', '[1', '\u0000'])
      expect((await world.page.post('say', body)).status, body).toBe(400)
    expect((await world.page.post('say', say(), { 'content-type': 'text/plain' })).status).toBe(400)
    expect((await world.page.post('say', say(), { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      400,
    )
  })
  it('when it is of another shape, naming the part', async () => {
    for (const [part, body] of Object.entries({
      id: say({ id: 'one' }),
      text: say({ text: 3 }),
      account: say({ account: '' }),
      room: say({ room: 'x'.repeat(201) }),
    })) {
      const answer = await world.page.post('say', body)
      expect(answer.status, part).toBe(400)
      expect(messageOf(answer)).toContain(part)
    }
    expect((await world.page.post('say', say({ admin: true }))).status).toBe(400)
  })
  it('when it is too large, whatever length it announces', async () => {
    const answer = await world.page.post('say', say({ text: 'x'.repeat(BODY_BYTES_MAX) }))
    expect(answer.status).toBe(413)
    expect(messageOf(answer)).toContain(String(BODY_BYTES_MAX))
  })
  it('when there is too much text or none', async () => {
    expect(messageOf(await world.page.post('say', say({ text: '字'.repeat(SAID_CHARS_MAX + 1) })))).toContain(
      String(SAID_CHARS_MAX + 1),
    )
    expect((await world.page.post('say', say({ text: ' \n　' }))).status).toBe(400)
    expect((await world.page.post('say', say({ text: '字'.repeat(SAID_CHARS_MAX) }))).status).toBe(200)
  })
  it('when it is not a POST', async () => {
    expect((await world.page.raw('/simulator/api/say', { method: 'PUT', headers: { origin: ORIGIN } })).status).toBe(
      404,
    )
  })
})

describe('people and rooms', () => {
  it('are refused when nobody knows them, by name', async () => {
    const person = await world.page.post('say', say({ account: 'nobody' }))
    expect(person.status).toBe(404)
    expect(messageOf(person)).toContain('“nobody”')
    const room = await world.page.post('say', say({ room: 'nowhere' }))
    expect(room.status).toBe(404)
    expect(messageOf(room)).toContain('“nowhere”')
  })
  it.each(['leads', 'dm-li'])('are kept apart: who is not in %s neither reads nor writes there', async (room) => {
    expect((await world.page.get(`messages?account=wang&room=${room}`)).status).toBe(403)
    const answers = await Promise.all([
      world.page.post('say', say({ room })),
      world.page.post('click', { id: randomUUID(), account: 'wang', room, message: 'm1', action: 'a', value: 'v' }),
      world.page.post('edit', { ...say({ room }), message: 'm1' }),
      world.page.post('read', { account: 'wang', room, seq: 1 }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect(world.heard).toEqual([])
  })
  it('that come while the simulator runs are known at once', async () => {
    await world.page.get('boot')
    world.host.staff.push({ account: 'new', name: '新人', title: '实习', department: '客服部', locale: 'zh-CN' })
    expect((await world.page.post('say', say({ account: 'new', room: 'dm-new' }))).status).toBe(200)
  })
  it('that have gone are gone as soon as the host is asked again', async () => {
    let now = 0
    const later = simulate({ realNow: () => now })
    await later.page.say('emma', 'service', 'bye')
    later.host.channels = later.host.channels.map((each) => ({
      ...each,
      members: each.members.filter((account) => account !== 'emma'),
    }))
    now += 60_000
    expect((await later.page.say('emma', 'service', 'still here?')).status).toBe(403)
    await later.close()
  })
})

describe('reading', () => {
  it('is refused to other sites', async () => {
    for (const path of ['boot', 'messages?account=wang&room=dm-wang', 'commands?account=wang', 'stream?account=wang']) {
      const answer = await world.page.raw(`/simulator/api/${path}`, { headers: { 'sec-fetch-site': 'cross-site' } })
      expect(answer.status, path).toBe(403)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
  it('of the beginning gives people, channels, words, unread and the clock, kept by nobody', async () => {
    await world.page.say('wang', 'service', '大家早')
    const { json } = await world.page.get('boot')
    expect(json).toMatchObject({
      people: [{ account: 'wang' }, { account: 'li' }, { account: 'emma' }, { account: 'chen' }],
      channels: [{ room: 'service' }, { room: 'leads' }],
      unread: { wang: { service: 0, 'dm-wang': 0 }, li: { service: 1, leads: 0 }, chen: { leads: 0 } },
      clock: { kind: 'rehearsal', zone: 'Asia/Shanghai', next: { what: { en: 'Morning check-in reminder' } } },
      words: { send: 'Send' },
    })
    expect((await world.page.raw('/simulator/api/boot')).headers.get('cache-control')).toBe('no-store')
  })
  it('of commands is for people who exist', async () => {
    expect((await world.page.get('commands?account=wang')).json).toMatchObject({
      commands: [{ say: 'leave' }, {}, {}, {}, {}],
    })
    expect((await world.page.get('commands?account=nobody')).status).toBe(404)
    expect((await world.page.get('commands')).status).toBe(404)
  })
})

describe('what fails behind the page', () => {
  it('is thrown to the server that mounts it, and not hidden in an answer', async () => {
    const failing = simulate({ answers: async () => Promise.reject(new Error('the database is away')) })
    await expect(failing.page.say('wang', 'dm-wang', 'hello')).rejects.toThrow('the database is away')
    await failing.close()
  })
  it('is said clearly when the bot does not listen, and nothing is said in its place', async () => {
    await world.close()
    const answer = await world.page.say('wang', 'dm-wang', 'hello')
    expect(answer.status).toBe(503)
    expect(messageOf(answer)).toContain('not listening')
    expect(await world.page.reads('wang', 'dm-wang')).toEqual([])
    expect((await world.page.say('wang', 'service', '大家早')).status).toBe(200)
  })
})
