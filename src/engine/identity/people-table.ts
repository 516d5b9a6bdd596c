/** The people file as a table, CSV or XLSX: the same entries and the same checks as in YAML, told by row and column. */
import type { CivilDate } from '#core/command-args.ts'
import { inLocale, type Locale } from '#core/i18n.ts'
import { dayIn, listIn, wordKey } from '#core/table/cells.ts'
import { type Sheet, type Table, type TableProblem, writeProblems } from '#core/table/table.ts'
import { PLATFORMS, type PlatformName } from '../policy/channels.ts'
import { type Issue, noneOf } from '../policy/check.ts'
import { type Columns, columnsOf, type Field, idNamed, type Named, wordFor } from '../policy/columns.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { checkPeople, entryOf, type FilePerson } from './people-file.ts'

type Key =
  | 'staffNo'
  | 'name'
  | 'department'
  | 'post'
  | 'roles'
  | 'manager'
  | 'delegate'
  | 'hired'
  | 'email'
  | 'mobile'
  | 'language'
  | 'zone'
  | 'pattern'
  | 'prefers'
  | PlatformName

/** In the order in which our own tables show them. */
const FIELDS: readonly Field<Key>[] = [
  {
    key: 'staffNo',
    zh: '工号',
    en: 'Staff no',
    also: ['员工编号', '员工号', '编号', 'staff number', 'employee id'],
    required: true,
  },
  { key: 'name', zh: '姓名', en: 'Name', also: ['名字', '员工姓名', 'full name'], required: true },
  { key: 'department', zh: '部门', en: 'Department', also: ['所属部门', '所在部门'], required: true },
  { key: 'post', zh: '岗位', en: 'Post', also: ['职务', '职位', 'position', 'job title'] },
  { key: 'roles', zh: '角色', en: 'Roles', also: ['role'] },
  {
    key: 'manager',
    zh: '上级工号',
    en: 'Manager',
    also: ['上级', '直属上级', '直接上级', '主管工号', 'manager staff no', 'reports to'],
  },
  { key: 'delegate', zh: '代理人', en: 'Delegate', also: ['代理', 'deputy'] },
  { key: 'hired', zh: '入职日期', en: 'Hired', also: ['入职', '入职时间', 'hire date', 'start date'] },
  { key: 'email', zh: '邮箱', en: 'E-mail', also: ['电子邮箱', '电子邮件', '电邮', 'mail', 'email address'] },
  { key: 'mobile', zh: '手机', en: 'Mobile', also: ['手机号', '手机号码', '电话', '联系电话', 'phone', 'telephone'] },
  { key: 'language', zh: '语言', en: 'Language' },
  { key: 'zone', zh: '时区', en: 'Time zone', also: ['timezone'] },
  { key: 'pattern', zh: '工时', en: 'Pattern', also: ['班次', '工时制', '工作时间', 'working pattern'] },
  { key: 'prefers', zh: '首选平台', en: 'Preferred platform', also: ['preferred'] },
  { key: 'slack', zh: 'Slack 账号', en: 'Slack account' },
  { key: 'lark', zh: '飞书账号', en: 'Lark account', also: ['飞书', 'feishu'] },
  { key: 'wecom', zh: '企业微信账号', en: 'WeCom account', also: ['企业微信', '企微'] },
  { key: 'simulator', zh: '模拟器账号', en: 'Simulator account', also: ['模拟器'] },
]

const LANGUAGES: readonly Named[] = [
  { id: 'zh-CN', names: ['中文', '简体', '简体中文', 'Chinese', 'Simplified Chinese', 'zh'] },
  { id: 'zh-TW', names: ['繁体', '繁体中文', 'Traditional Chinese'] },
  { id: 'en', names: ['英文', '英语', 'English'] },
]
const PLATFORM_NAMES: readonly Named[] = [
  { id: 'slack', names: [] },
  { id: 'lark', names: ['飞书', 'Feishu'] },
  { id: 'wecom', names: ['企业微信', '企微'] },
  { id: 'simulator', names: ['模拟器'] },
]

