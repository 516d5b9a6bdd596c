/** What travels for files: the job that fetches one. */
import { z } from 'zod'
import { contract } from '#core/contract.ts'

export const FetchFile = contract('files.fetch', z.strictObject({ fileId: z.uuid() }))
