/** Keeps an app at work: looks when something happened, every second, and at every ring of the minute; moves the rehearsal clock. */
import type { Instant } from '#core/clock.ts'
import type { Log } from '#core/log.ts'
import type { RehearsalClockRow } from '#engine/db/rehearsal-clock.ts'
import { createRing } from '#engine/jobs/ring.ts'
import type { App } from './app.ts'

export interface Workers {
  start(): void
  /** Takes nothing new, finishes what runs. */
  stop(): Promise<void>
  /** Real time at which the last look came to an end; of the start before the first. */
  lookedAt(): Instant
  /** Moves the rehearsal clock: stops at each due instant, runs everything there to the end, then goes on. */
  advanceTo(instant: Instant): Promise<void>
}

/** What many people do within this time is looked after together: a look costs as much as half a command. */
const WAKE_AFTER_MS = 50
/** Another process may have added work, or moved the rehearsal clock. */
const LOOK_EVERY_MS = 1_000
const HOUR_MS = 3_600_000
/** Further would take an age and is a slip. */
const ADVANCE_MS_MAX = 400 * 24 * HOUR_MS
/** What is due and does not move (another process has it in hand) is given this long before the clock goes on. */
const PATIENCE_MS = 100
const PATIENCE_TIMES = 5
/** Then the clock goes on in such steps, so that what falls due behind it is still run in its time. */
const STUCK_STEP_MS = 10 * 60_000

export function createWorkers(
  app: App,
  log: Log,
  rehearsal: RehearsalClockRow | undefined,
  now: () => Instant,
): Workers {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let waking: NodeJS.Timeout | undefined
  let tidiedAt = now()
  let advancing: Promise<void> = Promise.resolve()
  let looking: Promise<void> = Promise.resolve()

  /** One run at a time; a wake during a run makes one more. */
  const run = (): Promise<void> => {
    if (running) {
      again = true
      return running
    }
    running = (async () => {
      do {
        again = false
        await app.untilQuiet(stopping.signal)
      } while (again && !stopping.signal.aborted)
    })()
      .catch((error: unknown) => log.error({ err: error }, 'the workers stumbled; they go on'))
      .finally(() => {
        running = undefined
      })
    return running
  }
  const look = async () => {
    await rehearsal?.refresh()
    await app.followPolicy().catch((error: unknown) => {
      log.error({ err: error }, 'the newest policy could not be followed; the one before holds until it can')
    })
    // Not waited for: a sheet may be in the making for minutes, and the policy is followed meanwhile.
    void run()
    if (now() - tidiedAt < HOUR_MS) return
    tidiedAt = now()
    await app.housekeeping(stopping.signal)
  }
  const ring = createRing({
    onRing: async () => {
      await app.tick()
      await run()
    },
    log,
  })
  const loop = () => {
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => log.error({ err: error }, 'the workers could not look; they try again'))
        .finally(() => {
          if (!stopping.signal.aborted) loop()
        })
    }, LOOK_EVERY_MS)
  }
  return {
    start() {
      app.onWake(() => {
        waking ??= setTimeout(() => {
          waking = undefined
          void run()
        }, WAKE_AFTER_MS)
      })
      ring.start()
      loop()
      app
        .tick()
        .then(run)
        .catch((error: unknown) => log.error({ err: error }, 'the first look failed; the next one follows'))
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      clearTimeout(waking)
      await ring.stop()
      await app.inbox.drain()
      await Promise.all([running, looking, advancing])
    },
    lookedAt: () => app.roundedAt(),
    advanceTo(instant) {
      // One after the other: each finds the clock where the one before left it.
      const next = advancing.then(() => advance(app, run, rehearsal, instant, stopping.signal))
      advancing = next.catch(() => {})
      return next
    },
  }
}

async function advance(
  app: App,
  run: () => Promise<void>,
  clock: RehearsalClockRow | undefined,
  to: Instant,
  stopping: AbortSignal,
) {
  if (!clock) throw new RangeError('The clock is real: it cannot be moved.')
  if (to <= clock.now()) throw new RangeError('The clock only moves forward: that instant has passed.')
  if (to - clock.now() > ADVANCE_MS_MAX) throw new RangeError('The clock moves at most 400 days at once.')
  let waited = 0
  for (;;) {
    await app.tick()
    await run()
    // Whatever was not run by then must still lie ahead of the clock when it starts again.
    if (stopping.aborted) throw new Error('The clock was not moved to the end: the process stops')
    const next = await app.nextDue()
    if (next === undefined || next.at > to) break
    if (next.at > clock.now()) {
      waited = 0
      await clock.moveTo(next.at)
    } else if (waited++ < PATIENCE_TIMES) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
    } else if (clock.now() + STUCK_STEP_MS < to) {
      await clock.moveTo(clock.now() + STUCK_STEP_MS)
    } else break
  }
  await clock.moveTo(to)
  await app.tick()
  await run()
}
