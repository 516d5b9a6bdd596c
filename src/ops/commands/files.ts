/** `files list` and `files get`: what is kept, and taking one file out. Taking out is written down. */
import path from 'node:path'
import { appendLine } from '#engine/audit/lines.ts'
import { readFile, subjectOf } from '#engine/files/files.ts'
import { writeBytes } from '#engine/files/policy.ts'
import { byNumber, latest } from '#engine/files/repository.ts'
import { done, no, type OpsCommand } from '../command.ts'
import { columns, numberOf, oneLine, oneOf, writeInstant, zoneOf } from '../words.ts'

const LIMIT = 50
const LIMIT_MAX = 1_000
const STATES = ['wanted', 'stored', 'refused', 'dropped'] as const

export const filesList: OpsCommand = {
  name: 'files list',
  about: 'list what people have sent and what was made for them, the newest first, without its content',
  options: [
    { name: 'state', takes: 'STATE', about: `only ${STATES.join(', ')}` },
    { name: 'feature', takes: 'FEATURE', about: 'only those of one feature, as leave' },
    { name: 'limit', takes: 'N', about: `at most so many, ${LIMIT} when absent` },
  ],
  async run(context, { values }) {
    const { state, feature, limit } = values
    const files = await context.db.transact('work', ({ sql }) =>
      latest(sql, {
        feature,
        state: state === undefined ? undefined : oneOf('--state', state, STATES),
        countMax: limit === undefined ? LIMIT : numberOf('--limit', limit, LIMIT_MAX),
      }),
    )
    if (files.length === 0) return done(['No such files.'])
    const zone = zoneOf(context)
    return done(
      columns([
        ['NUMBER', 'STATE', 'CAME', 'KEPT UNTIL', 'SIZE', 'OF', 'NAME'],
        ...files.map((file) => [
          String(file.number),
          file.problem === null ? file.state : `${file.state} (${file.problem})`,
          writeInstant(file.createdAt, zone),
          writeInstant(file.keepUntil, zone),
          file.bytes === null ? '—' : writeBytes(file.bytes),
          `${file.feature} ${file.reference}`,
          oneLine(file.name),
        ]),
      ]),
    )
  },
}

export const filesGet: OpsCommand = {
  name: 'files get',
  about: 'take one file out, readable by you alone; that it was taken out is written into the audit log',
  arguments: [{ name: 'number', about: 'its number, from `files list` or from what the bot said' }],
  options: [
    {
      name: 'to',
      takes: 'FILE',
      about: 'where to put it; under its number and name in this folder when absent',
      writes: true,
    },
  ],
  async run(context, { values }) {
    const number = numberOf('number', values['number'] ?? '', 1_000_000_000)
    const file = await context.db.transact('work', ({ sql }) => byNumber(sql, number))
    if (!file) return no([], [`There is no file ${number}. See: npm run ops -- files list`])
    if (file.state !== 'stored' || file.bytes === null)
      return no([], [`The file ${number} is not here: it is ${file.state}${file.problem ? ` (${file.problem})` : ''}.`])
    const content = await readFile(context.db, file.id, file.bytes)
    await context.db.transact('work', (tx) =>
      appendLine(tx.sql, {
        at: context.clock.now(),
        actorId: null,
        action: 'file.taken-out',
        subject: subjectOf(file.id),
        data: { number, feature: file.feature, reference: file.reference },
      }),
    )
    // Whoever sent it chose the name: with its number it cannot stand in the place of a file that is there, as people.csv.
    const to = values['to'] ?? `${number}-${path.basename(file.name)}`
    return {
      ...done([`${to}: ${writeBytes(file.bytes)}`]),
      files: [{ path: to, text: '', base64: Buffer.from(content).toString('base64'), isPrivate: true }],
    }
  },
}
