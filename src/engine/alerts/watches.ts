/** The watches over what the engine itself knows: messages, jobs, platforms, the calendar, backups. */
import { civilDateAt, startOfDay, yearOf } from '#core/calendar/civil.ts'
import { DAY_MS, type Instant, MINUTE_MS, realNow } from '#core/clock.ts'
import type { Platform } from '#core/platform.ts'
import { countFailed, countLate } from '../jobs/repository/jobs.ts'
import { countDead } from '../outbox/repository/admin.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { AdministrationPolicy } from './policy.ts'
import { installedAt, lastBackup } from './repository.ts'
import type { Found, Watch } from './watch.ts'

export interface WatchDeps {
  readonly platforms: ReadonlyMap<string, Platform>
  readonly policy: () => LoadedPolicy
  /** Whether backups of this database are worth an alarm: not of one that is rehearsed in. */
  readonly isRehearsed: boolean
}

export function engineWatches(deps: WatchDeps): readonly Watch[] {
  return [deadMessages(), failedJobs(), lateJobs(deps), platformsDown(deps), missingYear(deps), missingBackup(deps)]
}

/** Messages that were given up, by platform. What told of an alert is none of them: that would never end. */
function deadMessages(): Watch {
  return {
    kind: 'outbox.dead',
    async look({ sql }) {
      const rows = await countDead(sql, 'alert:')
      return rows.map(({ platform, count }) => ({ what: platform, facts: { platform, count } }))
    },
  }
}

function failedJobs(): Watch {
  return {
    kind: 'jobs.failed',
    async look({ sql }) {
      const failed = await countFailed(sql)
      return failed ? [{ facts: { count: failed.count, job: failed.name } }] : []
    },
  }
}

/**
 * Work that should have begun and has not. After a start, or after the clock has leapt, everything overdue is run at once:
 * late is only what an earlier look has seen due already.
 */
function lateJobs({ policy }: WatchDeps): Watch {
  let before: Instant | undefined
  return {
    kind: 'jobs.late',
    async look({ sql }, now) {
      const minutes = policy().section(AdministrationPolicy).lateAfterMinutes
      const dueBy = Math.min(now - minutes * MINUTE_MS, before ?? Number.NEGATIVE_INFINITY)
      before = now
      if (!Number.isFinite(dueBy)) return []
      const late = await countLate(sql, dueBy, realNow())
      return late ? [{ facts: { count: late.count, job: late.name, minutes } }] : []
    },
  }
}

/** A platform that two looks in a row have found shut: a connection that is just being made is none. */
function platformsDown({ platforms }: WatchDeps): Watch {
  let before = new Set<string>()
  return {
    kind: 'platform.down',
    async look() {
      const down = [...platforms.values()].flatMap((platform) => {
        const now = platform.health?.()
        return now && !now.ok ? [{ name: platform.name, detail: now.detail }] : []
      })
      const again = down.filter(({ name }) => before.has(name))
      before = new Set(down.map(({ name }) => name))
      return again.map(({ name, detail }): Found => ({ what: name, facts: { platform: name, detail } }))
    },
  }
}

/** From 1 November on, in the organisation's zone, the next year's official schedule is waited for; this year's always. */
function missingYear({ policy }: WatchDeps): Watch {
  const awaited = (now: Instant): readonly number[] => {
    const today = civilDateAt(now, policy().section(OrganisationPolicy).zone)
    const year = yearOf(today)
    return today >= `${year}-11-01` ? [year, year + 1] : [year]
  }
  return {
    kind: 'calendar.missing',
    async look(_, now) {
      const { calendar } = policy()
      return awaited(now)
        .filter((year) => !calendar.knows(year))
        .map((year) => ({ what: String(year), facts: { year: String(year) } }))
    },
    async nextAt(_, now) {
      const { calendar } = policy()
      const { zone } = policy().section(OrganisationPolicy)
      const year = yearOf(civilDateAt(now, zone))
      const instants = [startOfDay(`${year}-11-01`, zone), startOfDay(`${year + 1}-01-01`, zone)]
      return calendar.knows(year + 1) ? undefined : instants.find((at) => at > now)
    },
  }
}

/** No backup for longer than the policy allows. An installation that is younger than that is not in alarm. */
function missingBackup({ policy, isRehearsed }: WatchDeps): Watch {
  const days = () => (isRehearsed ? 0 : policy().section(AdministrationPolicy).backupWithinDays)
  return {
    kind: 'backup.missing',
    async look({ sql }, now) {
      if (days() === 0) return []
      const last = (await lastBackup(sql))?.at
      const since = last ?? (await installedAt(sql))
      if (since === undefined || now - since < days() * DAY_MS) return []
      return [{ facts: { days: days(), ...(last === undefined ? {} : { last }) } }]
    },
    async nextAt({ sql }) {
      if (days() === 0) return undefined
      const since = (await lastBackup(sql))?.at ?? (await installedAt(sql))
      return since === undefined ? undefined : since + days() * DAY_MS
    },
  }
}
