/** `check`: examines everything that must be right for the bot to work, and ends with what to do next. */
import { DAY_MS } from '#core/clock.ts'
import { ConfigError } from '#core/errors.ts'
import type { Platform } from '#core/platform.ts'
import { titleOf } from '#engine/alerts/cards.ts'
import { AdministrationPolicy } from '#engine/alerts/policy.ts'
import { lastBackup } from '#engine/alerts/repository.ts'
import { kindOf } from '#engine/alerts/watch.ts'
import { aboutCalendar, aboutChannels, aboutFiles, aboutPeople } from '../check/department.ts'
import { attention, type Finding, ok, problem, report } from '../check/finding.ts'
import { aboutMachine } from '../check/machine.ts'
import { type OpsCommand, type OpsContext, type OpsResult, textOfLines } from '../command.ts'
import { writeInstant, zoneOf } from '../words.ts'

/** Real time that the platforms have for their answers, all of them together. */
const PLATFORMS_MS_MAX = 30_000

export const check: OpsCommand = {
  name: 'check',
  about: 'examine settings, credentials, channels, clock, calendar, people and backups, and say what to do next',
  options: [{ name: 'json', about: 'print what was found as JSON' }],
  async run(context, { values }) {
    const signal = AbortSignal.timeout(PLATFORMS_MS_MAX)
    const zone = zoneOf(context)
    const findings = [
      ...(await aboutMachine(context, zone)),
      ...(await Promise.all(context.platforms.map((platform) => aboutPlatform(platform, signal)))).flat(),
      ...(await aboutFiles(context)),
      ...(await aboutChannels(context, signal)),
      aboutCalendar(context, zone),
      ...(await aboutPeople(context)),
      await aboutBackup(context, zone),
      ...(await aboutAlerts(context, zone)),
    ]
    return checked(findings, values['json'] !== undefined)
  },
}

/** @returns exit code 1 when something does not work */
export function checked(findings: readonly Finding[], asJson: boolean): OpsResult {
  const exitCode = findings.some(({ state }) => state === 'problem') ? 1 : 0
  return { output: asJson ? `${JSON.stringify(findings, null, 2)}\n` : textOfLines(report(findings)), exitCode }
}

/** What is said when the data cannot even be opened. */
export function cannotOpen(error: unknown, asJson: boolean): OpsResult {
  // These name what is wrong and its remedy themselves: a setting, a file, the lock of the folder.
  if (error instanceof ConfigError)
    return checked(
      error.problems.map((one) => problem('settings', one)),
      asJson,
    )
  const detail = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error)
  const remedy = 'look whether DATABASE_URL is right and the server runs, or whether DATA_DIR can be read'
  return checked([problem('database', detail, remedy)], asJson)
}

async function aboutPlatform(platform: Platform, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    const results = await platform.check(signal)
    return results.map(({ what, ok: isOk, detail }) => (isOk ? ok(what, detail) : problem(what, detail)))
  } catch (error) {
    return [
      problem(
        platform.name,
        `it could not be asked: ${(error as Error).message}`,
        'look whether this machine reaches it',
      ),
    ]
  }
}

async function aboutBackup({ app, db, clock }: OpsContext, zone: string): Promise<Finding> {
  const days = app.policy.current().section(AdministrationPolicy).backupWithinDays
  const last = await db.transact('work', ({ sql }) => lastBackup(sql))
  const remedy = 'npm run ops -- backup'
  if (days === 0) return ok('backup', 'made in another way, says the policy')
  if (last === undefined)
    return clock.kind === 'rehearsal'
      ? ok('backup', 'none; a rehearsal needs none')
      : attention('backup', 'there is none yet', remedy)
  const made = `the last one was made ${writeInstant(last.at, zone)}`
  return clock.now() - last.at > days * DAY_MS ? attention('backup', made, remedy) : ok('backup', made)
}

async function aboutAlerts({ app, db }: OpsContext, zone: string): Promise<readonly Finding[]> {
  const open = (await db.transact('work', (tx) => app.alerts.list(tx))).filter(({ closedAt }) => closedAt === null)
  if (open.length === 0) return [ok('alerts', 'none is open')]
  return open.map(({ key, facts, openedAt }) => {
    const kind = kindOf(key)
    const what = kind ? titleOf('en', { kind, facts }) : key
    return attention('alert', `${what}, since ${writeInstant(openedAt, zone)}`, 'npm run ops -- alerts')
  })
}
