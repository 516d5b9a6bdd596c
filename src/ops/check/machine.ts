/** What `check` finds out about the machine: settings, data folder, disk, clock. */
import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import path from 'node:path'
import { verify } from '#engine/audit/seal.ts'
import type { OpsContext } from '../command.ts'
import { count, writeInstant } from '../words.ts'
import { attention, type Finding, ok, problem } from './finding.ts'

const MIB = 1024 * 1024
const FREE_LITTLE_MIB = 1024
/** The embedded database ends with its process when the disk is full. */
const FREE_TOO_LITTLE_MIB = 100

export async function aboutMachine(context: OpsContext, zone: string): Promise<readonly Finding[]> {
  return [
    aboutSettings(context),
    await aboutDatabase(context),
    ...(await aboutFolder(context)),
    aboutClock(context, zone),
  ]
}

function aboutSettings({ config, platforms }: OpsContext): Finding {
  const what = 'settings'
  const names = platforms.map(({ name }) => name).join(', ')
  if (config.demonstration && config.policyFile !== undefined && config.peopleFile !== undefined)
    return attention(
      what,
      `your own policy, no platform connected yet; on ${names}`,
      'connect a platform: adapters/slack/README.md, adapters/lark/README.md or adapters/wecom/README.md lead you there',
    )
  if (config.demonstration)
    return attention(
      what,
      `the demonstration department, on ${names}`,
      'to run your own department, connect a platform (adapters/slack, adapters/lark and adapters/wecom each have a README) and run: npm run ops -- init',
    )
  if (config.publicUrl === undefined && platforms.some(({ limits }) => limits.forms === 'page'))
    return problem(
      what,
      `on ${names}; PUBLIC_URL is not set, and forms are pages there`,
      'set PUBLIC_URL to the address at which phones reach this server by HTTPS: the reverse proxy’s',
    )
  if (config.publicUrl === undefined && platforms.some(({ paths }) => paths.length > 0 && !config.demonstration))
    return attention(
      what,
      `on ${names}; PUBLIC_URL is not set`,
      'set PUBLIC_URL to the address that the platform calls: then forms can be filled in as pages too',
    )
  return ok(what, `on ${names}`)
}

async function aboutDatabase({ db }: OpsContext): Promise<Finding> {
  const what = 'database'
  const where = db.kind === 'embedded' ? 'embedded' : 'PostgreSQL server'
  const [row] = await db.transact('work', ({ sql }) =>
    sql<{ n: number }>(`SELECT count(*)::int AS n FROM "_prisma_migrations" WHERE finished_at IS NOT NULL`),
  )
  const { sealed, unsealed, breaks } = await verify(db)
  if (breaks.length > 0)
    return problem(what, `${where}; ${breaks[0]}`, 'somebody changed the audit log: npm run ops -- audit verify')
  const log = `${count(sealed, 'line')} of the audit log verified, ${unsealed} not sealed yet`
  return ok(what, `${where}, ${count(row?.n ?? 0, 'migration')} applied, ${log}`)
}

async function aboutFolder({ config, db }: OpsContext): Promise<readonly Finding[]> {
  const folder = path.resolve(config.dataDir)
  const what = 'data folder'
  const isThere = await access(folder, constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (isThere === 'ENOENT' && db.kind === 'server') return [ok(what, `${folder} is not there yet; it is not needed`)]
  if (isThere !== true)
    return [
      problem(what, `${folder} cannot be written to (${isThere})`, `let this user write to ${folder}, or set DATA_DIR`),
    ]
  const { bavail, bsize } = await statfs(folder)
  const freeMib = Math.floor((bavail * bsize) / MIB)
  const free = `${freeMib} MiB free`
  if (freeMib < FREE_TOO_LITTLE_MIB)
    return [problem(what, `${folder}, ${free}`, 'make room on this disk: a full disk ends the embedded database')]
  if (freeMib < FREE_LITTLE_MIB) return [attention(what, `${folder}, ${free}`, 'make room on this disk')]
  return [ok(what, `${folder}, ${free}`)]
}

function aboutClock({ clock, platforms }: OpsContext, zone: string): Finding {
  const what = 'clock'
  const now = writeInstant(clock.now(), zone)
  if (clock.kind !== 'rehearsal') return ok(what, `real, ${now}`)
  if (platforms.some(({ reachesPeople }) => reachesPeople))
    return problem(what, `rehearsed, ${now}, with people on the other end`, 'unset CLOCK')
  return ok(what, `rehearsed, ${now}`)
}
