/** Fields to be filled in: a Slack modal, a Lark card form, a page. One definition, rendered by each platform. */
import type { z } from 'zod'
import { payloadOf } from './card.ts'
import type { Contract } from './contract.ts'

interface FieldBase {
  /** Unique in the form; the key of its value. `[a-z][A-Za-z0-9]*`. */
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** Required unless true. */
  readonly optional?: boolean
}
export type Field = FieldBase &
  (
    | { readonly kind: 'text'; readonly initial?: string; readonly charsMax?: number }
    | { readonly kind: 'longText'; readonly initial?: string; readonly charsMax?: number }
    /** `2026-09-28` */
    | { readonly kind: 'date'; readonly initial?: string }
    /** `16:30` */
    | { readonly kind: 'time'; readonly initial?: string }
    | { readonly kind: 'number'; readonly initial?: string; readonly min?: number; readonly max?: number }
    | {
        readonly kind: 'choice'
        readonly initial?: string
        readonly options: readonly { readonly value: string; readonly label: string }[]
      }
    /** People of the department; values are our person ids, the adapter sees accounts. */
    | { readonly kind: 'people'; readonly initial?: readonly string[]; readonly countMax?: number }
    /** What comes back is the platform's own id of each file; its `FileRef` comes beside the values in the event. */
    | { readonly kind: 'file'; readonly countMax?: number }
  )

export interface Form {
  /** The name of the contract that receives it. */
  readonly form: string
  /** What it is about: the contract's payload as JSON; travels with the form and comes back unchanged. */
  readonly value: string
  /** At most 24 characters (Slack's limit for a modal's title). */
  readonly title: string
  readonly intro?: string
  readonly fields: readonly Field[]
  readonly submit: string
  readonly cancel: string
  /**
   * The address of the same form as a page of ours, for this person alone; absent where there are no pages. A platform whose
   * forms are pages shows nothing but this; the others offer it beside the form.
   */
  readonly page?: string
}

/** What came back, by field name: text as typed, `YYYY-MM-DD`, `HH:MM`, an option's value, or a list for people and files. An empty optional field is absent. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>

export function form<S extends z.ZodType>(
  to: Contract<S>,
  value: z.input<S>,
  look: Omit<Form, 'form' | 'value'>,
): Form {
  return { form: to.name, value: payloadOf(to, value), ...look }
}
