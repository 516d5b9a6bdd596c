/** What `init` asks: each question, what may be answered, and why an answer will not do. Pure. */
import { isZone } from '#core/calendar/zone.ts'
import { LOCALES } from '#core/i18n.ts'
import { nearest } from '#engine/policy/nearest.ts'

export interface Answers {
  readonly organisationZh: string
  readonly organisationEn: string
  readonly language: string
  readonly zone: string
  readonly departmentZh: string
  readonly departmentEn: string
  readonly preset: string
  readonly platform: string
  /** Empty: not known yet. */
  readonly channel: string
  readonly staffNo: string
  readonly name: string
  /** Empty: not known yet. */
  readonly account: string
}

export interface InitQuestion {
  readonly key: keyof Answers
  /** As a flag: `organisation-zh`. */
  readonly flag: string
  /** What is shown, and what help says. */
  readonly asks: string
  /** What holds when nothing is answered. */
  readonly usual?: (given: Partial<Answers>) => string
  /** Why the answer will not do; undefined when it will. */
  refuses(answer: string, given: Partial<Answers>, presets: readonly string[]): string | undefined
}

/** The platforms that this version speaks. */
const SPOKEN = ['slack', 'lark', 'wecom', 'simulator']
const CHARS_MAX = 100

const words = (answer: string): string | undefined => {
  if (answer === '') return 'write at least one character'
  return answer.length > CHARS_MAX ? `write at most ${CHARS_MAX} characters` : undefined
}
const oneOf = (answer: string, known: readonly string[]): string | undefined => {
  if (known.includes(answer)) return undefined
  const near = nearest(answer, known)
  return `write one of ${known.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`
}
/** What ids look like on each platform, and where they are found. */
const ROOMS: Readonly<Record<string, readonly [RegExp, string]>> = {
  slack: [/^[CG][A-Z0-9]{6,}$/, "Slack's ids look like C0123ABCD: it stands at the bottom of the channel’s details"],
  lark: [/^oc_\w{6,}$/, "Lark's ids look like oc_0123abcd: it stands at the bottom of the group’s settings"],
  wecom: [
    /^(chat|hook|bot):\S+$/,
    'write chat:ID for a group that the app made, hook:NAME for a group webhook, bot:ID for a group with the smart bot',
  ],
}
/** Why this cannot be the id of a room there; undefined when it may be. */
export const roomProblem = (platform: string, room: string): string | undefined => idOn(ROOMS, platform, room)

const ACCOUNTS: Readonly<Record<string, readonly [RegExp, string]>> = {
  slack: [/^[UW][A-Z0-9]{6,}$/, "Slack's ids look like U0123ABCD: “Copy member ID” in the profile’s menu"],
  lark: [/^ou_\w{6,}$/, "Lark's ids look like ou_0123abcd: the bot tells it to whoever writes to it"],
  wecom: [/^[\w.@-]{1,64}$/, 'write the account (账号) as the address book of WeCom has it, as ZhouMin'],
}
const idOn = (kinds: typeof ROOMS, platform: string | undefined, answer: string): string | undefined => {
  const [pattern, hint] = kinds[platform ?? ''] ?? []
  return answer === '' || pattern?.test(answer) !== false ? undefined : hint
}

export const QUESTIONS: readonly InitQuestion[] = [
  {
    key: 'organisationZh',
    flag: 'organisation-zh',
    asks: 'What is the organisation called in Chinese?',
    refuses: words,
  },
  { key: 'organisationEn', flag: 'organisation-en', asks: 'And in English?', refuses: words },
  {
    key: 'language',
    flag: 'language',
    asks: `Which language do its channels speak (${LOCALES.join(', ')})?`,
    usual: () => LOCALES[0],
    refuses: (answer) => oneOf(answer, LOCALES),
  },
  {
    key: 'zone',
    flag: 'zone',
    asks: 'In which time zone does it work?',
    usual: () => 'Asia/Shanghai',
    refuses: (answer) => (isZone(answer) ? undefined : 'write an IANA name, as Asia/Shanghai or Europe/London'),
  },
  {
    key: 'departmentZh',
    flag: 'department-zh',
    asks: 'What is the department called in Chinese, as 客服部?',
    refuses: words,
  },
  { key: 'departmentEn', flag: 'department-en', asks: 'And in English, as Customer service?', refuses: words },
  {
    key: 'preset',
    flag: 'preset',
    asks: 'Which preset comes nearest to your rules (docs/admin-guide.md tells what each holds)?',
    usual: () => 'default',
    refuses: (answer, _, presets) => oneOf(answer, presets),
  },
  {
    key: 'platform',
    flag: 'platform',
    asks: `Where do people talk (${SPOKEN.join(', ')})?`,
    usual: () => 'slack',
    refuses: (answer) => oneOf(answer, SPOKEN),
  },
  {
    key: 'channel',
    flag: 'channel',
    asks: "What is the id of the department's channel there? (Empty if you do not know it yet.)",
    usual: ({ platform }) => (platform === 'simulator' ? 'department' : ''),
    refuses: (answer, { platform }) => idOn(ROOMS, platform, answer),
  },
  {
    key: 'staffNo',
    flag: 'staff-no',
    asks: 'What is the staff number of the first administrator, probably yours?',
    refuses: (answer) => words(answer) ?? (answer.length > 40 ? 'write at most 40 characters' : undefined),
  },
  { key: 'name', flag: 'name', asks: 'And the name?', refuses: words },
  {
    key: 'account',
    flag: 'account',
    asks: 'And the id of that account there? (Empty if you do not know it yet: the bot tells it to whoever writes to it.)',
    usual: ({ platform, staffNo }) => (platform === 'simulator' ? (staffNo ?? '') : ''),
    refuses: (answer, { platform }) => idOn(ACCOUNTS, platform, answer),
  },
]
