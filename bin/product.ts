/** Opens the product without its doors: lock, database, clock, platforms and app; shared by the server and the command line. */
import path from 'node:path'
import type pino from 'pino'
import { type Clock, type Instant, realClock } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import type { Platform } from '#core/platform.ts'
import { type FolderLock, lockFolder } from '#engine/db/folder-lock.ts'
import { openEmbedded, openServer } from '#engine/db/open.ts'
import { openRehearsalClock, type RehearsalClockRow } from '#engine/db/rehearsal-clock.ts'
import type { Database } from '#engine/db/transaction.ts'
import { loadPolicy } from '#engine/policy/loaded.ts'
import { createWorkshop } from '#engine/workshop/create.ts'
import type { SimulatorPlatform } from '../adapters/simulator/index.ts'
import { type App, createApp } from '../src/app.ts'
import type { Config } from '../src/config.ts'
import {
  backupFolder,
  binaryFile,
  checkedPolicy,
  filesAtStart,
  importPeople,
  readPeople,
  textFile,
} from '../src/files.ts'
import { refuseAtStart } from '../src/people-at-start.ts'
import { simulatorHost } from './simulator-host.ts'

/** A full disk: the embedded database cannot go on in this process (sysexits.h, EX_SOFTWARE). */
const EXIT_DEAD = 70

export interface Product {
  readonly config: Config
  readonly app: App
  readonly db: Database
  readonly clock: Clock
  /** The clock, when it is rehearsed. */
  readonly rehearsal: RehearsalClockRow | undefined
  readonly platforms: readonly Platform[]
  readonly simulator: SimulatorPlatform | undefined
  /** Of the embedded folder; absent on a database server. */
  readonly lock: FolderLock | undefined
  close(): Promise<void>
}

/**
 * Nothing is in force yet: {@link putInForce} or `app.followPolicy` comes next.
 * @param advanceTo moves the rehearsal clock; asked late
 * @throws ConfigError when another process holds the folder
 */
export async function openProduct(
  config: Config,
  log: pino.Logger,
  advanceTo: (instant: Instant) => Promise<void>,
): Promise<Product> {
  const lock = config.databaseUrl ? undefined : await lockFolder(config.dataDir)
  const dead = (message: string) => {
    log.fatal(
      { reason: message },
      'the embedded database cannot go on (is the disk full?): start again when there is room; nothing acknowledged is lost',
    )
    process.exit(EXIT_DEAD)
  }
  const db = config.databaseUrl
    ? await openServer(config.databaseUrl)
    : await openEmbedded(path.join(config.dataDir, 'db'), dead)
  if (config.demonstration && config.clock.kind === 'rehearsal')
    await refuseRealDepartment(db, config).catch(giveUp(db, lock))
  const rehearsal = config.clock.kind === 'rehearsal' ? await openRehearsalClock(db, config.clock.startsAt) : undefined
  const clock: Clock = rehearsal ?? realClock
  const made: { app?: App } = {}
  const { platforms, simulator } = await platformsOf(config, log, { db, clock, app: () => made.app as App, advanceTo })
  const workshop = createWorkshop()
  const app = createApp({
    db,
    clock,
    platforms,
    log,
    workshop,
    // On a server whoever runs it has backups of their own; in a rehearsal there is nothing to be kept.
    backups: { folder: backupFolder(config), isDaily: db.kind === 'embedded' && clock.kind === 'real' },
  })
  made.app = app
  return {
    config,
    app,
    db,
    clock,
    rehearsal,
    platforms,
    simulator,
    lock,
    async close() {
      for (const platform of platforms) await platform.close?.()
      await workshop.close()
      await db.close()
      await lock?.release()
    },
  }
}

/** Started without its settings, a real department would become the demonstration, and everybody in it would have left. */
async function refuseRealDepartment(db: Database, { dataDir }: Config): Promise<void> {
  const [found] = await db.single<{ isReal: boolean }>(
    'work',
    `SELECT EXISTS (SELECT 1 FROM policy_version) AND NOT EXISTS (SELECT 1 FROM rehearsal_clock) AS "isReal"`,
  )
  if (!found?.isReal) return
  throw new ConfigError([
    `${dataDir}/ holds a department that lives by the real clock, and no platform is configured: the demonstration would take its place. Start it with the settings it had (.env or the environment), with CLOCK=real, or with another DATA_DIR.`,
  ])
}

/** What was opened is let go of before the error goes on. */
const giveUp = (db: Database, lock: FolderLock | undefined) => async (error: unknown) => {
  await db.close()
  await lock?.release()
  throw error
}

/** An SDK is loaded only when its platform is on. */
async function platformsOf(config: Config, log: pino.Logger, host: Parameters<typeof simulatorHost>[0]) {
  const platforms: Platform[] = []
  if (config.slack) {
    const { createSlack } = await import('../adapters/slack/index.ts')
    const { signingSecrets, botToken, appToken, apiUrl } = config.slack
    const secrets = { signingSecrets, botToken, ...(appToken ? { appToken } : {}) }
    platforms.push(createSlack({ ...secrets, ...(apiUrl ? { apiUrl } : {}) }, { log }))
  }
  if (config.lark) {
    const { createLark } = await import('../adapters/lark/index.ts')
    platforms.push(createLark(config.lark, { log }))
  }
  if (config.wecom) {
    const { createWecom } = await import('../adapters/wecom/index.ts')
    platforms.push(createWecom(config.wecom, { log }))
  }
  if (!config.simulator) return { platforms, simulator: undefined }
  const { createSimulator } = await import('../adapters/simulator/index.ts')
  const simulator = createSimulator({
    host: simulatorHost(host),
    storeFile: path.join(config.dataDir, 'simulator.jsonl'),
  })
  platforms.push(simulator)
  return { platforms, simulator }
}

/**
 * The files named by the configuration; the demonstration's without a platform.
 * @throws ConfigError for a file with errors, and for people whom a start does not let go by itself; neither changes anything
 */
export async function putInForce({ app, config, db, clock }: Product): Promise<void> {
  const files = filesAtStart(config)
  const content = await checkedPolicy(await textFile(files.policy))
  // Both are checked, the people against the policy that is to hold, before either changes anything.
  const policy = loadPolicy(content, 0)
  const people = files.people ? await readPeople(await binaryFile(files.people), policy, app.workshop) : undefined
  if (people) await db.transact('work', (tx) => refuseAtStart(tx, app.policy, { files, people, policy }))
  await db.transact('people', (tx) => app.policy.apply(tx, content, 'start', clock.now()))
  if (people) await importPeople(db, clock, people)
  await db.transact('people', (tx) => app.schedules.load(tx))
}
