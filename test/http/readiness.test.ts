/** What /readyz says is what the process can do. */
import { describe, expect, it } from 'vitest'
import { realNow } from '#core/clock.ts'
import type { Platform } from '#core/platform.ts'
import type { Database } from '#engine/db/transaction.ts'
import { readinessOf } from '../../src/http/readiness.ts'

const database = (ping: () => Promise<void>) => ({ ping }) as Database
const platform = (name: string, ok: boolean, detail: string) =>
  ({ name, health: () => ({ ok, detail, since: 0 }) }) as unknown as Platform

async function asked(given: {
  ping?: () => Promise<void>
  lookedMsAgo?: number
  stopping?: boolean
  health?: boolean
}) {
  const { ready, parts } = await readinessOf(
    {
      db: database(given.ping ?? (async () => {})),
      platforms: [platform('slack', given.health ?? true, 'the token was revoked'), { name: 'simulator' } as Platform],
      workers: { lookedAt: () => realNow() - (given.lookedMsAgo ?? 0) },
    },
    given.stopping ?? false,
  )
  return { ready, wrong: parts.filter(({ ok }) => !ok).map(({ part, detail }) => `${part}: ${detail}`) }
}

describe('readiness', () => {
  it.each([
    ['everything works', {}, { ready: true, wrong: [] }],
    [
      'the database is gone',
      { ping: () => Promise.reject(new Error('ECONNREFUSED')) },
      { ready: false, wrong: ['database: it does not answer'] },
    ],
    ['the workers looked two minutes ago', { lookedMsAgo: 119_000 }, { ready: true, wrong: [] }],
    [
      'the workers have not looked for longer',
      { lookedMsAgo: 125_000 },
      { ready: false, wrong: ['workers: they have not finished a look for 125 seconds'] },
    ],
    ['it is stopping', { stopping: true }, { ready: false, wrong: ['process: it is stopping'] }],
    [
      'a platform refuses us, which starting again would not mend',
      { health: false },
      { ready: true, wrong: ['slack: the token was revoked'] },
    ],
  ])('%s', async (_, given, expected) => {
    expect(await asked(given)).toEqual(expected)
  })
})