/** A cell that cannot be read as what its column holds. */
class Unread {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** @returns everybody, or every problem of the table with its row and column; never both */
export function readPeopleTable(
  table: Table,
  policy: LoadedPolicy,
): { readonly people: readonly FilePerson[] } | { readonly problems: readonly string[] } {
  const columns = columnsOf(table, FIELDS)
  if (columns.problems.length > 0) return { problems: writeProblems(table, columns.problems) }
  const readers = readersOf(policy)
  const unread: TableProblem[] = []
  const entries = table.rows.map(({ line, cells }) => {
    const entry: Record<string, unknown> = {}
    const accounts: Record<string, unknown> = {}
    for (const { key } of FIELDS) {
      const column = columns.of(key)
      const text = column === undefined ? '' : (cells[column] ?? '').trim()
      if (column === undefined || text === '') continue
      const value = readers[key](text)
      if (value instanceof Unread) unread.push({ line, column, message: value.message })
      else if (isPlatform(key)) accounts[key] = value
      else entry[key] = value
    }
    return Object.keys(accounts).length === 0 ? entry : { ...entry, accounts }
  })
  const checked = checkPeople({ people: entries }, policy)
  const issues = 'issues' in checked ? checked.issues.map((issue) => placed(issue, table, columns)) : []
  // What could not be read is missing in its entry: it is told once.
  const placeOf = ({ line, column }: TableProblem) => `${line} ${column}`
  const told = new Set(unread.map(placeOf))
  const problems = [...unread, ...issues.filter((issue) => !told.has(placeOf(issue)))]
  if (problems.length > 0) return { problems: writeProblems(table, problems) }
  return 'people' in checked ? checked : { people: [] }
}

const isPlatform = (key: string): key is PlatformName => PLATFORMS.some((platform) => platform === key)

/** Where an issue of the entry is written in the table: `people[3].accounts.slack`. */
function placed({ path, message }: Issue, table: Table, columns: Columns<Key>): TableProblem {
  const [, index, field, platform] = path
  const line = typeof index === 'number' ? table.rows[index]?.line : undefined
  const key = (field === 'accounts' ? platform : field) as Key | undefined
  const column = key === undefined ? undefined : columns.of(key)
  return {
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    message: column === undefined && key !== undefined ? `${key}: ${message}` : message,
  }
}

/** How the text of a cell becomes what the entry holds. */
function readersOf(policy: LoadedPolicy): Readonly<Record<Key, (text: string) => unknown>> {
  const { departments, posts, roles } = namesIn(policy)
  const as = (all: readonly Named[], what: string) => (text: string) =>
    idNamed(text, all) ?? unknownName(text, all, what)
  const asIs = (text: string) => text
  const role = as(roles, 'no role: there are')
  return {
    staffNo: asIs,
    name: asIs,
    department: as(departments, 'no department: there are'),
    post: as(posts, 'no post: there are'),
    roles: (text) => {
      const found = listIn(text).map(role)
      return found.find((one) => one instanceof Unread) ?? found
    },
    manager: asIs,
    delegate: readDelegates,
    hired: (text) => dayIn(text) ?? new Unread(`${JSON.stringify(text)}: write the day as 2026-09-28`),
    email: asIs,
    mobile: asIs,
    language: as(LANGUAGES, 'no language: there are'),
    zone: asIs,
    pattern: readPattern,
    prefers: as(PLATFORM_NAMES, 'no platform: there are'),
    slack: readAccounts,
    lark: readAccounts,
    wecom: readAccounts,
    simulator: readAccounts,
  }
}

function unknownName(text: string, all: readonly Named[], what: string): Unread {
  const words = all.map(({ id, names: [name] }) =>
    name === undefined || wordKey(name) === wordKey(id) ? id : `${name} (${id})`,
  )
  const meant = all.flatMap(({ id, names }) => [id, ...names])
  return new Unread(noneOf(text, words, what, meant))
}

/** Accounts with a space or a comma between them; as JSON where an account holds one itself. */
function readAccounts(text: string): unknown {
  return text.startsWith('[')
    ? fromJson(text, 'these are no accounts: write them with spaces between')
    : listIn(text, 'separate')
}

function fromJson(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return new Unread(otherwise)
  }
}

