/** `/forms`: a link that is looked at and exchanged, and the form in its session. Nothing is spent by being opened. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import { type Instant, realNow, SECOND_MS } from '#core/clock.ts'
import { type Locale, localeOf } from '#core/i18n.ts'
import { writeBytes } from '#engine/files/policy.ts'
import { type Pages, SESSION_MS } from '#engine/pages/pages.ts'
import type { Sent } from '#engine/pages/submit.ts'
import type { SentFile } from '#engine/pages/uploads.ts'
import type { Env } from '../guard.ts'
import { KEEP } from './fields.tsx'
import { CSRF, formPage } from './form-page.tsx'
import { createMisses, createTurns, csrfOf, isCsrf, isFromOwnPage, type Misses } from './guard.ts'
import { linkPage, NOTICES, type Notice, noticePage, takenPage } from './notices.tsx'

export interface FormsDeps {
  readonly pages: Pages
  /** What tokens against forged calls are signed with; see src/secret-key.ts. */
  readonly secretKey: string
  readonly log: { error(data: object, message: string): void }
  /** {@link realNow} when absent. */
  readonly realNow?: () => Instant
}

/** A page's own policy: no script at all, nothing from elsewhere, shown in no frame, kept by nobody. */
const SAFE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow, noarchive',
}
const COOKIE = 'banzhang-form'
/** Beside files, in bytes: a form with its longest texts. */
const TEXTS_BYTES_MAX = 1_048_576
/** Calls with more than texts that lie in memory at once; the others wait their turn, unread. */
const LARGE_AT_ONCE_MAX = 4
/** A browser that is cut off in the middle of sending shows an error of its own in place of our page: so many times the bound is read and forgotten. */
const DRAINED_TIMES = 5
const TOKEN = '/:token{[A-Za-z0-9_-]{20,100}}'
const PAGE = '/p/:id{[0-9a-f-]{36}}'

/** To be mounted under `/forms`. */
export function formRoutes(given: FormsDeps): Hono<Env> {
  const deps = { ...given, misses: createMisses(given.realNow ?? realNow) }
  const inTurn = createTurns(LARGE_AT_ONCE_MAX)
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SAFE_HEADERS)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  // The address holds the link: it is no part of what is logged.
  app.onError((error, c) => {
    deps.log.error({ err: error }, 'a form page failed')
    return notice(c, 'failed', { up: upOf(c) })
  })
  app.get('/assets/:name{[a-z]+\\.(?:css|svg)}', (c) => asset(c))
  app.get(TOKEN, (c) => look(c, deps, c.req.param('token')))
  app.post(TOKEN, bodyLimit({ maxSize: TEXTS_BYTES_MAX }), (c) => exchange(c, deps, c.req.param('token')))
  app.get(PAGE, (c) => show(c, deps, c.req.param('id')))
  app.post(
    PAGE,
    (c, next) => mayBeRead(c, deps, c.req.param('id'), next),
    (c, next) => (isSmall(c.req.raw) ? next() : inTurn(next)),
    (c, next) => {
      const { pages } = deps
      const filesMax = pages.bytesMax()
      const tooLarge = async () => {
        const { id } = c.req.param()
        await throwAway(c.req.raw, deps)
        return notice(c, 'too-large', { up: '../', goOn: id, max: writeBytes(filesMax) })
      }
      return bodyLimit({ maxSize: filesMax + TEXTS_BYTES_MAX, onError: tooLarge })(c, next)
    },
    (c) => submit(c, deps, c.req.param('id')),
  )
  app.all('*', (c) => notice(c, 'unknown', { up: upOf(c) }))
  return app
}

type Deps = FormsDeps & { readonly misses: Misses }

// === The link ===

async function look(c: Context<Env>, deps: Deps, token: string): Promise<Response> {
  const link = await deps.pages.link(token)
  return link.state === 'open' ? c.html(linkPage(link.whose)) : noLink(c, deps, link)
}

async function exchange(c: Context<Env>, deps: Deps, token: string): Promise<Response> {
  if (!isOwn(c, deps)) return notice(c, 'forged', { up: '' })
  const given = await deps.pages.exchange(token)
  if ('state' in given) return noLink(c, deps, given)
  const base = new URL(deps.pages.base() ?? 'http://localhost')
  setCookie(c, COOKIE, given.session, {
    path: `${base.pathname.replace(/\/+$/, '')}/forms/p/${given.id}`,
    httpOnly: true,
    secure: base.protocol === 'https:',
    // Not Strict: who comes back to the page from the chat comes from elsewhere. What changes anything has its own token.
    sameSite: 'Lax',
    maxAge: SESSION_MS / SECOND_MS,
  })
  return c.redirect(`p/${given.id}`, 303)
}

type NoLink = Exclude<Awaited<ReturnType<Pages['link']>>, { state: 'open' }>

function noLink(c: Context<Env>, deps: Deps, link: NoLink): Response | Promise<Response> {
  if (link.state !== 'unknown') {
    const goOn = 'id' in link ? `p/${link.id}` : undefined
    return notice(c, link.state, { up: '', goOn, locale: link.locale, status: 410 })
  }
  const tooMany = deps.misses.note(c.env.incoming.socket.remoteAddress ?? '')
  return notice(c, tooMany ? 'too-many' : 'unknown', { up: '' })
}

