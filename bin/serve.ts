/** Starts the product: config → database → app → HTTP, workers, clock; stops in the opposite order. */
import { ConfigError } from '#core/errors.ts'
import { type Config, environment, readConfig } from '../src/config.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { readinessOf } from '../src/http/readiness.ts'
import { createServer } from '../src/http/server.ts'
import { listenAll } from '../src/listen.ts'
import { createLog } from '../src/log.ts'
import { measuresOf } from '../src/measures.ts'
import { serveOps } from '../src/ops/server.ts'
import { secretKeyOf } from '../src/secret-key.ts'
import { createWorkers } from '../src/workers.ts'
import { openProduct, putInForce } from './product.ts'

try {
  await main(readConfig(environment()))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`Banzhang cannot start:\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`)
  process.exit(1)
}

async function main(config: Config) {
  const log = createLog(config.logLevel)
  const product = await openProduct(config, log, (instant) => workers.advanceTo(instant))
  const { app, db, clock, rehearsal, platforms, simulator, lock } = product
  const workers = createWorkers(app, log, rehearsal, () => clock.now())
  await putInForce(product)
  const metrics = createMetrics(measuresOf(app, platforms))
  const server = createServer({
    platforms,
    deliver: app.deliver,
    replied: app.replied,
    readiness: (stopping) => readinessOf({ db, platforms, workers }, stopping),
    metrics,
    opsToken: config.opsToken,
    local: simulator ? { '/simulator': (request) => simulator.fetch(request) } : {},
    rehearsal: rehearsal && { now: () => clock.now(), advanceTo: (instant) => workers.advanceTo(instant) },
    forms: { pages: app.pages, secretKey: await secretKeyOf(config, config.dataDir), log },
    log,
  })
  // Before anything is heard: the first answer may be a form.
  app.pages.at(config.publicUrl)
  const stopListening = listenAll(platforms, { ...app, lease: db.lease }, log)
  if (lock) serveOps(lock, { ...product, renderers: async () => (await import('./renderers.ts')).renderers })
  const port = await server.listen(config.host, config.port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new ConfigError([
          `PORT ${config.port} is taken on ${config.host}: stop what uses it, or set PORT to another (0 takes a free one).`,
        ])
      : error
  })
  // Without PUBLIC_URL pages are on this machine, which helps only where nobody else is spoken to.
  if (config.publicUrl === undefined && !platforms.some(({ reachesPeople }) => reachesPeople))
    app.pages.at(addressOf(config, port))
  workers.start()
  announce(config, port)
  onSignal(async () => {
    await server.close()
    await stopListening()
    await workers.stop()
    await product.close()
  })
}

/** As a browser on this machine opens it. */
function addressOf(config: Config, port: number): string {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${['0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host}:${port}`
}

function announce(config: Config, port: number) {
  const here = addressOf(config, port)
  const lines = ['', '  班长 Banzhang is on duty.', '']
  if (config.simulator) lines.push(`  Chat in your browser:  ${here}/simulator`)
  if (config.simulator && config.demonstration)
    lines.push('  It is the demonstration department. Say:  /leave 3 days   or   请假 3天')
  if (config.slack?.appToken) lines.push('  Slack:                 by Socket Mode, without an address')
  if (config.slack && config.slack.signingSecrets.length > 0)
    lines.push(`  Slack calls:           ${config.publicUrl ?? here}/slack/events`)
  if (config.lark)
    lines.push(
      config.lark.verificationToken
        ? `  Lark calls:            ${config.publicUrl ?? here}/lark/events`
        : '  Lark:                  by long connection, without an address',
    )
  if (config.wecom?.app) lines.push(`  WeCom calls:           ${config.publicUrl ?? here}/wecom/callback`)
  if (config.wecom?.bot) lines.push('  WeCom smart bot:       by its own connection, without an address')
  lines.push(
    `  Data:                  ${config.databaseUrl ? 'the PostgreSQL server of DATABASE_URL' : `${config.dataDir}/ (embedded database)`}`,
  )
  lines.push('  Stop:                  Ctrl+C', '')
  process.stdout.write(`${lines.join('\n')}\n`)
}

function onSignal(stop: () => Promise<void>) {
  let stopping = false
  const end = () => {
    if (stopping) process.exit(1) // The second Ctrl+C means it.
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}
