/** What happens in a soak: a department and everything its people do, from a seed alone. */
import { createHash } from 'node:crypto'
import { addDays } from '../../src/core/calendar/civil.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts'
import type { Member } from '../support/spruce.ts'
import { type Chance, chance } from './random.ts'

/** One thing that one person does; delivered once, or several times. */
export interface Deed {
  readonly id: number
  readonly staffNo: string
  readonly does:
    | { readonly kind: 'say' | 'command'; readonly text: string }
    /** On the card that shows `token`. */
    | { readonly kind: 'press'; readonly label: string; readonly token: string }
    | { readonly kind: 'edit'; readonly of: number; readonly text: string }
  /** By the clock, after the beginning: when it is delivered first, and then again. */
  readonly at: readonly number[]
}

/** One request for leave, from beginning to end. */
export interface Ask {
  readonly token: string
  readonly staffNo: string
  /** The deed that asks. */
  readonly deed: number
  readonly end: 'approved' | 'withdrawn' | 'race'
}

export interface Plan {
  readonly people: readonly Member[]
  readonly policy: string
  /** In the order of their first delivery. */
  readonly deeds: readonly Deed[]
  readonly asks: readonly Ask[]
  readonly deliveries: number
  /** The same for the same deliveries. */
  readonly hash: string
}

/** The platform that somebody is on, of so many: the two heads of a department on different ones. */
export function homeOf(staffNo: string, grounds: number): number {
  return [...staffNo].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) % grounds
}

const AGENTS_PER_DEPARTMENT = 10
/** Of people: how many deliveries each makes about. */
const DELIVERIES_EACH = 45
const SPREAD_MS = 9 * HOUR_MS
const LATE_MS_MAX = 7 * HOUR_MS
const REPEATED = 0.3

interface Draft {
  readonly staffNo: string
  readonly does: Deed['does']
  readonly at: number
}

/**
 * @param deliveries how many calls in all, repeats included
 * @param tellsEdits whether the bot hears of it when this person changes what they said
 */
export function planOf(seed: number, deliveries: number, tellsEdits: (staffNo: string) => boolean): Plan {
  const dice = chance(seed)
  const departments = Math.max(2, Math.round(deliveries / DELIVERIES_EACH / AGENTS_PER_DEPARTMENT))
  const people = peopleOf(departments)
  const agents = people.filter(({ roles }) => roles.length === 0)
  const drafts: Draft[] = []
  const asks: Ask[] = []
  const asked = new Map<string, number>()
  const wanted = Math.floor(deliveries / (1 + REPEATED))
  while (drafts.length < wanted) {
    const { staffNo, department } = dice.of(agents)
    const from = dice.between(0, SPREAD_MS)
    const roll = dice.next()
    if (roll < 0.25) drafts.push({ staffNo, at: from, does: { kind: 'say', text: dice.of(TALK) } })
    else if (roll < 0.4) drafts.push({ staffNo, at: from, does: { kind: 'command', text: '帮助' } })
    else {
      const before = asked.get(staffNo) ?? 0
      asked.set(staffNo, before + 1)
      asks.push(
        askOn(dice, drafts, {
          staffNo,
          department,
          from,
          nth: before,
          token: tokenOf(asks.length),
          isEdited: tellsEdits(staffNo) && dice.is(0.2),
        }),
      )
    }
  }
  const deeds = repeated(dice, drafts.slice(0, Math.max(wanted, drafts.length)), deliveries)
  const planned = { people, deeds, asks, deliveries: deeds.reduce((sum, { at }) => sum + at.length, 0) }
  const hash = createHash('sha256').update(JSON.stringify(planned)).digest('hex').slice(0, 16)
  return { ...planned, policy: policyOf(departments), hash }
}

/** A reason that no other request has, and that reads as nothing but words. */
const tokenOf = (number: number) =>
  `搬家${[...String(number).padStart(5, '0')].map((digit) => '甲乙丙丁戊己庚辛壬癸'[Number(digit)]).join('')}`

const TALK = ['今天天气真好', '中午吃什么', '辛苦了大家', '哈哈哈哈', '这个客户真难缠', 'good morning'] as const

