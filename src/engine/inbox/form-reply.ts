/** A form as the answer to an event: in the platform's own way, and as a page where there are pages. And what of it comes back: people. */
import { Refusal } from '#core/errors.ts'
import type { Field, Form, FormValues } from '#core/form.ts'
import type { Incoming, Platform } from '#core/platform.ts'
import type { Person, PersonCtx, Reply } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { accountsOf, ownersOf } from '../identity/accounts.ts'
import { formElsewhereCard } from './cards.ts'
import { messages } from './i18n.ts'
import type { ContextDeps } from './make-context.ts'

interface At {
  readonly platform: Platform
  readonly event: Incoming
  readonly person: Person
  /** The inbox row. */
  readonly id: string
}

/** The reply with its form where this platform shows forms: in the answer, in a message, or as nothing but a link. */
export async function withForm(deps: ContextDeps, tx: Tx, at: At, reply: Reply, asked: Form): Promise<Reply> {
  const { platform, event, person, id } = at
  const page = await deps.pages?.open(tx, {
    person,
    platform: platform.name,
    account: event.person,
    room: event.room,
    roomKind: event.roomKind,
    form: asked,
  })
  const form: Form = page === undefined ? asked : { ...asked, page }
  const { form: _, ...rest } = reply
  switch (platform.limits.forms) {
    case 'card':
      return { ...rest, message: { form } }
    case 'page':
      if (page !== undefined) return { ...rest, message: { form } }
      return { ...rest, message: { text: messages.say(person.locale, 'form.no-pages', { title: form.title }) } }
    case 'modal':
      return canShowForm(platform, event)
        ? { ...rest, form: await withAccounts(tx, platform.name, form) }
        : { ...rest, message: { card: formElsewhereCard(person.locale, id, page) } }
  }
}

/** A plain message opens no form on a platform whose forms need a click: then a button runs the command again. */
function canShowForm(platform: Platform, event: Incoming): boolean {
  if (event.canCarry.includes('form')) return true
  return (
    platform.openForm !== undefined &&
    (event.kind === 'clicked' || (event.kind === 'said' && event.command !== undefined))
  )
}

/** A form that leaves in an answer has no accounts beside it: who is chosen at first is named by their account there. */
async function withAccounts(tx: Tx, platform: string, form: Form): Promise<Form> {
  const named = form.fields.flatMap((field) => (field.kind === 'people' ? (field.initial ?? []) : []))
  if (named.length === 0) return form
  const accounts = await accountsOf(tx, named, platform)
  const fields = form.fields.map((field): Field => {
    if (field.kind !== 'people' || field.initial === undefined) return field
    return { ...field, initial: field.initial.flatMap((id) => accounts[id] ?? []) }
  })
  return { ...form, fields }
}

/**
 * The values with our person ids in place of the platform's accounts, in the fields that the platform names.
 * @throws Refusal beside the field, for an account that is nobody's
 */
export async function withPeople(
  ctx: PersonCtx,
  { people = [] }: Incoming & { kind: 'filled' },
  values: FormValues,
): Promise<FormValues> {
  const found: Record<string, readonly string[]> = {}
  for (const name of people) {
    const value = values[name]
    if (value === undefined) continue
    const accounts = typeof value === 'string' ? [value] : value
    const owners = await ownersOf(ctx, ctx.origin.platform, accounts, true)
    const stranger = accounts.find((account) => !owners.has(account))
    if (stranger !== undefined)
      throw new Refusal(messages.later('form.stranger', { account: stranger }), { field: name })
    found[name] = [...new Set(accounts.map((account) => owners.get(account) ?? ''))]
  }
  return { ...values, ...found }
}
