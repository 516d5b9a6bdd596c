/** What files tell the features, and what they ask them: where could a file of this person belong? */
import { z } from 'zod'
import type { Instant } from '#core/clock.ts'
import { contract } from '#core/contract.ts'
import type { Say } from '#core/i18n.ts'
import type { Question } from '../context.ts'

/**
 * What a feature had taken has come to its end: it is here (`ok`), or it will not come and its sender has been told why.
 * `same`: the owner had these very bytes already; `fileId` is the file that it had.
 */
export const FileArrived = contract(
  'files.arrived',
  z.strictObject({
    fileId: z.uuid(),
    feature: z.string(),
    reference: z.string(),
    ok: z.boolean(),
    same: z.boolean().default(false),
  }),
)

/** A file was taken back or thrown away before its time: what shows it can follow. */
export const FileDropped = contract(
  'files.dropped',
  z.strictObject({ fileId: z.uuid(), feature: z.string(), reference: z.string() }),
)

/** One thing that a person could be sending files for. */
export interface FilePlace {
  readonly feature: string
  /** The feature's own reference, which its files lie under. */
  readonly reference: string
  /** What it is, as a button shows it: `病假 #12`; at most 40 characters. */
  readonly label: Say
  /** The numbers people know it by, as `12`: what is typed beside the file chooses by them, and so does what a command made. */
  readonly numbers: readonly string[]
  /** Not offered by itself: taken only when it is named, or when the command that came with the files made it. */
  readonly onlyNamed?: boolean
  /** Lets others see what is sent; see `FileOwner`. */
  readonly permission: string
  readonly keepUntil: Instant
}

/** What could this person be sending now? Everything it answers is theirs to send to. */
export const FilesFor: Question<z.ZodObject<{ personId: z.ZodString }>, FilePlace> = {
  name: 'files.for',
  about: z.strictObject({ personId: z.string() }),
}
