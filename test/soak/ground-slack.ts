/** Slack under a soak: signed calls to the product, and a fake that refuses, breaks off and forgets to answer. */
import type { RawRequest } from '../../src/core/platform.ts'
import { startFakeSlack } from '../adapters/slack/fake.ts'
import { signed } from '../adapters/slack/fake-calls.ts'
import { lookAt } from '../adapters/slack/fake-look.ts'
import type { StoredMessage } from '../adapters/slack/fake-store.ts'
import { slackEnv } from '../support/child.ts'
import { cardsOf } from './cards.ts'
import type { Ground, Said } from './ground.ts'
import type { Deed } from './plan.ts'

const account = (staffNo: string) => `U${staffNo}`
const tsOf = (deed: number) => `${1_700_000_000 + deed}.000100`

export async function slackGround(): Promise<Ground> {
  const slack = await startFakeSlack()
  const direct = (staffNo: string) => slack.rooms.direct(account(staffNo))
  const blocksOf = (content: unknown) => content as StoredMessage['blocks']
  const cards = cardsOf<StoredMessage>({
    all: () => slack.posted(),
    content: ({ blocks }) => blocks,
    buttons: (content) => lookAt('', blocksOf(content)).buttons,
    isIn: ({ channel, user }, staffNo) => channel === direct(staffNo) && user === slack.bot,
  })
  return {
    name: 'slack',
    env: slackEnv(slack),
    join: (staffNo, name) => slack.join(account(staffNo), name),
    account,
    answersCommands: true,
    tellsEdits: true,
    keepsCards: true,
    request({ id, staffNo, does }: Deed): RawRequest | undefined {
      const user = account(staffNo)
      switch (does.kind) {
        case 'say':
          return slack.message({ user, text: does.text, ts: tsOf(id) })
        case 'command':
          return slack.slashCommand({ user, room: direct(staffNo), command: '/banzhang', text: does.text })
        case 'edit':
          return slack.edit({ user, ts: tsOf(does.of), before: '', after: does.text })
        case 'press': {
          const found = cards.find(staffNo, does.token, does.label)
          if (!found) return undefined
          return slack.click({ user, on: { ...found.message, blocks: blocksOf(found.content) }, label: does.label })
        }
      }
    },
    signed(request, at) {
      const [secret = ''] = slack.config.signingSecrets
      const type = request.headers['content-type'] ?? ''
      return signed(Buffer.from(request.body).toString('utf8'), type, { secret, signedAt: at, receivedAt: at })
    },
    keepAnswer: (staffNo, body) => void slack.keepAnswer(body, { user: account(staffNo), room: direct(staffNo) }),
    isShown: (staffNo, token) => cards.isThere(staffNo, token),
    calls: () => slack.called().length,
    breakNext(roll) {
      const [name, trouble] =
        roll < 0.34
          ? (['503 in words', { error: 'service_unavailable' }] as const)
          : roll < 0.58
            ? (['cut off', { error: 'request_timeout' }] as const)
            : roll < 0.83
              ? (['429', { status: 429, retryAfter: '2' }] as const)
              : roll < 0.92
                ? (['reset after', { reset: 'after' }] as const)
                : (['500', { status: 500 }] as const)
      slack.fail(trouble)
      return name
    },
    advance: (ms) => slack.advance(ms),
    // What an answer carried has no name of Slack's: its key stands in the names of its blocks.
    said: () =>
      slack.posted().flatMap((message): Said[] => {
        if (message.user !== slack.bot) return []
        const [first] = message.blocks as readonly { block_id?: string }[]
        const key = message.onlyFor === undefined ? undefined : first?.block_id?.replace(/^[^:]*:/, '')
        const { words } = lookAt(message.text, message.blocks)
        return [{ name: key ?? message.ts, staffNo: message.channel.slice(1), words }]
      }),
    namesOf: ({ key, message }) => [message ?? key],
    close: () => slack.close(),
  }
}
