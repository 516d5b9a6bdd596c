/** The doors: what each call is answered with, and who may see what is for this machine alone. */
import http from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { PlatformError } from '../../src/core/errors.ts'
import { type Incoming, MalformedCall, type Platform } from '../../src/core/platform.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createServer, type HttpDeps, type HttpServer } from '../../src/http/server.ts'

const open: HttpServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

const EVENT = { kind: 'said', text: 'hello', key: 'k1' } as unknown as Incoming

interface Stand {
  readonly port: number
  readonly replied: { readonly keys: readonly string[]; readonly left: boolean }[]
  readonly logged: string[]
  /** Resolves when the next replies were marked. */
  marked(): Promise<void>
}

async function serve(receive: Platform['receive'], more: Partial<HttpDeps> = {}): Promise<Stand> {
  const [replied, logged, waiting]: [Stand['replied'], string[], (() => void)[]] = [[], [], []]
  const log = (_: object, message: string) => void logged.push(message)
  const server = createServer({
    platforms: [{ name: 'fake', paths: ['/fake/events'], receive } as unknown as Platform],
    deliver: async () => ({ message: { text: 'hi' }, key: 'r-1' }),
    async replied(keys, left) {
      replied.push({ keys, left })
      for (const done of waiting.splice(0)) done()
    },
    readiness: async () => ({ ready: true, parts: [] }),
    metrics: createMetrics([{ name: 'rows', help: 'Rows', label: 'queue', read: async () => ({ 'inbox parked': 2 }) }]),
    opsToken: undefined,
    local: { '/simulator': async (request) => new Response(`page ${new URL(request.url).pathname}`) },
    rehearsal: undefined,
    log: { warn: log, error: log },
    ...more,
  })
  open.push(server)
  const port = await server.listen('127.0.0.1', 0)
  const marked = () => (replied.length > 0 ? Promise.resolve() : new Promise<void>((done) => waiting.push(done)))
  return { port, replied, logged, marked }
}

interface Got {
  readonly status: number
  readonly text: string
}
/** Over node's own client: `fetch` does not let a Host header be forged. */
function ask(port: number, path: string, options: http.RequestOptions & { body?: string | Buffer } = {}): Promise<Got> {
  const { body, ...rest } = options
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}
const post = (port: number, body: string | Buffer = '{}', headers = {}) =>
  ask(port, '/fake/events', { method: 'POST', body, headers })
const answering: Platform['receive'] = async (_, deliver) => {
  const { message } = await deliver(EVENT)
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) }
}
const throwing = (error: unknown) => async () => {
  throw error
}

