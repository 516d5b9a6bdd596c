/** Lark under a soak: encrypted calls to the product, and a fake that refuses, breaks off and forgets to answer. */
import type { RawRequest } from '../../src/core/platform.ts'
import { startFakeLark } from '../adapters/lark/fake.ts'
import { lookAt } from '../adapters/lark/fake-look.ts'
import type { Trouble } from '../adapters/lark/fake-server.ts'
import type { StoredMessage } from '../adapters/lark/fake-store.ts'
import { cardsOf } from './cards.ts'
import type { Ground, Said } from './ground.ts'
import type { Deed } from './plan.ts'

const ACCOUNT = 'ou_'
const account = (staffNo: string) => `${ACCOUNT}${staffNo}`

export async function larkGround(): Promise<Ground> {
  const lark = await startFakeLark()
  const direct = (staffNo: string) => lark.store.direct(account(staffNo))
  const look = ({ type, content }: StoredMessage) => lookAt(type, content)
  const cards = cardsOf<string>({
    // A changed message is another object there: its name stays.
    all: () => lark.posted().map(({ id }) => id),
    content: (id) => stored(id),
    buttons: (content) => look(content as StoredMessage).buttons,
    isIn: (id, staffNo) => stored(id)?.room === direct(staffNo),
  })
  const stored = (id: string) => lark.store.messages.find((message) => message.id === id)
  const { appId, appSecret, verificationToken = '', encryptKey = '', domain = '' } = lark.config
  return {
    name: 'lark',
    env: {
      LARK_APP_ID: appId,
      LARK_APP_SECRET: appSecret,
      LARK_VERIFICATION_TOKEN: verificationToken,
      LARK_ENCRYPT_KEY: encryptKey,
      LARK_DOMAIN: domain,
    },
    join: (staffNo, name) => lark.join({ id: account(staffNo), name }),
    account,
    answersCommands: false,
    tellsEdits: false,
    keepsCards: true,
    request({ id, staffNo, does }: Deed): RawRequest | undefined {
      const user = account(staffNo)
      if (does.kind === 'edit') throw new Error('Lark tells of no edits')
      if (does.kind !== 'press') return lark.sign(lark.message({ user, text: does.text, id: `om_deed_${id}` }))
      const found = cards.find(staffNo, does.token, does.label)
      return found && lark.sign(lark.click({ user, on: found.content as StoredMessage, label: does.label }))
    },
    // Its signature has no age.
    signed: (request) => request,
    keepAnswer: () => {},
    isShown: (staffNo, token) => cards.isThere(staffNo, token),
    calls: () => lark.called.length,
    breakNext(roll) {
      const [name, trouble] = troubleFor(roll)
      lark.fail(trouble)
      return name
    },
    advance: (ms) => lark.advance(ms),
    said: () =>
      lark.posted().map((message): Said => {
        const staffNo = message.room.slice(direct('').length)
        return { name: message.id, staffNo, words: look(message).words }
      }),
    namesOf: ({ key, message }) => [message ?? key],
    close: () => lark.stopListening(),
  }
}

function troubleFor(roll: number): readonly [string, Trouble] {
  if (roll < 0.25) return ['429', { code: 99991400, status: 429, reset: '2' }]
  if (roll < 0.5) return ['5 a second', { code: 230020 }]
  if (roll < 0.7) return ['reset before', { drop: 'before' }]
  return roll < 0.9 ? ['reset after', { drop: 'after' }] : ['500', { status: 500, page: '<html></html>' }]
}
