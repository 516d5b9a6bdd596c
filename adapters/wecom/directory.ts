/** Who is who in the enterprise, as far as the app may see it. */
import { createHash } from 'node:crypto'
import { HOUR_MS, type Instant } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Account, Directory, DirectoryPerson } from '#core/platform.ts'
import type { Json, WecomClient } from './client.ts'
import { certainly } from './failures.ts'
import { LOOK_UP_KEPT_MS, LOOK_UPS_AN_HOUR } from './limits.ts'
import { wayOf } from './ways.ts'

/** @param now real time */
export function createDirectory(client: WecomClient, agentId: string, now: () => Instant): Directory {
  const lookUp = createLookUps(now)
  return {
    people: (signal) => everybody(client, agentId, signal),
    byMobile: (mobile, signal) =>
      lookUp(`mobile ${mobile}`, () => found(client.post('user/getuserid', { mobile }, signal))),
    async byEmail(email, signal) {
      const account = await lookUp(`email ${email.toLowerCase()}`, () =>
        found(client.post('user/get_userid_by_email', { email, email_type: 1 }, signal)),
      )
      return account && { ...account, email }
    },
    async members(room, signal) {
      const way = wayOf(room)
      if (way.way !== 'chat')
        throw new PlatformError('refused', `WeCom does not tell who is in ${room}`, { code: 'not_our_group' })
      const { chat_info: info } = await certainly(client.get('appchat/get', { chatid: way.chatId }, signal))
      return strings(record(info)['userlist']).map((account) => ({ account }))
    },
  }
}

/** WeCom says an error for "nobody". */
const NOBODY: ReadonlySet<string> = new Set(['46004', '60146', '60147', '60148', '60103', '60105', '60111'])

async function found(asking: Promise<Json>): Promise<Account | undefined> {
  try {
    const { userid } = await certainly(asking)
    return typeof userid === 'string' && userid !== '' ? { account: userid } : undefined
  } catch (error) {
    if (error instanceof PlatformError && NOBODY.has(error.code ?? '')) return undefined
    throw error
  }
}

/** Answers are kept, misses too, and there are no more than so many questions an hour: too many misses block the app for a day. */
function createLookUps(now: () => Instant) {
  const known = new Map<string, { readonly at: Instant; readonly account: Account | undefined }>()
  let asked: readonly Instant[] = []
  return async (what: string, ask: () => Promise<Account | undefined>): Promise<Account | undefined> => {
    const at = now()
    for (const [key, answer] of known) if (answer.at <= at - LOOK_UP_KEPT_MS) known.delete(key)
    // Neither numbers nor addresses are kept, only what tells them apart.
    const key = createHash('sha256').update(what).digest('hex')
    const answer = known.get(key)
    if (answer) return answer.account
    asked = asked.filter((instant) => instant > at - HOUR_MS)
    if (asked.length >= LOOK_UPS_AN_HOUR)
      throw new PlatformError(
        'rate-limited',
        `Of WeCom no more than ${LOOK_UPS_AN_HOUR} people are looked up in an hour: it blocks apps that guess`,
        { retryAfterMs: (asked[0] ?? at) + HOUR_MS - at, code: 'own_pace' },
      )
    asked = [...asked, at]
    const account = await ask()
    known.set(key, { at, account })
    return account
  }
}

// === Everybody ===

/**
 * The departments that the app sees with those below them, and the people and tags named one by one. WeCom gives names and
 * departments here and neither mobile nor e-mail: those are asked for one by one, see {@link createLookUps}.
 */
async function everybody(
  client: WecomClient,
  agentId: string,
  signal: AbortSignal,
): Promise<readonly DirectoryPerson[]> {
  const get = (method: string, query: Record<string, string>) => certainly(client.get(method, query, signal))
  const people = new Map<string, DirectoryPerson>()
  const names = new Map<number, string>()
  for (const id of numbers(await get('department/simplelist', {}), 'department_id', 'id')) {
    const { department } = await get('department/get', { id: String(id) })
    const { name } = record(department)
    names.set(id, typeof name === 'string' ? name : String(id))
  }
  const add = (listed: unknown) => {
    for (const person of records(listed)) {
      const { userid, name, department } = person
      if (typeof userid !== 'string') throw half('user/simplelist')
      const departments = (Array.isArray(department) ? department : []).flatMap((id) => names.get(Number(id)) ?? [])
      const before = people.get(userid)
      people.set(userid, {
        account: userid,
        ...(typeof name === 'string' ? { name } : before?.name === undefined ? {} : { name: before.name }),
        departments: departments.length > 0 ? departments : (before?.departments ?? []),
        active: true,
      })
    }
  }
  const listOf = async (id: number) =>
    add(listIn(await get('user/simplelist', { department_id: String(id) }), 'userlist'))
  for (const id of names.keys()) await listOf(id)
  const agent = await get('agent/get', { agentid: agentId })
  const tags = record(agent['allow_tags'])['tagid']
  for (const tag of Array.isArray(tags) ? tags : []) {
    const tagged = await get('tag/get', { tagid: String(tag) })
    add(listIn(tagged, 'userlist'))
    // A tag may name whole departments, of which the list above need not know.
    const parties = Array.isArray(tagged['partylist']) ? tagged['partylist'].map(Number) : []
    for (const id of parties) if (!names.has(id)) await listOf(id)
  }
  for (const { userid } of records(record(agent['allow_userinfos'])['user']))
    if (typeof userid === 'string' && !people.has(userid)) add([{ userid }])
  return [...people.values()]
}

function listIn(answer: Json, list: string): readonly unknown[] {
  const listed = answer[list]
  if (!Array.isArray(listed)) throw half(list)
  return listed
}

function numbers(answer: Json, list: string, field: string): readonly number[] {
  return records(listIn(answer, list)).map((one) => {
    const id = one[field]
    if (typeof id !== 'number') throw half(list)
    return id
  })
}

/** Half a list would say that the others have left. */
const half = (what: string): PlatformError =>
  new PlatformError('refused', `What WeCom answered to ${what} cannot be read in full`, { code: 'incomplete' })

const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
const records = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : [])
const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
