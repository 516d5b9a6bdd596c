/** The edge: every inbound event is stored and deduplicated, handled in one transaction, and answered within its platform's limit. */
import type { Instant } from '#core/clock.ts'
import type { Locale } from '#core/i18n.ts'
import type { Answer, Incoming, OpenedForm, Platform } from '#core/platform.ts'
import type { Database } from '../db/transaction.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { ATTEMPTS_MAX, dispatch, firstLine, referenceOf, retryAfterMs, typedText } from './dispatch.ts'
import { messages } from './i18n.ts'
import type { ContextDeps } from './make-context.ts'
import { momentOf, vocabularyOf } from './registry.ts'
import * as repository from './repository.ts'
import { understandTyped } from './words.ts'

export interface InboxDeps extends ContextDeps {
  readonly db: Database
  readonly platforms: ReadonlyMap<string, Platform>
  readonly log: { error(data: object, message: string): void; warn(data: object, message: string): void }
  /** Called after every event, so that jobs and outbox look at once. */
  wake(): void
}

export interface Inbox {
  /** Takes one event of a platform: resolves with its answer, or with an empty one at the platform's limit. Throws only when it could not be stored: then the platform repeats it. */
  deliver(platform: Platform, event: Incoming): Promise<Answer>
  /** Handles what was received and never finished. @returns how many */
  pump(): Promise<number>
  nextDueAt(): Promise<Instant | undefined>
  /** Waits for everything in flight. */
  drain(): Promise<void>
  forget(): Promise<void>
}

/** Repeats come for up to a day; twice that is kept. */
const KEEP_MS = 48 * 3_600_000
const EMPTY: Answer = {}

export function createInbox(deps: InboxDeps): Inbox {
  const inFlight = new Set<Promise<unknown>>()
  const track = <T>(work: Promise<T>): Promise<T> => {
    inFlight.add(work)
    const forget = () => inFlight.delete(work)
    work.then(forget, forget)
    return work
  }
  return {
    async deliver(platform, event) {
      const id = await deps.db.transact('people', ({ sql }) =>
        repository.insert(sql, platform.name, event, deps.clock.now()),
      )
      if (id === undefined) return repeated(deps, platform, event)
      const form = openEarly(deps, platform, event)
      const handled = track(handle(deps, platform, id))
      const inTime = await within(handled, platform.limits.answerWithinMs)
      deps.wake()
      if (inTime === undefined) {
        // Too late for this answer: what is said then goes through the outbox, the form through its own call.
        void track(
          handled
            .then((answer) => finishLate(deps, platform, event, answer, form))
            .catch((error: unknown) => deps.log.error({ err: error }, 'a late answer was lost')),
        )
        return EMPTY
      }
      return complete(deps, platform, event, inTime, form)
    },
    async pump() {
      const rows = await deps.db.transact('work', ({ sql }) => repository.due(sql, deps.clock.now(), 100))
      for (const { id } of rows) {
        const row = await deps.db.transact('work', ({ sql }) => repository.byId(sql, id))
        const platform = row && deps.platforms.get(row.platform)
        if (!platform) continue
        const answer = await track(handle(deps, platform, id))
        if (answer.key) await deps.outbox.release(answer.key)
      }
      return rows.length
    },
    nextDueAt: () => deps.db.transact('work', ({ sql }) => repository.nextDueAt(sql)),
    async drain() {
      while (inFlight.size > 0) await Promise.allSettled([...inFlight])
    },
    forget: () => deps.db.transact('work', ({ sql }) => repository.forget(sql, deps.clock.now() - KEEP_MS)),
  }
}

/** One attempt at one row. Never throws: what a handler throws is counted, told with a reference, and tried again or parked. */
async function handle(deps: InboxDeps, platform: Platform, id: string): Promise<Answer> {
  try {
    return await deps.db.transact('people', async (tx) => {
      const row = await repository.claim(tx.sql, id)
      if (!row) return EMPTY
      const { answer, ran, personId } = await dispatch(deps, tx, platform, row.event, id)
      await repository.finish(tx.sql, id, { ran, personId, answer, at: deps.clock.now() })
      return answer
    })
  } catch (error) {
    deps.log.error({ err: error, reference: referenceOf(id), platform: platform.name }, 'an event could not be handled')
    return apologise(deps, platform, id, error)
  }
}

