/** Every command of the command line, in the order of its help. */
import type { OpsCommand } from './command.ts'
import { peopleLink, peopleUnlink } from './commands/accounts.ts'
import { alerts } from './commands/alerts.ts'
import { auditVerify } from './commands/audit.ts'
import { backup, restore } from './commands/backup.ts'
import { balancesExport, balancesImport } from './commands/balances.ts'
import { calendarExport, calendarImport } from './commands/calendar.ts'
import { channelsCreate, channelsLink, channelsList, channelsUnlink } from './commands/channels.ts'
import { check } from './commands/check.ts'
import { directorySync } from './commands/directory.ts'
import { filesGet, filesList } from './commands/files.ts'
import { gallery } from './commands/gallery.ts'
import { inboxDrop, inboxList, inboxRetry } from './commands/inbox.ts'
import { init } from './commands/init.ts'
import { jobsDrop, jobsList, jobsRetry } from './commands/jobs.ts'
import { peopleAccounts, peopleCode, peopleLookup } from './commands/lookup.ts'
import { commandsPublish } from './commands/menu.ts'
import { outboxDrop, outboxList, outboxRetry } from './commands/outbox.ts'
import { peopleExport, peopleImport } from './commands/people.ts'
import { policyApply, policyCheck, policyExplain } from './commands/policy.ts'
import { preview } from './commands/preview.ts'
import { reportExport, reportList, reportMake } from './commands/report.ts'
import { understand } from './commands/understand.ts'

export const COMMANDS: readonly OpsCommand[] = [
  init,
  check,
  alerts,
  peopleImport,
  peopleExport,
  peopleLink,
  peopleUnlink,
  peopleAccounts,
  peopleLookup,
  peopleCode,
  directorySync,
  channelsList,
  channelsLink,
  channelsUnlink,
  channelsCreate,
  commandsPublish,
  balancesImport,
  balancesExport,
  calendarImport,
  calendarExport,
  policyCheck,
  policyExplain,
  policyApply,
  preview,
  understand,
  jobsList,
  jobsRetry,
  jobsDrop,
  inboxList,
  inboxRetry,
  inboxDrop,
  outboxList,
  outboxRetry,
  outboxDrop,
  filesList,
  filesGet,
  backup,
  restore,
  reportList,
  reportMake,
  reportExport,
  auditVerify,
  gallery,
]
