/** Putting messages out through the app: to a member, to a group that the app made, by a group's webhook. */
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, SentAs } from '#core/platform.ts'
import type { Json, WecomClient } from './client.ts'
import type { Codes } from './codes.ts'
import { createFiles } from './files.ts'
import { lookBackSOf, taskIdOf } from './ids.ts'
import type { Pace } from './pace.ts'
import type { Progress } from './progress.ts'
import { renderCaption, renderChange, renderForGroup, renderForMember } from './render.ts'
import type { ButtonCard, TemplateCard } from './template-card.ts'
import { CHAT, HOOK } from './ways.ts'

export interface VoiceDeps {
  readonly client: WecomClient
  /** Undefined where there is no app. */
  readonly agentId: string | undefined
  readonly webhooks: Readonly<Record<string, string>>
  readonly memberPace: Pace
  readonly hookPace: Pace
  readonly progress: Progress
  readonly codes: Codes
}

/** Every method throws `PlatformError`, and nothing else. */
export interface Voice {
  toMember(account: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  toChat(chatId: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  toHook(name: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  edit(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
}

/** What WeCom says of something it took. */
interface Taken {
  readonly msgId?: string
  /** Of a card: changes it once. */
  readonly code?: string
}
/** One call that puts something into a room. */
type Step = (signal: AbortSignal) => Promise<Taken>

export function createVoice(deps: VoiceDeps): Voice {
  return {
    toMember: (account, message, signal) => toMember(deps, account, message, signal),
    toChat: (chatId, message, signal) => toChat(deps, chatId, message, signal),
    toHook: (name, message, signal) => toHook(deps, name, message, signal),
    edit: (sent, message, signal) => edit(deps, sent, message, signal),
  }
}

// === A member ===

async function toMember(deps: VoiceDeps, account: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { client, agentId, memberPace, progress } = deps
  const { key, file } = message
  const id = taskIdOf(key)
  const post =
    (body: Json, n: number): Step =>
    (within) =>
      sendToMember(client, agentId, account, body, `${id} ${n}`, within)
  const { texts, cards } = file ? { texts: renderCaption(message), cards: [] } : renderForMember(message)
  const steps = [
    ...texts.map((text, n) => post(textBody(text), n)),
    ...cards.map((card, n) => post(cardBody(card), texts.length + n)),
    ...(file
      ? [
          async (within: AbortSignal) => {
            const body = await createFiles(client, progress).forMember(key, file, within)
            return post(body, texts.length)(within)
          },
        ]
      : []),
  ]
  const taken = await progress.run(key, steps, signal, {
    repeats: true,
    before: (left) => memberPace.take(account, left),
  })
  // The first card is the one that is changed later.
  const [card] = cards
  if (!card) return { address: account, messageId: taken.get(steps.length - 1)?.msgId ?? id }
  for (const [n, one] of cards.entries()) {
    const code = taken.get(texts.length + n)?.code
    if (one.task_id !== undefined && code !== undefined) deps.codes.learn(one.task_id, code)
  }
  const handle = taken.get(texts.length)?.code
  return { address: account, messageId: card.task_id ?? id, ...(handle === undefined ? {} : { handle }) }
}

const textBody = (content: string): Json => ({ msgtype: 'text', text: { content } })
const cardBody = (card: TemplateCard): Json => ({ msgtype: 'template_card', template_card: card })

/** WeCom says 0 where it could not reach somebody: with one recipient that is a failure. It writes accounts in small letters. */
async function sendToMember(
  client: WecomClient,
  agentId: string | undefined,
  account: string,
  body: Json,
  id: string,
  signal: AbortSignal,
): Promise<Taken> {
  if (!/^[^|@\s][^|\s]{0,63}$/.test(account))
    throw new PlatformError('gone', `${account} is no account of WeCom`, { code: 'invalid_account' })
  const request = {
    touser: account,
    agentid: Number(agentId),
    ...body,
    enable_duplicate_check: 1,
    duplicate_check_interval: lookBackSOf(id),
  }
  try {
    const answer = await client.post('message/send', request, signal)
    refuseMissed(answer, account)
    const { msgid: msgId, response_code: code } = answer
    return {
      ...(typeof msgId === 'string' && msgId !== '' ? { msgId } : {}),
      ...(typeof code === 'string' && code !== '' ? { code } : {}),
    }
  } catch (error) {
    // The id of a card is made from its key: when WeCom has it already, an earlier try has put it there.
    if (error instanceof PlatformError && error.code === TASK_ID_TAKEN && body['msgtype'] === 'template_card') return {}
    throw error
  }
}
const TASK_ID_TAKEN = '42014'

function refuseMissed(answer: Json, account: string): void {
  const listed = (field: string): boolean => {
    const value = answer[field]
    const names = typeof value === 'string' ? value.split('|') : Array.isArray(value) ? value.map(String) : []
    return names.some((name) => name.trim().toLowerCase() === account.toLowerCase())
  }
  if (listed('invaliduser'))
    throw new PlatformError(
      'refused',
      `WeCom does not reach ${account}: take the person into what the app is visible to (可见范围)`,
      { code: 'invaliduser' },
    )
  if (listed('unlicenseduser'))
    throw new PlatformError('refused', `${account} has no licence for apps' messages (基础接口许可): give them one`, {
      code: 'unlicenseduser',
    })
}

// === Groups ===

/** How one kind of group is spoken in. */
interface Group {
  readonly address: string
  post(body: Json, signal: AbortSignal): Promise<unknown>
  fileBody(signal: AbortSignal): Promise<Json>
  before?(left: number): void
}

function toChat(deps: VoiceDeps, chatId: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { client, progress } = deps
  const { key, file } = message
  return intoGroup(progress, message, signal, {
    address: CHAT + chatId,
    post: (body, within) => client.post('appchat/send', { chatid: chatId, ...body, safe: 0 }, within),
    fileBody: async (within) => (file ? createFiles(client, progress).forMember(key, file, within) : {}),
  })
}

async function toHook(deps: VoiceDeps, name: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { client, webhooks, hookPace, progress } = deps
  const { key, file } = message
  const hook = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined
  if (hook === undefined)
    throw new PlatformError('gone', `There is no webhook named ${name}: add ${name}=key to WECOM_WEBHOOKS`, {
      code: 'no_webhook',
    })
  return intoGroup(progress, message, signal, {
    address: HOOK + name,
    post: (body, within) => client.postWithKey('webhook/send', hook, body, within),
    fileBody: async (within) => (file ? createFiles(client, progress).forHook(key, hook, file, within) : {}),
    before: (left) => hookPace.take(name, left),
  })
}

/** Groups know no repeats: what may lie there is not said a second time, see progress.ts. */
async function intoGroup(progress: Progress, message: Outgoing, signal: AbortSignal, group: Group): Promise<SentAs> {
  const { key, file } = message
  const texts = file && message.message.text === undefined ? [] : renderForGroup(message)
  const steps = [
    ...texts.map((text) => (within: AbortSignal) => group.post(textBody(text), within)),
    ...(file ? [async (within: AbortSignal) => group.post(await group.fileBody(within), within)] : []),
  ]
  await progress.run(key, steps, signal, { repeats: false, before: (left) => group.before?.(left) })
  return { address: group.address, messageId: taskIdOf(key) }
}

// === Changes ===

/** With the newest response code, which is spent by it, or with one that was not needed yet. */
async function edit(deps: VoiceDeps, sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { memberPace, progress, codes, client, agentId } = deps
  const { address, messageId } = sent
  const { texts, card } = renderChange(message, messageId)
  const key = `edit ${message.key}`
  const isRepeat = progress.isUncertain(key)
  const steps = [
    ...texts.map((text, n): Step => {
      const id = `${messageId} ${n}`
      return (within) => sendToMember(client, agentId, address, textBody(text), id, within)
    }),
    async (within: AbortSignal): Promise<Taken> => {
      await change(deps, sent, card, isRepeat, within)
      return {}
    },
  ]
  // Nothing is said of a change that cannot be made.
  if (codesFor(deps, sent).length === 0)
    throw new PlatformError('gone', 'WeCom changes a card once after it was sent and once after each press on it', {
      code: 'no_response_code',
    })
  await progress.run(key, steps, signal, {
    repeats: true,
    before: (left) => left > 1 && memberPace.take(address, left - 1),
  })
  const [next] = codes.of(messageId)
  return { address, messageId, ...(next === undefined ? {} : { handle: next }) }
}

const codesFor = ({ codes }: VoiceDeps, { messageId, handle }: SentAs): readonly string[] => [
  ...new Set([...(handle === undefined ? [] : [handle]), ...codes.of(messageId)]),
]

/** @param isRepeat whether an earlier try may have done it */
async function change(
  deps: VoiceDeps,
  sent: SentAs,
  card: ButtonCard,
  isRepeat: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { client, agentId, codes } = deps
  const { address, messageId } = sent
  let spent: PlatformError | undefined
  for (const code of codesFor(deps, sent)) {
    const request = { userids: [address], agentid: Number(agentId), response_code: code, template_card: card }
    try {
      refuseMissed(await client.post('message/update_template_card', request, signal), address)
      return codes.spend(messageId, code)
    } catch (error) {
      if (!(error instanceof PlatformError) || !SPENT.has(error.code ?? '')) throw error
      codes.spend(messageId, code)
      // The code was spent by the first try, whose answer was lost: the card is changed.
      if (isRepeat) return
      spent = error
    }
  }
  throw spent ?? new PlatformError('gone', 'There is no response code left', { code: 'no_response_code' })
}
const SPENT: ReadonlySet<string> = new Set(['60140', '42022'])
