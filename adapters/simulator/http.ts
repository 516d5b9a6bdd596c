/** The simulator's own HTTP side: the page, its files, what it reads, what it posts, and its stream. */
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { inEvery, inLocale, type Locale, localeOf } from '#core/i18n.ts'
import { asset } from './assets.ts'
import type { ClockHand } from './clock.ts'
import type { Directory } from './directory.ts'
import { addFiles, type FileParts } from './file-http.ts'
import { chooseBody, clickBody, clockBody, deleteBody, editBody, readBody, sayBody, submitBody } from './gestures.ts'
import { bodyOf, checkReader, checkWriter } from './guard.ts'
import type { SimulatorHost } from './host.ts'
import { messages } from './i18n.ts'
import { limits, MOVING_TICK_MS, PAGE_MESSAGES_MAX } from './limits.ts'
import { page } from './page.tsx'
import { words } from './page-words.ts'
import { Refused } from './refusal.ts'
import type { Streams } from './stream.ts'
import { viewOf } from './view.ts'

export interface Parts extends FileParts {
  readonly host: SimulatorHost
  readonly directory: Directory
  readonly clock: ClockHand
  readonly streams: Streams
  /** Tells every pane the time and what is due next; does not wait and does not fail. */
  readonly tellClock: () => void
}

const SAFE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/**
 * Serves `/simulator` and everything below. Refusals are answered here; anything else that goes wrong is thrown, so that
 * the server that mounts it logs it.
 */
export function simulatorPages(parts: Parts): Hono {
  const app = new Hono().basePath('/simulator')
  app.use(async (context, next) => {
    await next()
    // A file's own policy is stricter than the page's.
    for (const [name, value] of Object.entries(SAFE_HEADERS))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
  })
  app.onError((error, context) => {
    if (!(error instanceof Refused)) throw error
    return context.json({ error: { code: error.code, message: error.say(localeFor(context)) } }, error.status)
  })
  app.notFound((context) => context.text(messages.say(localeFor(context), 'no-such-thing'), 404))

  app.get('/', (context) => context.html(page(localeFor(context))))
  const token = randomBytes(24).toString('base64url')
  addReading(app, parts, token)
  addWriting(app, parts, token)
  addFiles(app, parts, token)
  app.get('/:file', async (context) => {
    return (await asset(context.req.param('file'), context.req.raw.headers.get('if-none-match'))) ?? context.notFound()
  })
  return app
}

function localeFor(context: Context): Locale {
  return localeOf(context.req.query('lang')) ?? localeOf(context.req.header('accept-language')) ?? 'zh-CN'
}

function addReading(app: Hono, parts: Parts, token: string): void {
  const { host, chat, directory, inbound, clock, streams } = parts
  app.use('/api/*', async (context, next) => {
    checkReader(context.req.raw)
    await next()
    if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store')
  })
  app.get('/api/boot', async (context) => {
    const known = await directory.now()
    const unread = known.people.map(({ account }) => {
      const places = known.placesOf.get(account) ?? []
      return [account, Object.fromEntries(places.map(({ room }) => [room, chat.unread(room, account)]))] as const
    })
    return context.json({
      token,
      fileBytesMax: limits.fileBytesMax,
      words: words.texts[localeFor(context)],
      people: known.people,
      channels: known.channels.map((channel) => ({
        ...channel,
        name: inEvery((locale) => inLocale(channel.name, locale)),
      })),
      unread: Object.fromEntries(unread),
      clock: await clock.view(),
    })
  })
  app.get('/api/messages', async (context) => {
    const { account = '', room = '', before } = context.req.query()
    await inbound.here(account, room)
    const found = chat.page(room, account, PAGE_MESSAGES_MAX, before === undefined ? undefined : Number(before))
    return context.json({ messages: found.messages.map(viewOf), more: found.more })
  })
  app.get('/api/commands', async (context) => {
    const account = await someone(directory, context.req.query('account'))
    return context.json({ commands: await host.commands(account) })
  })
  app.get('/api/stream', async (context) => {
    const account = await someone(directory, context.req.query('account'))
    const last = context.req.header('last-event-id') ?? context.req.query('since')
    return streams.open(account, last, context.req.raw.signal)
  })
}

function addWriting(app: Hono, parts: Parts, token: string): void {
  const { chat, inbound, clock, streams, tellClock } = parts
  const post = <S extends z.ZodType>(path: string, shape: S, act: (body: z.output<S>) => Promise<object>) =>
    app.post(`/api/${path}`, async (context) => {
      checkWriter(context.req.raw, token)
      return context.json(await act(await bodyOf(context.req.raw, shape)))
    })
  /** Afterwards something else may be due next. */
  const andTellClock = async <T>(outcome: Promise<T>): Promise<T> => {
    const result = await outcome
    tellClock()
    return result
  }
  post('say', sayBody, (body) => andTellClock(inbound.say(body)))
  post('click', clickBody, (body) => andTellClock(inbound.click(body)))
  post('choose', chooseBody, (body) => andTellClock(inbound.click(body)))
  post('submit', submitBody, (body) => andTellClock(inbound.submit(body)))
  post('edit', editBody, (body) => andTellClock(inbound.edit(body)))
  post('delete', deleteBody, (body) => andTellClock(inbound.delete(body)))
  post('read', readBody, async ({ account, room, seq }) => {
    await inbound.here(account, room)
    if (chat.markRead(room, account, seq))
      streams.tell('unread', { room, counts: { [account]: chat.unread(room, account) } })
    return {}
  })
  post('clock', clockBody, async (body) => {
    const arrived = clock.move(body)
    const ticking = setInterval(() => streams.tell('clock', clock.glance()), MOVING_TICK_MS)
    await arrived.finally(() => clearInterval(ticking))
    const view = await clock.view()
    streams.tell('clock', view)
    return { clock: view }
  })
}

async function someone(directory: Directory, account = ''): Promise<string> {
  if (!(await directory.person(account))) throw new Refused(404, messages.later('no-such-person', { account }))
  return account
}
