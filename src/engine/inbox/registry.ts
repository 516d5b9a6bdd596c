/** Everything the features declare, found by name. */

import { addDays, civilDateAt, wallTimeAt } from '#core/calendar/civil.ts'
import type { Instant } from '#core/clock.ts'
import { allInLocale, type Text } from '#core/i18n.ts'
import { fold } from '#core/parser/fold.ts'
import type { CommandWords, Moment, Vocabulary } from '#core/parser/understanding.ts'
import type { PolicySection } from '../context.ts'
import type { Action, ApprovalKind, Command, Feature, FormHandler, JobHandler } from '../feature.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'

export interface Registry {
  readonly features: readonly Feature[]
  readonly commands: ReadonlyMap<string, Command>
  /** The same as the parser is given them: with what they are called in traditional characters, where that is another word. */
  readonly words: readonly CommandWords[]
  readonly actions: ReadonlyMap<string, Action>
  readonly forms: ReadonlyMap<string, FormHandler>
  readonly approvals: ReadonlyMap<string, ApprovalKind>
  readonly jobs: ReadonlyMap<string, JobHandler>
  readonly sections: readonly PolicySection[]
  /** What each permission allows, in words. */
  readonly permissions: ReadonlyMap<string, Text>
}

/** How far ahead named holidays can be said. */
const HOLIDAYS_DAYS = 400
/** After that, `改成周四` is about nothing. */
export const RECENT_MS = 12 * 3_600_000

/** @throws Error when two features declare the same name: a bug, found at start */
export function registryOf(features: readonly Feature[], baseSections: readonly PolicySection[]): Registry {
  const sections = [...baseSections, ...features.flatMap((feature) => (feature.policy ? [feature.policy] : []))]
  once(sections.map((section) => section.section))
  return {
    features,
    sections,
    permissions: byName(features.flatMap((f) => Object.entries(f.permissions))),
    commands: byName(features.flatMap((f) => f.commands.map((c) => [c.id, c] as const))),
    words: features.flatMap((f) => f.commands.map(wordsOf)),
    actions: byName(features.flatMap((f) => f.actions.map((a) => [a.on.name, a] as const))),
    forms: byName(features.flatMap((f) => f.forms.map((h) => [h.on.name, h] as const))),
    approvals: byName(features.flatMap((f) => f.approvals.map((a) => [a.kind.name, a] as const))),
    jobs: byName(features.flatMap((f) => f.jobs.map((j) => [j.on.name, j] as const))),
  }
}

function wordsOf(command: Command): CommandWords {
  const { names, topics } = command
  return {
    ...command,
    names: { en: names.en, zh: everyWord(names.zh) },
    ...(topics ? { topics: { en: topics.en, zh: everyWord(topics.zh) } } : {}),
  }
}

/** 待审批 is 待審核 to a reader of traditional characters: both are understood, from everybody. */
function everyWord(zh: readonly string[]): readonly string[] {
  const known = new Set(zh.map(fold))
  return [...zh, ...allInLocale({ 'zh-CN': zh, en: zh }, 'zh-TW').filter((word) => !known.has(fold(word)))]
}

/**
 * What can be said by someone of this department and post; by anyone when `who` is absent.
 * @param people whom the message may name; see people-named.ts
 */
export function vocabularyOf(
  registry: Registry,
  policy: LoadedPolicy,
  who?: { department: string; post: string },
  people: Vocabulary['people'] = [],
): Vocabulary {
  const choices = Object.assign(
    {},
    ...registry.features.map((feature) => feature.choices?.((section) => policy.section(section, who)) ?? {}),
  )
  return { commands: registry.words, choices, people }
}

export function momentOf(policy: LoadedPolicy, now: Instant, zone: string, recent?: string): Moment {
  const today = civilDateAt(now, zone)
  return {
    today,
    time: wallTimeAt(now, zone).time,
    holidays: policy.calendar.holidays(today, addDays(today, HOLIDAYS_DAYS)),
    ...(recent ? { recent } : {}),
  }
}

function byName<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  once(entries.map(([name]) => name))
  return new Map(entries)
}

function once(names: readonly string[]) {
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw new Error(`${name} is declared twice`)
}