describe('a call of a platform', () => {
  it('arrives with its raw bytes and is answered with what the platform made of the answer', async () => {
    const seen: unknown[] = []
    const { port, replied, marked } = await serve(async (request, deliver) => {
      seen.push([request.method, request.url, Buffer.from(request.body).toString('hex'), request.headers['x-one']])
      return answering(request, deliver)
    })
    const got = await ask(port, '/fake/events?a=%20b', {
      method: 'POST',
      body: Buffer.from([0xff, 0x00, 0x7f]),
      headers: { 'X-One': '1' },
    })
    expect(seen).toEqual([['POST', '/fake/events?a=%20b', 'ff007f', '1']])
    expect(got).toEqual({ status: 200, text: '{"text":"hi"}' })
    await marked()
    expect(replied).toEqual([{ keys: ['r-1'], left: true }])
  })

  it.each([
    ['forged', new PlatformError('not-authentic', 'the signature is wrong'), 401, 'not-authentic'],
    ['unreadable', new MalformedCall('no JSON'), 400, 'malformed'],
    ['unlucky', new Error('the database is away'), 500, 'failed'],
  ])('that is %s is refused without a word of why, and counted', async (_, error, status, outcome) => {
    const { port } = await serve(throwing(error))
    const got = await post(port)
    expect(got.status).toBe(status)
    expect(got.text).not.toMatch(/signature|JSON|database/)
    const metrics = await ask(port, '/metrics')
    expect(metrics.text).toContain(`banzhang_calls_total{platform="fake",outcome="${outcome}"} 1`)
  })

  it('that breaks after an event was handled has its reply said by the outbox', async () => {
    const { port, replied } = await serve(async (_, deliver) => {
      await deliver(EVENT)
      throw new Error('late')
    })
    expect((await post(port)).status).toBe(500)
    expect(replied).toEqual([{ keys: ['r-1'], left: false }])
  })

  it('whose caller hangs up before the answer has its reply said by the outbox', async () => {
    let hungUp = () => {}
    const gone = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const stand = await serve(async (request, deliver) => {
      call.destroy()
      await gone
      // The server's end of the connection hears of it a few turns later.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
      return answering(request, deliver)
    })
    const call = http.request({ host: '127.0.0.1', port: stand.port, path: '/fake/events', method: 'POST' })
    call.on('error', () => {})
    call.on('close', hungUp)
    call.end('{}')
    await stand.marked()
    expect(stand.replied).toEqual([{ keys: ['r-1'], left: false }])
  })

  it.each([
    ['told beforehand', {}],
    ['sent in pieces', { 'transfer-encoding': 'chunked' }],
  ])('over a megabyte, its length %s, is refused before the platform sees it', async (_, headers) => {
    let received = 0
    const { port } = await serve(async () => {
      received++
      return { status: 200 }
    })
    expect((await post(port, Buffer.alloc(1_000_000), headers)).status).toBe(200)
    expect((await post(port, Buffer.alloc(1_000_001), headers)).status).toBe(413)
    expect(received).toBe(1)
    expect((await ask(port, '/metrics')).text).toContain('outcome="too-large"} 1')
  })
})

describe('health', () => {
  it('is alive without a database and ready only with one', async () => {
    const parts = [{ part: 'database', ok: false, detail: 'it does not answer' }]
    const { port } = await serve(answering, { readiness: async () => ({ ready: false, parts }) })
    expect(await ask(port, '/healthz')).toEqual({ status: 200, text: 'ok' })
    expect(await ask(port, '/readyz')).toEqual({
      status: 503,
      text: 'not ready\ndatabase: attention: it does not answer\n',
    })
    expect(await ask((await serve(answering)).port, '/readyz')).toEqual({ status: 200, text: 'ready\n' })
  })

  it('tells outsiders the verdict and nothing of the parts', async () => {
    const parts = [{ part: 'slack', ok: false, detail: 'the token was revoked' }]
    const { port } = await serve(answering, { readiness: async () => ({ ready: true, parts }), opsToken: 'sesame' })
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    expect(await ask(port, '/readyz', { headers })).toEqual({ status: 200, text: 'ready\n' })
    const inside = await ask(port, '/readyz', { headers: { ...headers, authorization: 'Bearer sesame' } })
    expect(inside.text).toContain('slack: attention: the token was revoked')
  })

  it('answers 404 to what is not there, and 500 without details to what breaks', async () => {
    const { port, logged } = await serve(answering, { local: { '/simulator': throwing(new Error('secret')) } })
    expect((await ask(port, '/nothing')).status).toBe(404)
    expect(await ask(port, '/simulator')).toEqual({ status: 500, text: 'Something went wrong' })
    expect(logged).toEqual(['a request failed'])
  })
})