/** Asks, sends, and has it decided by two at once, takes it back, or both at the same moment; and may change the words later. */
function askOn(
  dice: Chance,
  drafts: Draft[],
  who: { staffNo: string; department: string; from: number; nth: number; token: string; isEdited: boolean },
): Ask {
  const { staffNo, department, from, token } = who
  const text = `请事假 ${halfDay(who.nth)} ${token}`
  const deed = drafts.push({ staffNo, at: from, does: { kind: 'say', text } }) - 1
  const press = (by: string, label: string, at: number) =>
    drafts.push({ staffNo: by, at, does: { kind: 'press', label, token } })
  const sent = from + dice.between(20 * SECOND_MS, 10 * MINUTE_MS)
  press(staffNo, '提交', sent)
  const decided = sent + dice.between(MINUTE_MS, HOUR_MS)
  const roll = dice.next()
  const end = roll < 0.2 ? 'withdrawn' : roll < 0.35 ? 'race' : 'approved'
  if (end !== 'approved') press(staffNo, '撤回', decided)
  if (end !== 'withdrawn') for (const n of [1, 2]) press(`S${department}${n}`, '同意', decided)
  if (who.isEdited) {
    const at = decided + dice.between(MINUTE_MS, HOUR_MS)
    drafts.push({ staffNo, at, does: { kind: 'edit', of: deed, text: `${text}！` } })
  }
  return { token, staffNo, deed, end }
}

/** Working days from 12 October on, half a day each, so that nobody's requests overlap. */
function halfDay(nth: number): string {
  const day = Math.floor(nth / 2)
  const date = addDays('2026-10-12', Math.floor(day / 5) * 7 + (day % 5))
  return `${date}${nth % 2 === 0 ? '上午' : '下午'}`
}

/** Some come again: at once, minutes later, or hours later; which is after much that was done since. */
function repeated(dice: Chance, drafts: readonly Draft[], deliveries: number): Deed[] {
  const at = drafts.map((draft) => [draft.at])
  for (let more = deliveries - drafts.length; more > 0; more--) {
    const times = dice.of(at)
    const roll = dice.next()
    const laterMs = roll < 0.4 ? 2 * SECOND_MS : roll < 0.7 ? 5 * MINUTE_MS : LATE_MS_MAX
    times.push((times[0] ?? 0) + dice.between(0, laterMs))
  }
  return drafts
    .map(({ staffNo, does }, id): Deed => ({ id, staffNo, does, at: at[id] ?? [] }))
    .sort((one, other) => (one.at[0] ?? 0) - (other.at[0] ?? 0) || one.id - other.id)
}

function peopleOf(departments: number): readonly Member[] {
  const boss = { staffNo: 'M1', name: '高远', department: 'centre', roles: ['admin'], locale: 'zh-CN' } as const
  const rest = Array.from({ length: departments }, (_, index) => {
    const department = `d${index + 1}`
    const heads = [1, 2].map(
      (n): Member => ({
        staffNo: `S${department}${n}`,
        name: `主管${index + 1}之${n}`,
        department,
        roles: ['supervisor'],
        manager: 'M1',
        locale: 'zh-CN',
      }),
    )
    const agents = Array.from(
      { length: AGENTS_PER_DEPARTMENT },
      (_unused, n): Member => ({
        staffNo: `A${index + 1}x${n + 1}`,
        name: `坐席${index + 1}之${n + 1}`,
        department,
        roles: [],
        manager: `S${department}1`,
        locale: 'zh-CN',
      }),
    )
    return [...heads, ...agents]
  })
  return [boss, ...rest.flat()]
}

function policyOf(departments: number): string {
  const list = Array.from(
    { length: departments },
    (_, index) => `    d${index + 1}: { name: { zh: 客服${index + 1}组, en: Team ${index + 1} }, parent: centre }`,
  )
  return `
organisation:
  name: { zh: 云杉客服中心, en: Spruce Customer Service }
  zone: Asia/Shanghai
  language: zh-CN
  departments:
    centre: { name: { zh: 客服中心, en: Service centre } }
${list.join('\n')}
  roles:
    supervisor: { name: { zh: 客服主管, en: Supervisor }, may: [leave.read, leave.decide] }
    admin: { name: { zh: 管理员, en: Administrator }, serves: organisation, may: ['*'] }
  everyone: [inbox.talk, approvals.answer, leave.request, leave.read]
  fallbackRole: admin
leave:
  chains:
    - { steps: [supervisor] }
`
}
