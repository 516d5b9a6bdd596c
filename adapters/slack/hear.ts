/** What both doors share: a body goes through Bolt to its decoder, the handler is awaited, and its answer is drawn for Slack. */
import { App, type Receiver, type ReceiverEvent } from '@slack/bolt'
import type { Instant } from '#core/clock.ts'
import { localeOf } from '#core/i18n.ts'
import { type Answer, type Deliver, type Incoming, MalformedCall } from '#core/platform.ts'
import { silentLogger } from './client.ts'
import type { SlackConfig } from './config.ts'
import { decodeEvent } from './decode.ts'
import type { Moment } from './door.ts'
import { decodeActions, decodeCommand, decodeShortcut, decodeSubmission } from './interactions.ts'
import { renderMessage } from './render.ts'

/** One body on its way to the handler. */
export interface Call {
  readonly deliver: Deliver
  readonly receivedAt: Instant
  /** False where the door takes no answer beside its acknowledgement: then the event says that it can carry nothing. */
  readonly takesAnswer: boolean
  readonly retryNum?: number
  readonly retryReason?: string
}

/** The handler threw: whatever it was, it did not take the event, and Slack is to deliver it again. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
}

/**
 * Hands one authentic body to `call.deliver` and gives what Slack is to be answered with; undefined for a bare acknowledgement.
 * Throws `MalformedCall` for what cannot be read, and {@link NotTaken}.
 */
export type Hear = (body: Record<string, unknown>, call: Call) => Promise<unknown>

interface Passing extends Call {
  /** What a listener threw: Bolt hands on a wrapper of it. */
  failure?: { readonly error: unknown; readonly ours: boolean }
}

/** Bolt without a server of its own: the doors bring the bodies and take the answers away. */
class DoorReceiver implements Receiver {
  #app: App | undefined

  init(app: App): void {
    this.#app = app
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  process(event: ReceiverEvent): Promise<void> {
    if (!this.#app) throw new Error('The receiver has no app: it is given to one when that is made')
    return this.#app.processEvent(event)
  }
}

/** @param knownBot is asked for the bot's account and must not wait for the network */
export function createHear(config: SlackConfig, knownBot: () => string | undefined): Hear {
  const calls = new WeakMap<object, Passing>()
  const receiver = new DoorReceiver()
  listen(makeApp(config, receiver), calls, knownBot)

  return async (body, call) => {
    if (!KNOWN_PARTS.some((part) => body[part] !== undefined) && body['type'] !== 'block_suggestion')
      throw new MalformedCall('A call from Slack is neither an event nor a command nor an interaction')
    const passing: Passing = { ...call }
    calls.set(body, passing)
    let answer: unknown
    const ack = async (response?: unknown) => {
      // Bolt acknowledges events before their handlers run: the answer is only kept here until they have.
      answer = response ?? answer
    }
    const { retryNum, retryReason } = call
    try {
      await receiver.process({
        body,
        ack,
        ...(retryNum === undefined ? {} : { retryNum }),
        ...(retryReason === undefined ? {} : { retryReason }),
      })
    } catch (error) {
      // It never came to a listener of ours: Bolt could not make out its shape.
      if (!passing.failure)
        throw new MalformedCall('A call from Slack is of no shape that Bolt knows', { cause: error })
      if (passing.failure.ours) throw passing.failure.error
      throw new NotTaken('The handler did not take it', { cause: passing.failure.error })
    }
    return answer
  }
}

const KNOWN_PARTS = ['event', 'command', 'actions', 'view', 'callback_id']

function makeApp(config: SlackConfig, receiver: Receiver): App {
  const app = new App({
    receiver,
    // Not `token`: Bolt would call auth.test while it is made, and end the process when that fails.
    authorize: async () => ({ botToken: config.botToken }),
    convoStore: false,
    ignoreSelf: false,
    logger: silentLogger,
    clientOptions: {
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      ...(config.apiUrl === undefined ? {} : { slackApiUrl: config.apiUrl }),
    },
  })
  app.error(async (error) => {
    throw error
  })
  return app
}

/** One listener for everything of a kind: what is meant is decided by the engine, not by the platform. */
function listen(app: App, calls: WeakMap<object, Passing>, knownBot: () => string | undefined): void {
  async function handle(
    body: object,
    decode: (body: unknown, moment: Moment) => Incoming | undefined,
    answerWith: (event: Incoming, answer: Answer) => Promise<void> = async () => {},
  ): Promise<void> {
    const call = calls.get(body)
    if (!call) throw new Error('Bolt gave a body to its listeners that is not the one it was given')
    let ours = true
    try {
      const decoded = decode(body, { receivedAt: call.receivedAt, knownBot })
      if (!decoded) return
      const event: Incoming = call.takesAnswer ? decoded : { ...decoded, canCarry: [] }
      ours = false
      const answer = await call.deliver(event)
      ours = true
      if (call.takesAnswer) await answerWith(event, answer)
    } catch (error) {
      call.failure = { error, ours }
      throw error
    }
  }

  app.event(/.*/, ({ body }) => handle(body, decodeEvent))
  app.shortcut(/.*/, ({ body }) => handle(body, decodeShortcut))
  app.action(/.*/, ({ body }) => handle(body, decodeActions))
  app.command(/.*/, ({ body, ack }) =>
    handle(body, decodeCommand, async (event, { message, key }) => {
      if (message) await ack({ response_type: 'ephemeral', ...carried(message, key, event) })
    }),
  )
  app.view(/.*/, ({ body, ack }) =>
    handle(body, decodeSubmission, async (_, { errors }) => {
      if (errors && Object.keys(errors).length > 0)
        await ack({ response_action: 'errors', errors: errorsByBlock(errors, Object.keys(body.view.state.values)) })
    }),
  )
}

function carried(message: NonNullable<Answer['message']>, key: string | undefined, event: Incoming) {
  const { text, blocks } = renderMessage(message, key, { locale: event.locale ?? localeOfWords(message), accounts: {} })
  return { text, blocks: [...blocks] }
}

/** Slack does not tell a person's language: the notes that the renderer adds follow that of the message. */
function localeOfWords(message: NonNullable<Answer['message']>) {
  return localeOf(/\p{Script=Han}/u.test(JSON.stringify(message)) ? 'zh' : 'en') ?? 'en'
}

/** Slack shows an error beside a field only: one of the form as a whole, or of a field it does not know, stands at the first. */
function errorsByBlock(errors: Readonly<Record<string, string>>, blocks: readonly string[]): Record<string, string> {
  const placed: Record<string, string> = {}
  for (const [field, error] of Object.entries(errors)) {
    const block = blocks.includes(field) ? field : (blocks[0] ?? field)
    placed[block] = placed[block] === undefined ? error : `${placed[block]}\n${error}`
  }
  return placed
}
