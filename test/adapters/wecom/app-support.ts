/** An app before a WeCom on loopback whose clock is moved by hand, for the tests of what it sends and changes. */
import { afterEach, expect } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { Outgoing, Platform, Recipient, SentAs } from '#core/platform.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import { outgoing, requestCard } from '../contract/samples.ts'
import { type FakeWecom, startFakeWecom } from './fake.ts'
import { lookAtCard, lookAtText } from './fake-look.ts'

/** One for a test file: each fake is closed after its test. `wecom` makes one more process. */
export function appStage() {
  const open: FakeWecom[] = []
  afterEach(async () => {
    for (const fake of open.splice(0)) await fake.close()
  })
  return async () => {
    const clock = manualClock('2026-09-28T09:00:00+08:00')
    const fake = await startFakeWecom({ now: clock.now })
    open.push(fake)
    const wecom = () => createWecom(fake.config, { now: clock.now, timeoutMs: 1_500 })
    return { clock, fake, platform: wecom(), wecom }
  }
}

export const signal = (): AbortSignal => new AbortController().signal
export const say = (
  platform: Platform,
  key: string,
  text: string,
  to: Recipient = { account: 'AnLin' },
): Promise<SentAs> => platform.send(outgoing(key, to, { text }), signal())
export const ask = (platform: Platform, key: string, more: Partial<Outgoing> = {}): Promise<SentAs> =>
  platform.send(outgoing(key, { account: 'AnLin' }, { card: requestCard() }, more), signal())
export const wordsOf = (fake: FakeWecom): readonly string[] =>
  fake.posted().map(({ text, card }) => (card ? lookAtCard(card) : lookAtText(text ?? '', false)).words)

export const kindOf = (error: unknown) => error as { kind: string; code: string; message: string; retryAfterMs: number }
/** The error that it ends with. */
export const failed = (doing: Promise<unknown>): Promise<ReturnType<typeof kindOf>> =>
  doing.then(() => expect.fail('it went well'), kindOf)
