/** Every command of the command line, in the order of its help. */
import type { OpsCommand } from './command.ts'
import { peopleLink, peopleUnlink } from './commands/accounts.ts'
import { auditVerify } from './commands/audit.ts'
import { gallery } from './commands/gallery.ts'
import { jobsList, jobsRetry } from './commands/jobs.ts'
import { outboxList, outboxRetry } from './commands/outbox.ts'
import { peopleExport, peopleImport } from './commands/people.ts'
import { policyApply, policyCheck, policyExplain } from './commands/policy.ts'
import { preview } from './commands/preview.ts'
import { understand } from './commands/understand.ts'

export const COMMANDS: readonly OpsCommand[] = [
  peopleImport,
  peopleExport,
  peopleLink,
  peopleUnlink,
  policyCheck,
  policyExplain,
  policyApply,
  preview,
  understand,
  jobsList,
  jobsRetry,
  outboxList,
  outboxRetry,
  auditVerify,
  gallery,
]
