/** `/rehearsal/clock`: what the rehearsal clock shows, and moving it forward; exists only in rehearsal and on this machine. */
import type { Hono } from 'hono'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import type { Env } from './guard.ts'

export interface RehearsalClock {
  now(): Instant
  /** Runs everything due on the way, in order; resolves when it is quiet. Throws a RangeError for an instant in the past or over a year ahead. */
  advanceTo(instant: Instant): Promise<void>
}

const move = z.union([
  z.strictObject({ advance: z.string().regex(/^P/, 'an ISO 8601 duration, as PT8H or P1D') }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
])

export function rehearsalRoutes(app: Hono<Env>, clock: RehearsalClock): void {
  app.get('/rehearsal/clock', (c) => c.json({ now: new Date(clock.now()).toISOString() }))
  app.post('/rehearsal/clock', async (c) => {
    const body = move.safeParse(await c.req.json().catch(() => undefined))
    const usage = 'Send {"advance":"PT8H"} or {"to":"2026-10-09T15:30:00+08:00"} as JSON.'
    // A page of another origin can send text/plain without asking; it cannot send JSON.
    if (!c.req.header('content-type')?.startsWith('application/json') || !body.success)
      return c.json({ error: usage }, 400)
    const to = 'to' in body.data ? Date.parse(body.data.to) : later(clock.now(), body.data.advance)
    if (to === undefined) return c.json({ error: usage }, 400)
    try {
      await clock.advanceTo(to)
    } catch (error) {
      if (error instanceof RangeError) return c.json({ error: error.message }, 400)
      throw error
    }
    return c.json({ now: new Date(clock.now()).toISOString() })
  })
}

/** Days are 24 hours here: the rehearsal's zone is not the server's. */
function later(now: Instant, duration: string): Instant | undefined {
  try {
    const parsed = Temporal.Duration.from(duration)
    const ms = parsed.total({
      unit: 'millisecond',
      relativeTo: Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC'),
    })
    return now + Math.round(ms)
  } catch {
    return undefined
  }
}
