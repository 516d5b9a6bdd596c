/** Forms that cannot wait for their handler: a placeholder opens at once, and becomes the form or says why there is none. */
import type { Locale } from '#core/i18n.ts'
import type { Answer, Incoming, OpenedForm, Platform } from '#core/platform.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { typedText } from './dispatch.ts'
import { messages } from './i18n.ts'
import type { ContextDeps } from './make-context.ts'
import { momentOf, vocabularyOf } from './registry.ts'
import { understandTyped } from './words.ts'

export interface FormDeps extends ContextDeps {
  readonly log: { warn(data: object, message: string): void }
}

export interface EarlyForm {
  readonly opened: Promise<OpenedForm | undefined>
  readonly locale: Locale
}

/** A form cannot wait (Slack: 3 s): a placeholder opens while the handler works, when what was said may answer with a form. */
export function openEarly(deps: FormDeps, platform: Platform, event: Incoming, locale: Locale): EarlyForm | undefined {
  const opened = platform.openForm?.(event, { placeholder: locale }).catch((error: unknown) => {
    deps.log.warn({ err: error, platform: platform.name }, 'a form could not be opened')
    return undefined
  })
  return opened && { opened, locale }
}

/** Never throws: what cannot be read here fails in the handler, where it is counted and told. */
export function mayOpenForm(deps: FormDeps, platform: Platform, event: Incoming): boolean {
  if (event.kind === 'clicked') return deps.registry.actions.get(event.action)?.opensForm === true
  if (event.kind !== 'said' || event.command === undefined) return false
  try {
    const policy = deps.policy()
    const moment = momentOf(policy, deps.clock.now(), policy.section(OrganisationPolicy).zone)
    const vocabulary = vocabularyOf(deps.registry, policy)
    const understanding = understandTyped(typedText(platform, event), true, vocabulary, moment)
    if (understanding.kind !== 'command' || understanding.unclear.length > 0) return false
    return deps.registry.commands.get(understanding.command)?.opensForm?.(understanding.values) === true
  } catch (error) {
    deps.log.warn({ err: error, platform: platform.name }, 'whether a form opens could not be told')
    return false
  }
}

/**
 * The placeholder becomes the form, or says why there is none. Never throws.
 * @param handled undefined when it is handled later
 * @returns the answer without what was shown there
 */
export async function showForm(
  deps: FormDeps,
  platform: Platform,
  event: Incoming,
  handled: Answer | undefined,
  early: EarlyForm | undefined,
): Promise<Answer> {
  const answer = handled ?? {}
  if (!platform.openForm || event.canCarry.includes('form')) return answer
  const opened = await early?.opened
  const { form, message, key, ...rest } = answer
  try {
    if (form) {
      await platform.openForm(event, early ? { form, locale: early.locale } : { form }, opened)
      return rest
    }
    if (opened && early) {
      // Nobody is left before a placeholder that waits for ever.
      const nothing = messages.say(early.locale, handled ? 'form.none' : 'form.waits')
      const instead = message ?? { text: rest.toast ?? nothing }
      await platform.openForm(event, { message: instead, locale: early.locale }, opened)
      if (key) await deps.outbox.carried(key)
      return rest
    }
  } catch (error) {
    deps.log.warn({ err: error, platform: platform.name }, 'a form could not be shown')
  }
  return answer
}
