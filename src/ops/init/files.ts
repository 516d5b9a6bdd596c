/** The first policy file and the first people file, made of a few answers. Pure. */
import type { Answers } from './answers.ts'

/** A text as YAML takes it, whatever it holds: JSON is YAML. */
const text = (value: string): string => JSON.stringify(value)
const both = (zh: string, en: string): string => `{ zh: ${text(zh)}, en: ${text(en)} }`

/** `customer-service`: what other keys point at; never shown to people. */
export function departmentId(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
  // `department` is the preset's own, which is taken away.
  return id === '' || id === 'department' ? 'main' : id
}

export function policyText(answers: Answers): string {
  const { organisationZh, organisationEn, departmentZh, departmentEn, language, zone, preset, platform, channel } =
    answers
  const id = departmentId(departmentEn)
  const room =
    channel === ''
      ? [`    # The room it is posted to, once you know its id:`, `    # ${platform}: …`]
      : [`    ${platform}: ${text(channel)}`]
  return lines([
    '# The rules of the department. What is not written here comes from the preset; the admin guide explains every section.',
    '# After a change: npm run ops -- policy check, then policy apply.',
    `extends: [${preset}]`,
    '',
    'organisation:',
    `  name: ${both(organisationZh, organisationEn)}`,
    `  zone: ${zone}`,
    `  language: ${language}`,
    '  departments:',
    "    # The preset's own is taken away.",
    '    department: null',
    `    ${id}:`,
    `      name: ${both(departmentZh, departmentEn)}`,
    '      channel: department',
    '',
    'channels:',
    '  department:',
    `    name: ${both(departmentZh, departmentEn)}`,
    ...room,
    `    department: ${id}`,
    '',
    '# Who is told when something is wrong: everybody with the role admin, or a room of your own:',
    '# administration: { channel: … }',
  ])
}

export function peopleText(answers: Answers): string {
  const { departmentEn, staffNo, name, platform, account } = answers
  return lines([
    '# Who belongs to the department. Numbers that are no numbers to reckon with are written in quotes.',
    '# After a change: npm run ops -- people import, first without --apply.',
    'people:',
    `  - staffNo: ${text(staffNo)}`,
    `    name: ${text(name)}`,
    `    department: ${departmentId(departmentEn)}`,
    '    roles: [admin]',
    ...(account === '' ? [`    # accounts: { ${platform}: … }`] : [`    accounts: { ${platform}: ${text(account)} }`]),
    '  # Everybody else like this; `manager` is the staff number of who decides their leave:',
    '  # - staffNo: …',
    '  #   name: …',
    `  #   department: ${departmentId(departmentEn)}`,
    `  #   manager: ${text(staffNo)}`,
    `  #   accounts: { ${platform}: … }`,
  ])
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`
