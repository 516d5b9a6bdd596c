/** The names of a form's components: the field's own, behind a word for the kind of value that comes back under it. Pure. */
import type { Field } from '#core/form.ts'

export type Kind = Exclude<Field['kind'], 'file'>

/** Unique in the form, because the names of fields are; never the name of the form or of its button. */
export const componentName = ({ kind, name }: { readonly kind: Kind; readonly name: string }): string =>
  `${kind}_${name}`

/** Undefined for the name of a component that is no field of ours. */
export function readComponentName(name: string): { readonly kind: Kind; readonly name: string } | undefined {
  const at = name.indexOf('_')
  const kind = KINDS.find((known) => known === name.slice(0, Math.max(0, at)))
  const field = name.slice(at + 1)
  return kind && field !== '' ? { kind, name: field } : undefined
}

const KINDS: readonly Kind[] = ['text', 'longText', 'date', 'time', 'number', 'choice', 'people']