/** Tells the person at the first failure and when it is given up; in between it is tried again. */
async function apologise(deps: InboxDeps, platform: Platform, id: string, error: unknown): Promise<Answer> {
  try {
    return await deps.db.transact('people', async (tx) => {
      const row = await repository.claim(tx.sql, id)
      if (!row) return EMPTY
      const attempts = row.attempts + 1
      const parked = attempts >= ATTEMPTS_MAX
      await repository.fail(tx.sql, id, {
        parked,
        dueAt: deps.clock.now() + retryAfterMs(row.attempts),
        error: firstLine(error),
      })
      if (attempts > 1 && !parked) return EMPTY
      const organisation = deps.policy().section(OrganisationPolicy)
      const locale = row.event.locale ?? organisation.language
      const reference = referenceOf(id)
      const text = parked
        ? messages.say(locale, 'apology.parked', { attempts, reference })
        : messages.say(locale, 'apology', { reference })
      const { key } = await deps.outbox.holdReply(tx, {
        platform: platform.name,
        event: row.event,
        reader: { locale, zone: organisation.zone },
        message: { text },
      })
      return { key, message: { text } }
    })
  } catch (second) {
    // The database itself is gone: the row stays as received and is handled when it is back.
    deps.log.error({ err: second, reference: referenceOf(id) }, 'a failed event could not be recorded')
    return EMPTY
  }
}

/** The stored reply again; nothing when the first is still being handled. */
async function repeated(deps: InboxDeps, platform: Platform, event: Incoming): Promise<Answer> {
  const row = await deps.db.transact('people', ({ sql }) => repository.byKey(sql, platform.name, event.key))
  const stored = row?.answer
  if (!stored) return EMPTY
  const { message, key, ...rest } = stored
  // Where the answer cannot carry it, the first delivery's outbox row said it.
  return event.canCarry.includes('message') && message ? { ...rest, message, ...(key ? { key } : {}) } : rest
}

interface EarlyForm {
  readonly opened: Promise<OpenedForm | undefined>
  readonly locale: Locale
}

/** A form cannot wait (Slack: 3 s): a placeholder opens while the handler works, when what was said may answer with a form. */
function openEarly(deps: InboxDeps, platform: Platform, event: Incoming): EarlyForm | undefined {
  if (!platform.openForm || !mayOpenForm(deps, platform, event)) return undefined
  const locale = event.locale ?? deps.policy().section(OrganisationPolicy).language
  const opened = platform.openForm(event, { placeholder: locale }).catch((error: unknown) => {
    deps.log.warn({ err: error, platform: platform.name }, 'a form could not be opened')
    return undefined
  })
  return { opened, locale }
}

function mayOpenForm(deps: InboxDeps, platform: Platform, event: Incoming): boolean {
  if (event.kind === 'clicked') return deps.registry.actions.get(event.action)?.opensForm === true
  if (event.kind !== 'said' || event.command === undefined) return false
  const policy = deps.policy()
  const moment = momentOf(policy, deps.clock.now(), policy.section(OrganisationPolicy).zone)
  const understanding = understandTyped(typedText(platform, event), true, vocabularyOf(deps.registry, policy), moment)
  if (understanding.kind !== 'command' || understanding.unclear.length > 0) return false
  return deps.registry.commands.get(understanding.command)?.opensForm?.(understanding.values) === true
}

/** What the HTTP answer carries; a form goes its own way, what cannot be carried goes through the outbox. */
async function complete(
  deps: InboxDeps,
  platform: Platform,
  event: Incoming,
  answer: Answer,
  early: EarlyForm | undefined,
): Promise<Answer> {
  const rest = await showForm(deps, platform, event, answer, early)
  if (!rest.key) return rest
  if (rest.message && event.canCarry.includes('message')) return rest
  await deps.outbox.release(rest.key)
  const { message: _, key: __, ...carried } = rest
  return carried
}

async function finishLate(
  deps: InboxDeps,
  platform: Platform,
  event: Incoming,
  answer: Answer,
  early: EarlyForm | undefined,
) {
  const rest = await showForm(deps, platform, event, answer, early)
  if (rest.key) await deps.outbox.release(rest.key)
  deps.wake()
}

/** The placeholder becomes the form, or says why there is none. @returns the answer without what was shown there */
async function showForm(
  deps: InboxDeps,
  platform: Platform,
  event: Incoming,
  answer: Answer,
  early: EarlyForm | undefined,
): Promise<Answer> {
  if (!platform.openForm || event.canCarry.includes('form')) return answer
  const opened = await early?.opened
  const { form, message, key, ...rest } = answer
  try {
    if (form) {
      await platform.openForm(event, { form }, opened)
      return rest
    }
    if (opened && early && message) {
      await platform.openForm(event, { message, locale: early.locale }, opened)
      if (key) await deps.outbox.carried(key)
      return rest
    }
  } catch (error) {
    deps.log.warn({ err: error, platform: platform.name }, 'a form could not be shown')
  }
  return answer
}

/** Undefined when it takes longer. Real time: the platform's patience is not rehearsed. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