/** `QS003 2026-10-12~2026-10-16`, several separated by `；`. */
function readDelegates(text: string): unknown {
  const found = text
    .split(/[;；\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, to, days = ''] = /^(.+?)\s+(\d{4}.*)$/.exec(part) ?? []
      const [from, until] = days.split(/\s*(?:~|～|至|到|—|–|\bto\b|\.\.)\s*/).map(dayIn)
      return to === undefined || from === undefined || until === undefined ? undefined : { to, from, until }
    })
  if (found.some((one) => one === undefined))
    return new Unread(
      `${JSON.stringify(text)}: write a staff number and two days, as QS003 2026-10-12~2026-10-16, several with ; between them`,
    )
  return found
}

/** The name of a pattern, or a pattern as JSON: what our own tables write for one that has no name. */
const readPattern = (text: string): unknown =>
  text.startsWith('{') ? fromJson(text, 'this is no working pattern: write the name of one of calendar.patterns') : text

interface Names {
  readonly departments: readonly Named[]
  readonly posts: readonly Named[]
  readonly roles: readonly Named[]
}

function namesIn(policy: LoadedPolicy): Names {
  const { language, ...organisation } = policy.section(OrganisationPolicy)
  const named = (key: keyof Names): readonly Named[] =>
    organisation[key].map(({ id, name }) => ({
      id,
      // The organisation's own language first: it is what our tables show.
      names: [...new Set([inLocale(name, language), name['zh-CN'], name.en, inLocale(name, 'zh-TW')])],
    }))
  return { departments: named('departments'), posts: named('posts'), roles: named('roles') }
}

/** The people as a sheet that {@link readPeopleTable} reads as the same people. */
export function peopleSheet(people: readonly FilePerson[], policy: LoadedPolicy): Sheet {
  const { language } = policy.section(OrganisationPolicy)
  const names = namesIn(policy)
  const used = FIELDS.filter(
    ({ key }) => key !== 'simulator' || people.some(({ accounts }) => accounts.simulator !== undefined),
  )
  return {
    name: inLocale({ 'zh-CN': '人员', en: 'People' }, language),
    columns: used.map(({ zh, en }) => ({ header: headingIn(language, { zh, en }) })),
    rows: people.map((person) => {
      const entry = entryOf(person, policy)
      return used.map(({ key }) => cellOf(key, entry, names))
    }),
    frozenColumns: 2,
    landscape: true,
  }
}

const headingIn = (language: Locale, { zh, en }: { zh: string; en: string }): string =>
  inLocale({ 'zh-CN': zh, en }, language)

function cellOf(
  key: Key,
  entry: Readonly<Record<string, unknown>>,
  names: Names,
): string | { readonly day: CivilDate } | null {
  const value = isPlatform(key)
    ? (entry['accounts'] as Readonly<Record<string, unknown>> | undefined)?.[key]
    : entry[key]
  if (value === undefined) return null
  switch (key) {
    case 'hired':
      return { day: String(value) }
    case 'department':
      return nameOf(String(value), names.departments)
    case 'post':
      return nameOf(String(value), names.posts)
    case 'roles':
      return listed(value)
        .map((role) => nameOf(String(role), names.roles))
        .join('、')
    case 'delegate':
      return listed(value)
        .map((one) => one as { to: string; from: CivilDate; until: CivilDate })
        .map(({ to, from, until }) => `${to} ${from}~${until}`)
        .join('；')
    case 'pattern':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'slack':
    case 'lark':
    case 'wecom':
    case 'simulator':
      return accountsText(listed(value).map(String))
    default:
      return String(value)
  }
}

function nameOf(id: string, all: readonly Named[]): string {
  const name = all.find((one) => one.id === id)?.names[0]
  // A name that holds what separates a list could not be read again.
  return name === undefined || listIn(name).length !== 1 ? id : wordFor(id, name, all)
}

const accountsText = (accounts: readonly string[]): string =>
  accounts.some((account) => account.startsWith('[') || listIn(account, 'separate').length !== 1)
    ? JSON.stringify(accounts)
    : accounts.join(' ')

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
