/** The HTTP server: platforms' calls, health, metrics, and what is for this machine alone (simulator, rehearsal clock). */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import { type Answer, type Incoming, MalformedCall, type Platform } from '#core/platform.ts'
import { type FormsDeps, formRoutes } from './forms/routes.ts'
import { type Env, hasToken, isLocal, onlyLocal } from './guard.ts'
import type { Metrics } from './metrics.ts'
import type { Part, Readiness } from './readiness.ts'
import { type RehearsalClock, rehearsalRoutes } from './rehearsal.ts'

/** Slack's largest documented body is far below; what is larger is not from a platform. */
const BODY_BYTES_MAX = 1_000_000

export interface HttpDeps {
  readonly platforms: readonly Platform[]
  deliver(platform: Platform, event: Incoming): Promise<Answer>
  /** The HTTP answer that carried these replies has left (`true`) or broke off. */
  replied(keys: readonly string[], left: boolean): Promise<void>
  /** @param stopping whether the server takes no new calls any more */
  readiness(stopping: boolean): Promise<Readiness>
  readonly metrics: Metrics
  readonly opsToken: string | undefined
  /** Pages for this machine alone, by their first path segment: `/simulator`. */
  readonly local: Readonly<Record<string, (request: Request) => Promise<Response>>>
  readonly rehearsal: RehearsalClock | undefined
  /** Forms as web pages; without it there are none. */
  readonly forms?: FormsDeps
  readonly log: { warn(data: object, message: string): void; error(data: object, message: string): void }
}

export interface HttpServer {
  /** Resolves with the port when it listens. Throws when the port is taken. */
  listen(host: string, port: number): Promise<number>
  /** Takes no new calls, waits for those in flight. */
  close(): Promise<void>
}

export function createServer(given: HttpDeps): HttpServer {
  const marking = new Set<Promise<void>>()
  const deps: HttpDeps = {
    ...given,
    replied(keys, left) {
      const work = given.replied(keys, left).finally(() => marking.delete(work))
      marking.add(work)
      return work
    },
  }
  const closing = new AbortController()
  const app = new Hono<Env>()
  app.get('/healthz', (c) => c.text('ok'))
  app.get('/readyz', async (c) => {
    const { ready, parts } = await deps.readiness(closing.signal.aborted)
    const verdict = ready ? 'ready' : 'not ready'
    // What is wrong with which part is nobody's business outside.
    const details = isLocal(c) || hasToken(c, deps.opsToken) ? parts.map(lineOf) : []
    return c.text(`${[verdict, ...details].join('\n')}\n`, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (!isLocal(c) && !hasToken(c, deps.opsToken)) return c.text('Not found', 404)
    const { type, text } = await deps.metrics.render()
    return c.body(text, 200, { 'content-type': type })
  })
  for (const platform of deps.platforms)
    for (const path of platform.paths) app.all(path, tooLarge(platform, deps), (c) => call(c, platform, deps))
  for (const [path, page] of Object.entries(deps.local)) {
    app.use(`${path}/*`, onlyLocal)
    app.all(path, onlyLocal, (c) => page(c.req.raw))
    app.all(`${path}/*`, (c) => page(c.req.raw))
  }
  if (deps.rehearsal) {
    app.use('/rehearsal/*', onlyLocal)
    rehearsalRoutes(app, deps.rehearsal)
  }
  if (deps.forms) app.route('/forms', formRoutes(deps.forms))
  app.notFound((c) => c.text('Not found', 404))
  app.onError((error, c) => {
    deps.log.error({ err: error, path: c.req.path }, 'a request failed')
    return c.text('Something went wrong', 500)
  })
  return over(createAdaptorServer({ fetch: app.fetch }), marking, closing)
}

const lineOf = ({ part, ok, detail }: Part): string => `${part}: ${ok ? 'ok' : 'attention'}: ${detail}`

function tooLarge(platform: Platform, deps: HttpDeps) {
  return bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (c) => {
      deps.metrics.calls.inc({ platform: platform.name, outcome: 'too-large' })
      return c.text('Too large', 413)
    },
  })
}

async function call(c: Context<Env>, platform: Platform, deps: HttpDeps): Promise<Response> {
  const receivedAt = realNow()
  const keys: string[] = []
  const count = (outcome: string) => deps.metrics.calls.inc({ platform: platform.name, outcome })
  const url = new URL(c.req.url)
  try {
    const answer = await platform.receive(
      {
        method: c.req.method,
        url: url.pathname + url.search,
        headers: c.req.header(),
        body: new Uint8Array(await c.req.arrayBuffer()),
        receivedAt,
      },
      async (event) => {
        const given = await deps.deliver(platform, event)
        if (given.key) keys.push(given.key)
        return given
      },
    )
    count('ok')
    whenGone(c, (left) => settle(deps, keys, left))
    return new Response(answer.body ?? null, { status: answer.status, headers: answer.headers ?? {} })
  } catch (error) {
    await settle(deps, keys, false)
    if (error instanceof PlatformError && error.kind === 'not-authentic') {
      count('not-authentic')
      deps.log.warn({ platform: platform.name, reason: error.message }, 'a call was refused')
      return c.text('Not authentic', 401)
    }
    if (error instanceof MalformedCall) {
      count('malformed')
      return c.text('Malformed', 400)
    }
    count('failed')
    deps.log.error({ err: error, platform: platform.name }, 'a call failed; the platform will repeat it')
    return c.text('Try again', 500)
  } finally {
    deps.metrics.answerSeconds.observe({ platform: platform.name }, (realNow() - receivedAt) / 1000)
  }
}

function settle(deps: HttpDeps, keys: readonly string[], left: boolean): Promise<void> {
  if (keys.length === 0) return Promise.resolve()
  return deps
    .replied(keys, left)
    .catch((error: unknown) => deps.log.error({ err: error }, 'a reply could not be marked'))
}

/** Whether the answer really left: only then is the reply it carried said. */
function whenGone(c: Context<Env>, then: (left: boolean) => void) {
  const { outgoing } = c.env
  // It broke off while the handler was at work: nothing more will tell.
  if (outgoing.closed) return then(false)
  outgoing.once('close', () => then(outgoing.writableFinished))
}

/** @param marking replies that have left and are being marked: closing waits for them, or they would be said again */
function over(server: ServerType, marking: ReadonlySet<Promise<void>>, closing: AbortController): HttpServer {
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
      }),
    async close() {
      closing.abort()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        // Streams (the simulator's) would keep it open; calls in flight are waited for by the app.
        if ('closeIdleConnections' in server) server.closeIdleConnections()
        setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 3_000).unref()
      })
      await Promise.allSettled([...marking])
    },
  }
}