describe('what is for this machine alone', () => {
  const HOSTS: readonly (readonly [string, boolean])[] = [
    ['localhost', true],
    ['localhost:3000', true],
    ['127.0.0.1:1', true],
    ['127.8.8.8', true],
    ['[::1]:3000', true],
    ['bot.example.com', false],
    ['localhost.example.com', false],
    ['localhost.', false],
    ['127.0.0.1.example.com', false],
    ['127.0.0.1:80@example.com', false],
    ['10.0.0.1', false],
  ]
  it.each(HOSTS)('asked for as %s is shown: %s', async (host, shown) => {
    const { port } = await serve(answering)
    for (const path of ['/simulator', '/simulator/api/boot', '/metrics']) {
      const { status } = await ask(port, path, { headers: { host } })
      expect([path, status === 200]).toEqual([path, shown])
    }
  })

  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'cf-connecting-ip'])(
    'is hidden from a call that came through a proxy (%s)',
    async (header) => {
      const { port } = await serve(answering, { rehearsal: { now: () => 0, advanceTo: async () => {} } })
      for (const path of ['/simulator', '/metrics', '/rehearsal/clock'])
        expect((await ask(port, path, { headers: { [header]: '1' } })).status).toBe(404)
    },
  )

  it('opens the metrics, and nothing else, to the bearer of the token', async () => {
    const { port } = await serve(answering, { opsToken: 'open-sesame' })
    const far = (authorization: string, path = '/metrics') =>
      ask(port, path, { headers: { host: 'bot.example.com', authorization } })
    const got = await far('Bearer open-sesame')
    expect(got.status).toBe(200)
    expect(got.text).toContain('banzhang_rows{queue="inbox parked"} 2')
    for (const wrong of ['', 'Bearer ', 'Bearer open-sesam', 'Bearer open-sesamE', 'open-sesame', 'Basic open-sesame'])
      expect((await far(wrong)).status).toBe(404)
    expect((await far('Bearer open-sesame', '/simulator')).status).toBe(404)
  })

  it('stays shut when no token is set, whatever is sent', async () => {
    const { port } = await serve(answering)
    for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer'])
      expect((await ask(port, '/metrics', { headers: { host: 'bot.example.com', authorization } })).status).toBe(404)
  })
})

describe('the rehearsal clock', () => {
  const NOW = Date.parse('2026-09-28T01:00:00Z')
  const moved: number[] = []
  const clock = {
    now: () => moved.at(-1) ?? NOW,
    async advanceTo(instant: number) {
      if (instant <= this.now()) throw new RangeError('The clock only moves forward: that instant has passed.')
      moved.push(instant)
    },
  }
  const send = async (body: unknown, headers: http.OutgoingHttpHeaders = { 'content-type': 'application/json' }) => {
    moved.length = 0
    const { port } = await serve(answering, { rehearsal: clock })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const got = await ask(port, '/rehearsal/clock', { method: 'POST', body: text, headers })
    return { status: got.status, ...(JSON.parse(got.text) as { now?: string; error?: string }) }
  }

  it('exists only in rehearsal', async () => {
    expect((await ask((await serve(answering)).port, '/rehearsal/clock')).status).toBe(404)
  })

  it('says what it shows', async () => {
    moved.length = 0
    const { port } = await serve(answering, { rehearsal: clock })
    expect(await ask(port, '/rehearsal/clock')).toEqual({ status: 200, text: '{"now":"2026-09-28T01:00:00.000Z"}' })
  })

  it.each([
    [{ advance: 'PT8H' }, '2026-09-28T09:00:00.000Z'],
    [{ advance: 'P1DT30M' }, '2026-09-29T01:30:00.000Z'],
    [{ to: '2026-10-09T15:30:00+08:00' }, '2026-10-09T07:30:00.000Z'],
  ])('moves by %j', async (body, now) => {
    expect(await send(body)).toEqual({ status: 200, now })
  })

  it.each([
    ['the past', { to: '2026-09-28T08:59:59+08:00' }],
    ['no time at all', { advance: 'PT0S' }],
    ['backwards', { advance: '-PT8H' }],
    ['no duration', { advance: 'P' }],
    ['longer than any calendar', { advance: 'P999999999Y' }],
    ['an instant without its offset', { to: '2026-10-09T15:30:00' }],
    ['a day that is not', { to: '2026-02-30T00:00:00Z' }],
    ['both', { to: '2026-10-09T15:30:00+08:00', advance: 'PT8H' }],
    ['no JSON', '{"advance"'],
    ['nothing', ''],
    ['a list', []],
  ])('refuses %s and says how', async (_, body) => {
    const got = await send(body)
    expect(got.status).toBe(400)
    expect(got.error).toMatch(/Send \{"advance"|only moves forward/)
    expect(moved).toEqual([])
  })

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'is not moved by what a page of another origin can send unasked (%s)',
    async (type) => {
      expect((await send({ advance: 'PT8H' }, type === undefined ? {} : { 'content-type': type })).status).toBe(400)
      expect(moved).toEqual([])
    },
  )
})
