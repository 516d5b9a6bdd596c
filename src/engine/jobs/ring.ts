/** Rings once a minute of real time to have the schedules looked at. It decides nothing: a lost ring is made up by the next. */
import { type Logger, type ScheduledTask, schedule } from 'node-cron'
import type { JobLog } from './jobs.ts'

export interface Ring {
  /** Rings from the next full minute on; started twice it rings once. */
  start(): void
  /** No further ring; resolves when the one under way has been answered. */
  stop(): Promise<void>
}

/** @param deps.onRing asked at the full minute, never twice at once; what it throws is logged and the next ring comes */
export function createRing(deps: { onRing(): Promise<unknown>; log: JobLog }): Ring {
  const { log } = deps
  let task: ScheduledTask | undefined
  let answering: Promise<unknown> = Promise.resolve()
  const ring = async () => {
    answering = deps.onRing().catch((error: unknown) => {
      log.error({ err: error }, 'Looking at the schedules failed; the next minute tries again')
    })
    await answering
  }
  return {
    start() {
      // A suspended machine misses minutes: what they would have found is found by the next ring.
      const options = { name: 'schedules', noOverlap: true, suppressMissedWarning: true, logger: loggerOf(log) }
      task ??= schedule('* * * * *', ring, options)
    },
    async stop() {
      await task?.destroy()
      task = undefined
      await answering
    },
  }
}

/** Its own logger writes to the console. */
function loggerOf(log: JobLog): Logger {
  return {
    info() {},
    debug() {},
    warn: (message) => log.warn({}, `The minute bell: ${message}`),
    error: (message, err) => log.error({ err: err ?? message }, 'The minute bell failed'),
  }
}
