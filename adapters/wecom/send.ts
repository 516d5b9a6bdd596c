/** Putting messages out through the app: to a member, to a group that the app made, by a group's webhook. */
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, SentAs } from '#core/platform.ts'
import { type ChangeDeps, changeCard } from './change.ts'
import type { Json } from './client.ts'
import { type Code, handleOf } from './codes.ts'
import { checkSize, createFiles } from './files.ts'
import { taskIdOf } from './ids.ts'
import { cardBody, sendToMember, type Taken, textBody } from './member.ts'
import type { Pace } from './pace.ts'
import type { Progress, Step } from './progress.ts'
import { renderCaption, renderForGroup, renderForMember } from './render.ts'
import { CHAT, HOOK } from './ways.ts'

export interface VoiceDeps extends ChangeDeps {
  readonly webhooks: Readonly<Record<string, string>>
  readonly hookPace: Pace
}

/** Every method throws `PlatformError`, and nothing else. */
export interface Voice {
  toMember(account: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  toChat(chatId: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  toHook(name: string, message: Outgoing, signal: AbortSignal): Promise<SentAs>
  edit(sent: SentAs, message: Outgoing, signal: AbortSignal): Promise<SentAs>
}

export function createVoice(deps: VoiceDeps): Voice {
  return {
    toMember: (account, message, signal) => toMember(deps, account, message, signal),
    toChat: (chatId, message, signal) => toChat(deps, chatId, message, signal),
    toHook: (name, message, signal) => toHook(deps, name, message, signal),
    edit: (sent, message, signal) => changeCard(deps, sent, message, signal),
  }
}

// === A member ===

async function toMember(deps: VoiceDeps, account: string, message: Outgoing, signal: AbortSignal): Promise<SentAs> {
  const { client, agentId, memberPace, progress } = deps
  const { key, file } = message
  if (file) checkSize(file)
  const id = taskIdOf(key)
  const post = (body: Json, n: number): Step<Taken> => ({
    what: body,
    repeats: true,
    run: (within) => sendToMember(client, agentId, account, body, `${id} ${n}`, within),
  })
  const { texts, cards } = file ? { texts: renderCaption(message), cards: [] } : renderForMember(message)
  const steps: readonly Step<Taken>[] = [
    ...texts.map((text, n) => post(textBody(text), n)),
    ...cards.map((card, n) => post(cardBody(card), texts.length + n)),
    ...(file
      ? [
          {
            what: ['file', file.name, file.size],
            repeats: true,
            async run(within: AbortSignal, mayBeDone: boolean) {
              const body = await createFiles(client, progress).forMember(key, file, within)
              return post(body, texts.length).run(within, mayBeDone)
            },
          },
        ]
      : []),
  ]
  const taken = await progress.run(key, steps, signal, (left) => memberPace.take(account, left))
  if (cards.length === 0) return { address: account, messageId: taken.at(-1)?.msgId ?? id }
  const codes = cards.flatMap(({ task_id: taskId }, n): Code[] => {
    const code = taken[texts.length + n]?.code
    return code === undefined || taskId === undefined ? [] : [{ taskId, code }]
  })
  for (const code of codes.toReversed()) deps.codes.learn(code)
  // The first card is the one that is changed later.
  const first = codes.find(({ taskId }) => taskId === cards[0]?.task_id)
  return { address: account, messageId: id, ...(first ? { handle: handleOf(first) } : {}) }
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
  if (file) checkSize(file)
  const texts = file && message.message.text === undefined ? [] : renderForGroup(message)
  const steps: readonly Step<unknown>[] = [
    ...texts.map((text) => ({
      what: text,
      repeats: false,
      run: (within: AbortSignal) => group.post(textBody(text), within),
    })),
    ...(file
      ? [
          {
            what: ['file', file.name, file.size],
            repeats: false,
            run: async (within: AbortSignal) => group.post(await group.fileBody(within), within),
          },
        ]
      : []),
  ]
  await progress.run(key, steps, signal, (left) => group.before?.(left))
  return { address: group.address, messageId: taskIdOf(key) }
}
