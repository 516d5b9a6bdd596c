/** A page as whoever holds its link or its session sees it. */
import type { Instant } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import type { Ctx, Person } from '../context.ts'
import type { Database, Tx } from '../db/transaction.ts'
import { whatIsTaken } from '../files/files.ts'
import type { FileKind } from '../files/kinds.ts'
import { bytesMaxOf, FilesPolicy, writeBytes } from '../files/policy.ts'
import { peopleFor } from '../identity/people.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import * as repository from './repository.ts'

export interface PagesDeps {
  readonly db: Database
  readonly policy: () => LoadedPolicy
  /** The edge, for a page's platform by its name. Undefined when that platform is not on. Throws when it cannot be stored. */
  readonly deliver: (platform: string, event: Incoming) => Promise<Answer> | undefined
  readonly log: { error(data: object, message: string): void }
  /** {@link realNow} when absent. */
  readonly realNow?: () => Instant
}

/** Whose page it is: all that is shown before the link is exchanged. */
export interface Whose {
  readonly name: string
  readonly department: string
  readonly locale: Locale
  readonly title: string
}
/**
 * `used`: exchanged already. `expired`: never exchanged in time. `submitted`: sent in and taken. `inactive`: the person has
 * left. `unlinked`: the account it was asked for from is not theirs any more.
 */
export type Over = 'used' | 'expired' | 'submitted' | 'inactive' | 'unlinked'
export type Link =
  | { readonly state: 'unknown' }
  | { readonly state: 'open'; readonly whose: Whose }
  /** `id`: the session is open still, and who has it can go on. */
  | { readonly state: 'used'; readonly locale: Locale; readonly id?: string }
  | { readonly state: Exclude<Over, 'used'>; readonly locale: Locale }

export interface Colleague {
  readonly id: string
  readonly name: string
  readonly department: string
  readonly staffNo: string
}
/** A page in its session, with all that is drawn. */
export interface Opened {
  readonly id: string
  readonly whose: Whose
  readonly form: Form
  readonly uploads: readonly repository.Upload[]
  /** Active people in the order of departments and staff numbers; none when no field asks for them. */
  readonly colleagues: readonly Colleague[]
  /** What files may be: the largest and all of one attempt together, in words, and the kinds. */
  readonly files: {
    readonly max: string
    readonly together: string
    readonly kinds: readonly FileKind[]
    readonly kindsInWords: string
  }
}
export type Session =
  | { readonly state: 'open'; readonly page: Opened }
  | { readonly state: 'lost'; readonly locale: Locale | undefined }
  | { readonly state: 'submitted'; readonly whose: Whose; readonly locale: Locale }
  | { readonly state: 'inactive' | 'unlinked'; readonly locale: Locale }

/** A page in its session, without what is drawn. */
export interface Standing {
  readonly state: Session['state']
  readonly locale: Locale | undefined
}

/** Why nothing can be done on it any more, whoever asks. */
export function overOf({
  person,
  linked,
  submittedAt,
}: repository.Page): 'submitted' | 'inactive' | 'unlinked' | undefined {
  if (submittedAt !== undefined) return 'submitted'
  if (!person.active) return 'inactive'
  return linked ? undefined : 'unlinked'
}

export function whoseOf({ person, form }: repository.Page, policy: LoadedPolicy): Whose {
  const { locale, name } = person
  return { name, locale, department: departmentName(policy, person.department, locale), title: form.title }
}

function departmentName(policy: LoadedPolicy, id: string, locale: Locale): string {
  const found = policy.section(OrganisationPolicy).departments.find((department) => department.id === id)
  return found ? inLocale(found.name, locale) : id
}

/** A page as it is drawn. */
export async function openedOf(
  { policy: policyNow }: Pick<PagesDeps, 'policy'>,
  tx: Tx,
  page: repository.Page,
): Promise<Opened> {
  const policy = policyNow()
  const { locale } = page.person
  const files = whatIsTaken(policyFor(policy, page.person))
  const asksForPeople = page.form.fields.some(({ kind }) => kind === 'people')
  return {
    id: page.id,
    whose: whoseOf(page, policy),
    form: page.form,
    uploads: await repository.uploadsOf(tx.sql, page.id),
    colleagues: asksForPeople ? await colleagues(tx, policy, locale) : [],
    files: {
      max: files.max,
      together: writeBytes(togetherBytesMax(policy)),
      kinds: policy.section(FilesPolicy, page.person).kinds,
      kindsInWords: files.kinds(locale),
    },
  }
}

/** Several files of the largest size would fill the memory: so many of them together. */
const FILES_AT_ONCE = 2

/** All files of one call, in bytes, whoever sends it: the bound of a call is needed before its person is known. */
export const togetherBytesMax = (policy: LoadedPolicy): number =>
  FILES_AT_ONCE * bytesMaxOf({ policy: (section) => policy.section(section) })

/** The sections of a policy as they hold for one person. */
export const policyFor = (policy: LoadedPolicy, person: Person): Pick<Ctx, 'policy'> => ({
  policy: (section) => policy.section(section, person),
})

async function colleagues(tx: Tx, policy: LoadedPolicy, locale: Locale): Promise<readonly Colleague[]> {
  const order = policy.section(OrganisationPolicy).departments.map(({ id }) => id)
  const active = (await peopleFor(tx, policy).all()).filter((person) => person.active)
  return active
    .toSorted((one, other) => order.indexOf(one.department) - order.indexOf(other.department))
    .map(({ id, name, department, staffNo }) => ({
      id,
      name,
      department: departmentName(policy, department, locale),
      staffNo,
    }))
}
