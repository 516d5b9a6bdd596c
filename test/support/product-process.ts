/**
 * The product as a process of its own, for tests that kill it: the real doors, database and workers, and a parent who can
 * have it die at a named step, move its real time ahead, or have it look at everything that is due.
 */

import fs from 'node:fs'
import { openProduct, putInForce } from '../../bin/product.ts'
import { environment, readConfig } from '../../src/config.ts'
import type { Answer } from '../../src/core/platform.ts'
import type { Database, Tx } from '../../src/engine/db/transaction.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { readinessOf } from '../../src/http/readiness.ts'
import { createServer } from '../../src/http/server.ts'
import { createLog } from '../../src/log.ts'
import { createWorkers } from '../../src/workers.ts'
import type { Order, Report, Step } from './child.ts'

let aheadMs = 0
const machineNow = Date.now
Date.now = () => machineNow() + aheadMs

/** Where it dies next, and how often that place is passed before. */
let death: { readonly step: Step; passes: number } | undefined

function dieIf(step: Step): void {
  if (death?.step !== step) return
  if (death.passes-- > 0) return
  process.kill(process.pid, 'SIGKILL')
}

/**
 * As the system does it: what is there can be read, and nothing can be written; standard error is no file. The embedded
 * database writes through these two.
 */
function fillDisk(): void {
  const full =
    (write: (fd: number, ...rest: never[]) => unknown) =>
    (fd: number, ...rest: never[]) => {
      if (fd <= 2) return write(fd, ...rest)
      const message = 'ENOSPC: no space left on device, write'
      throw Object.assign(new Error(message), { code: 'ENOSPC', errno: -28, syscall: 'write' })
    }
  Object.assign(fs, { writeSync: full(fs.writeSync as never), ftruncateSync: full(fs.ftruncateSync as never) })
}

const report = (said: Report) => process.send?.(said)

/** The steps around a commit: the first transaction of a delivery stores it, the second handles it. */
function watchCommits(db: Database): void {
  const { transact } = db
  const watched: Database['transact'] = (urgency, work, options) =>
    transact(
      urgency,
      async (tx: Tx) => {
        const result = await work(tx)
        if (urgency === 'people') dieIf('before-commit')
        return result
      },
      options,
    )
  Object.assign(db, { transact: watched })
}

const config = readConfig(environment('no-such-file'))
aheadMs = Number(process.env['TEST_AHEAD_MS'] ?? 0)
const log = createLog(config.logLevel)
const product = await openProduct(config, log, async () => {})
const { app, db, clock, rehearsal, platforms } = product
watchCommits(db)
for (const platform of platforms) {
  const send = platform.send.bind(platform)
  const watched: typeof platform.send = async (message, signal) => {
    dieIf('before-send')
    const sent = await send(message, signal)
    dieIf('after-send')
    return sent
  }
  Object.assign(platform, { send: watched })
}
const workers = createWorkers(app, log, rehearsal, () => clock.now())
await putInForce(product)
const server = createServer({
  platforms,
  async deliver(platform, event): Promise<Answer> {
    const answer = await app.deliver(platform, event)
    dieIf('before-answer')
    return answer
  },
  replied: app.replied,
  readiness: (stopping) => readinessOf({ db, platforms, workers }, stopping),
  metrics: createMetrics(),
  opsToken: undefined,
  local: {},
  rehearsal: undefined,
  log,
})
const port = await server.listen('127.0.0.1', 0)
workers.start()

async function obey(order: Order): Promise<void> {
  if (order.do === 'die-at') death = { step: order.step, passes: order.passes }
  if (order.do === 'be-ahead') aheadMs = order.ms
  if (order.do === 'refresh') await rehearsal?.refresh()
  if (order.do === 'fill-disk') fillDisk()
  if (order.do === 'move-to') await rehearsal?.moveTo(order.instant)
  if (order.do === 'look') {
    await rehearsal?.refresh()
    await app.tick()
    await app.untilQuiet(new AbortController().signal)
  }
  if (order.do === 'stop') {
    await server.close()
    await workers.stop()
    await product.close()
  }
  report({ done: order.id, ...(order.do === 'count' ? { rows: await app.rows() } : {}), now: clock.now() })
  if (order.do === 'stop') process.exit(0)
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => report({ failed: order.id, why: String(error) }))
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1))
report({ port })