// === The form ===

async function show(c: Context<Env>, deps: Deps, id: string): Promise<Response> {
  const session = getCookie(c, COOKIE) ?? ''
  const found = await deps.pages.session(id, session)
  if (found.state === 'open') return c.html(formPage(found.page, csrfOf(deps.secretKey, session), { errors: {} }))
  if (found.state === 'submitted') return c.html(takenPage(found.whose))
  return notice(c, found.state, { up: '../', locale: found.locale })
}

/** Whose form it is and whether it is open still is told by the headers: for anybody else nothing is kept in memory. */
async function mayBeRead(
  c: Context<Env>,
  deps: Deps,
  id: string,
  next: () => Promise<void>,
): Promise<Response | undefined> {
  const { state, locale } = isOwn(c, deps)
    ? await deps.pages.standing(id, getCookie(c, COOKIE) ?? '')
    : { state: 'forged' as const, locale: undefined }
  if (state !== 'open') {
    await throwAway(c.req.raw, deps)
    return notice(c, state, { up: '../', locale, goOn: state === 'forged' ? id : undefined })
  }
  await next()
  return undefined
}

async function submit(c: Context<Env>, deps: Deps, id: string): Promise<Response> {
  const session = getCookie(c, COOKIE) ?? ''
  const body = await c.req.raw.formData().catch(() => undefined)
  if (body === undefined) return notice(c, 'unreadable', { up: '../', goOn: id })
  if (!isCsrf(deps.secretKey, session, wordsIn(body, CSRF)[0] ?? '')) {
    const { locale } = await deps.pages.standing(id, session)
    return notice(c, 'forged', { up: '../', goOn: id, locale })
  }
  const sent = await sentIn(body)
  const outcome = await deps.pages.submit(id, session, sent)
  switch (outcome.state) {
    case 'taken':
      return c.redirect(id, 303)
    case 'refused':
    case 'failed': {
      const drawn = formPage(outcome.page, csrfOf(deps.secretKey, session), {
        values: sent.values,
        errors: outcome.errors,
      })
      return c.html(drawn, outcome.state === 'refused' ? 422 : 503)
    }
    default:
      return notice(c, outcome.state, { up: '../', locale: outcome.locale })
  }
}

const wordsIn = (body: FormData, name: string): readonly string[] =>
  body.getAll(name).filter((value) => typeof value === 'string')

/** Once through it all: whoever sends a million names waits for themselves alone. */
async function sentIn(body: FormData): Promise<Sent> {
  const values: Record<string, string[]> = {}
  const files: SentFile[] = []
  for (const [name, value] of body) {
    if (name.startsWith('_')) continue
    if (typeof value === 'string') {
      const own = Object.hasOwn(values, name) ? values[name] : undefined
      if (own) own.push(value)
      else values[name] = [value]
      continue
    }
    // A file input that was left empty sends a file without a name.
    if (value.name === '' && value.size === 0) continue
    const bytes = new Uint8Array(await value.arrayBuffer())
    files.push({ field: name, name: value.name, mediaType: value.type, bytes })
  }
  return { values, keep: wordsIn(body, KEEP), files }
}

// === All of them ===

/** Texts alone; without a length it may be anything. */
const isSmall = ({ headers }: Request): boolean =>
  Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY) <= TEXTS_BYTES_MAX

/** Nothing when it is far too large, or is being read already. */
async function throwAway({ body, headers }: Request, { pages }: Deps): Promise<void> {
  const bytesMax = pages.bytesMax() * DRAINED_TIMES
  if (body === null || body.locked || Number(headers.get('content-length') ?? 0) > bytesMax) return
  let size = 0
  for await (const part of body) {
    size += part.byteLength
    if (size > bytesMax) return
  }
}

function isOwn(c: Context<Env>, { pages }: Deps): boolean {
  const host = c.req.header('host') ?? ''
  const base = pages.base()
  const own = [`http://${host}`, `https://${host}`, ...(base === undefined ? [] : [new URL(base).origin])]
  return isFromOwnPage(c.req.raw.headers, own)
}

function notice(
  c: Context<Env>,
  why: Notice,
  about: { up: string; goOn?: string | undefined; max?: string; locale?: Locale | undefined; status?: 410 },
): Response | Promise<Response> {
  const locale = about.locale ?? localeOf(c.req.header('accept-language')) ?? 'zh-CN'
  if (why === 'too-many') c.header('retry-after', '60')
  return c.html(noticePage(locale, why, about), about.status ?? NOTICES[why])
}

/** How the page asked for reaches `/forms/`. */
const upOf = (c: Context<Env>): string =>
  c.req.path.endsWith('/forms') ? 'forms/' : '../'.repeat(Math.max(0, c.req.path.split('/').length - 3))

const FOLDER = new URL('../../../web/forms/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = { css: 'text/css; charset=utf-8', svg: 'image/svg+xml' }

async function asset(c: Context<Env>): Promise<Response> {
  const name = c.req.param('name') ?? ''
  const content = await readFile(new URL(name, FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!content) return c.notFound()
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const headers = { etag, 'cache-control': 'no-cache', 'content-type': TYPES[name.split('.').at(-1) ?? ''] ?? '' }
  return c.req.header('if-none-match') === etag ? c.body(null, 304, headers) : c.body(content, 200, headers)
}
