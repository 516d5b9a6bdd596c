/** WeCom under a soak: encrypted calls to the product, and a fake that refuses, breaks off and forgets to answer. */

import { markOf, taskIdOf } from '../../adapters/wecom/ids.ts'
import type { RawRequest } from '../../src/core/platform.ts'
import { startFakeWecom, type Trouble } from '../adapters/wecom/fake.ts'
import { lookAtCard, lookAtText } from '../adapters/wecom/fake-look.ts'
import type { Posted } from '../adapters/wecom/fake-state.ts'
import { cardsOf } from './cards.ts'
import type { Ground, Said } from './ground.ts'
import type { Deed } from './plan.ts'

const account = (staffNo: string) => `w-${staffNo}`
/** A text has no name there: it is known by its room and the mark that nobody sees; of a million marks, two may be the same. */
const MARK = /[\u200B\u200C\u2060\uFEFF]+$/
const TEXTS_MAX = 12

export async function wecomGround(): Promise<Ground> {
  const wecom = await startFakeWecom()
  const cards = cardsOf<Posted>({
    all: () => wecom.posted(),
    // What has nothing to press is a text there.
    content: ({ card, text }) => card ?? text,
    buttons: (content) =>
      typeof content === 'object' ? lookAtCard(content as NonNullable<Posted['card']>).buttons : [],
    isIn: ({ room }, staffNo) => room === account(staffNo),
  })
  const { corpId, app, apiUrl } = wecom.config
  return {
    name: 'wecom',
    env: {
      WECOM_CORP_ID: corpId,
      WECOM_AGENT_ID: app.agentId,
      WECOM_SECRET: app.secret,
      WECOM_TOKEN: app.token,
      WECOM_ENCODING_AES_KEY: app.encodingAesKey,
      WECOM_API_URL: apiUrl,
    },
    join: (staffNo, name) => wecom.join({ userid: account(staffNo), name, departments: [1] }),
    account,
    answersCommands: false,
    tellsEdits: false,
    keepsCards: false,
    request({ id, staffNo, does }: Deed): RawRequest | undefined {
      if (does.kind === 'edit') throw new Error('WeCom tells of no edits')
      if (does.kind !== 'press') return wecom.text(account(staffNo), does.text, String(id + 1))
      const found = cards.find(staffNo, does.token, does.label)
      if (!found) return undefined
      return wecom.press({ ...found.message, card: found.content as NonNullable<Posted['card']> }, does.label)
    },
    // Its signature has no age.
    signed: (request) => request,
    keepAnswer: () => {},
    isShown: (staffNo, token) => cards.isThere(staffNo, token),
    calls: () => wecom.called().length,
    breakNext(roll) {
      const [name, trouble] = troubleFor(roll)
      wecom.fail(trouble)
      return name
    },
    advance: (ms) => wecom.advance(ms),
    said: () =>
      wecom.posted().map(({ n, room, text, card, taskId }): Said => {
        const name = taskId ?? `${room} ${MARK.exec(text ?? '')?.[0] ?? `unmarked ${n}`}`
        const words = card ? lookAtCard(card).words : lookAtText(text ?? '', false).words
        return { name, staffNo: room.slice(account('').length), words }
      }),
    // A long card is a text and a card, and a change of it may be one more text.
    namesOf({ key, conversation }) {
      const id = taskIdOf(key)
      const room = conversation.replace(/^wecom:@?/, '')
      return [id, ...Array.from({ length: TEXTS_MAX }, (_, n) => `${room} ${markOf(`${id} ${n}`)}`)]
    },
    close: () => wecom.close(),
  }
}

function troubleFor(roll: number): readonly [string, Trouble] {
  if (roll < 0.25) return ['45009', { errcode: 45009 }]
  if (roll < 0.5) return ['-1', { errcode: -1 }]
  if (roll < 0.7) return ['reset before', { reset: 'before' }]
  return roll < 0.9 ? ['reset after', { reset: 'after' }] : ['500', { status: 500 }]
}
