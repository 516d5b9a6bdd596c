/** Changing a member's card, by the codes that WeCom gave for it: https://developer.work.weixin.qq.com/document/path/94888. */
import { PlatformError } from '#core/errors.ts'
import type { Outgoing, SentAs } from '#core/platform.ts'
import type { WecomClient } from './client.ts'
import { type Code, type Codes, handleOf, readHandle } from './codes.ts'
import { refuseMissed, sendToMember, type Taken, textBody } from './member.ts'
import type { Pace } from './pace.ts'
import type { Progress, Step } from './progress.ts'
import { renderChange, renderClosed } from './render.ts'
import type { ButtonCard } from './template-card.ts'

export interface ChangeDeps {
  readonly client: WecomClient
  /** Undefined where there is no app. */
  readonly agentId: string | undefined
  readonly memberPace: Pace
  readonly progress: Progress
  readonly codes: Codes
}

/** As `Platform.edit`. With the newest response code, which is spent by it, or with one that was not needed yet. */
export async function changeCard(
  deps: ChangeDeps,
  sent: SentAs,
  message: Outgoing,
  signal: AbortSignal,
): Promise<SentAs> {
  const { memberPace, progress, codes, client, agentId } = deps
  const { address, messageId } = sent
  const { texts, card } = renderChange(message, messageId)
  const steps: readonly Step<Taken | Code>[] = [
    ...texts.map((text, n) => ({
      what: text,
      repeats: true,
      run: (within: AbortSignal) => sendToMember(client, agentId, address, textBody(text), `${messageId} ${n}`, within),
    })),
    { what: card, repeats: true, run: (within, mayBeDone) => change(deps, sent, card, mayBeDone, within) },
  ]
  // Nothing is said of a change that cannot be made.
  if (codesFor(deps, sent).length === 0)
    throw new PlatformError('gone', 'WeCom changes a card once after it was sent and once after each press on it', {
      code: 'no_response_code',
    })
  const taken = await progress.run(`edit ${message.key}`, steps, signal, (left) => {
    if (left > 1) memberPace.take(address, left - 1)
  })
  const changed = taken.at(-1)
  if (changed && 'taskId' in changed) await closeOthers(deps, sent, changed.taskId, message, signal)
  const [next] = codes.of(messageId)
  return { address, messageId, ...(next ? { handle: handleOf(next) } : {}) }
}

const codesFor = ({ codes }: ChangeDeps, { messageId, handle }: SentAs): readonly Code[] => {
  const kept = handle === undefined ? [] : [readHandle(messageId, handle)]
  return [...kept, ...codes.of(messageId).filter(({ code }) => code !== kept[0]?.code)]
}

/**
 * @param mayBeDone an earlier try may have done it
 * @returns the code by which it was changed
 */
async function change(
  deps: ChangeDeps,
  sent: SentAs,
  card: ButtonCard,
  mayBeDone: boolean,
  signal: AbortSignal,
): Promise<Code> {
  let spent: PlatformError | undefined
  for (const code of codesFor(deps, sent)) {
    try {
      await changeBy(deps, sent.address, code, card, signal)
      return code
    } catch (error) {
      if (!(error instanceof PlatformError) || !SPENT.has(error.code ?? '')) throw error
      // The code was spent by the first try, whose answer was lost: the card is changed.
      if (mayBeDone) return code
      spent = error
    }
  }
  throw spent ?? new PlatformError('gone', 'There is no response code left', { code: 'no_response_code' })
}
const SPENT: ReadonlySet<string> = new Set(['60140', '42022'])

/** Spends the code, unless WeCom took none of it. */
async function changeBy(
  { client, agentId, codes }: ChangeDeps,
  address: string,
  code: Code,
  card: ButtonCard,
  signal: AbortSignal,
): Promise<void> {
  const request = { userids: [address], agentid: Number(agentId), response_code: code.code, template_card: card }
  try {
    refuseMissed(await client.post('message/update_template_card', request, signal), address)
    codes.spend(code)
  } catch (error) {
    if (error instanceof PlatformError && SPENT.has(error.code ?? '')) codes.spend(code)
    throw error
  }
}

/**
 * A long menu has several cards, of which one shows what came of it: the others have nothing left to press. As far as this
 * process can: a button that is left answers with the state as it is.
 */
async function closeOthers(
  deps: ChangeDeps,
  { address, messageId }: SentAs,
  changed: string,
  message: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  const closed = new Set([changed])
  for (const code of deps.codes.of(messageId)) {
    if (closed.has(code.taskId)) continue
    closed.add(code.taskId)
    await changeBy(deps, address, code, renderClosed(message), signal).catch(() => {})
  }
}
