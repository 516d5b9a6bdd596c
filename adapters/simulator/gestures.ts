/** What a browser may post, as shapes. Everything from outside passes through here. */
import { z } from 'zod'
import { FILES_MAX } from './limits.ts'

/** Made by the browser once for each thing a person does; a repeat has the same. */
const gesture = z.uuid()
const account = z.string().min(1).max(200)
const room = z.string().min(1).max(200)
const messageId = z.string().min(1).max(40)
const here = { id: gesture, account, room }

/** Of files that were uploaded before. */
const files = z.array(z.uuid()).max(FILES_MAX)

export const sayBody = z.strictObject({ ...here, text: z.string(), files: files.optional() })
export const discardBody = z.strictObject({ account, file: z.uuid() })
export const clickBody = z.strictObject({
  ...here,
  message: messageId,
  action: z.string().max(200),
  value: z.string().max(2_000),
})
export const chooseBody = clickBody.extend({ chosen: z.string().max(2_000) })
export const submitBody = z.strictObject({
  id: gesture,
  account,
  form: z.string().min(1).max(100),
  values: z.record(z.string().max(100), z.union([z.string(), z.array(z.string().max(200)).max(200)])),
})
export const editBody = z.strictObject({ ...here, message: messageId, text: z.string() })
export const deleteBody = z.strictObject({ ...here, message: messageId })
export const readBody = z.strictObject({ account, room, seq: z.int().min(0) })
export const clockBody = z.union([
  z.strictObject({ by: z.enum(['next', 'hour', 'day']) }),
  /** A wall time in the clock's zone: `2026-09-28T14:00`. */
  z.strictObject({ to: z.string().max(40) }),
])

export type SayBody = z.infer<typeof sayBody>
export type ClickBody = z.infer<typeof clickBody>
export type ChooseBody = z.infer<typeof chooseBody>
export type SubmitBody = z.infer<typeof submitBody>
export type EditBody = z.infer<typeof editBody>
export type DeleteBody = z.infer<typeof deleteBody>
export type ClockBody = z.infer<typeof clockBody>
