/** Whether this process can do its work now: what load balancers, supervisors and people ask at /readyz. */
import { type Instant, realNow } from '#core/clock.ts'
import type { Platform } from '#core/platform.ts'
import type { Database } from '#engine/db/transaction.ts'

export interface Part {
  readonly part: string
  readonly ok: boolean
  readonly detail: string
}
export interface Readiness {
  /** True when everything that this process itself is needed for works. */
  readonly ready: boolean
  /** Each part with what was found; a platform that has trouble does not make the process unready: starting it again would not help. */
  readonly parts: readonly Part[]
}

/** A database that takes longer does not answer, as far as people are concerned. */
const PING_MS_MAX = 3_000
/** The workers look every second; a long job or a large clean-up takes its time. */
const LOOK_MS_MAX = 120_000

/**
 * @param workers.lookedAt real time of their last look that came to an end
 * @param stopping whether the process drains already
 */
export async function readinessOf(
  { db, platforms, workers }: { db: Database; platforms: readonly Platform[]; workers: { lookedAt(): Instant } },
  stopping: boolean,
): Promise<Readiness> {
  const own = [
    stopping
      ? { part: 'process', ok: false, detail: 'it is stopping' }
      : { part: 'process', ok: true, detail: 'it takes calls' },
    await databasePart(db),
    workersPart(realNow() - workers.lookedAt()),
  ]
  const theirs = platforms.flatMap((platform) => {
    const health = platform.health?.()
    return health ? [{ part: platform.name, ok: health.ok, detail: health.detail }] : []
  })
  return { ready: own.every(({ ok }) => ok), parts: [...own, ...theirs] }
}

async function databasePart(db: Database): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it has not answered within ${PING_MS_MAX} ms`), PING_MS_MAX)
  })
  const problem = await Promise.race([
    db.ping().then(
      () => undefined,
      () => 'it does not answer',
    ),
    late,
  ])
  clearTimeout(timer)
  return { part: 'database', ok: problem === undefined, detail: problem ?? 'it answers' }
}

function workersPart(agoMs: number): Part {
  const seconds = Math.round(agoMs / 1000)
  return agoMs <= LOOK_MS_MAX
    ? { part: 'workers', ok: true, detail: 'they look for what is due' }
    : { part: 'workers', ok: false, detail: `they have not finished a look for ${seconds} seconds` }
}
