/** The ears: a verified body goes through Bolt, the handler is awaited, and only then is Slack answered. */
import { App, type Receiver, type ReceiverEvent } from '@slack/bolt'
import type { Instant } from '#core/clock.ts'
import { localeOf } from '#core/i18n.ts'
import {
  type Answer,
  type Deliver,
  type HttpAnswer,
  type Incoming,
  MalformedCall,
  type RawRequest,
} from '#core/platform.ts'
import { silentLogger } from './client.ts'
import type { SlackConfig } from './config.ts'
import { decodeEvent } from './decode.ts'
import type { Moment } from './door.ts'
import { decodeActions, decodeCommand, decodeShortcut, decodeSubmission } from './interactions.ts'
import { BODY_BYTES_MAX } from './limits.ts'
import { renderMessage } from './render.ts'
import { verify } from './verify.ts'

/** One call on its way through Bolt. */
interface Call {
  readonly deliver: Deliver
  readonly receivedAt: Instant
  /** What a listener threw: Bolt hands on a wrapper of it. */
  failure?: { readonly error: unknown; readonly ours: boolean }
}

/** Bolt without a server of its own: the edge brings the bytes and takes the answer away. */
class EdgeReceiver implements Receiver {
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

/**
 * Takes one call of Slack's as {@link Platform.receive} says. What `deliver` throws becomes HTTP 500, so that Slack delivers an
 * event again; every other error is thrown. `knownBot` is asked for the bot's account and must not wait for the network.
 */
export function createReceive(
  config: SlackConfig,
  knownBot: () => string | undefined,
): (request: RawRequest, deliver: Deliver) => Promise<HttpAnswer> {
  const calls = new WeakMap<object, Call>()
  const receiver = new EdgeReceiver()
  listen(makeApp(config, receiver), calls, knownBot)

  return async (request, deliver) => {
    if (request.body.byteLength > BODY_BYTES_MAX)
      throw new MalformedCall(`A call of ${request.body.byteLength} bytes: Slack's have at most ${BODY_BYTES_MAX}`)
    verify(request, config.signingSecrets)
    const body = parse(request)
    const handshake = answerHandshake(body)
    if (handshake) return handshake

    const call: Call = { deliver, receivedAt: request.receivedAt }
    calls.set(body, call)
    let answer: unknown
    const ack = async (response?: unknown) => {
      // Bolt acknowledges events before their handlers run: the answer is only kept here until they have.
      answer = response ?? answer
    }
    try {
      await receiver.process({ body, ack, ...retryOf(request) })
    } catch (error) {
      // It never came to a listener of ours: Bolt could not make out its shape.
      if (!call.failure) throw new MalformedCall('A call from Slack is of no shape that Bolt knows', { cause: error })
      if (call.failure.ours) throw call.failure.error
      return { status: 500 }
    }
    return answer === undefined ? { status: 200 } : json(answer)
  }
}

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
function listen(app: App, calls: WeakMap<object, Call>, knownBot: () => string | undefined): void {
  async function handle(
    body: object,
    decode: (body: unknown, moment: Moment) => Incoming | undefined,
    answerWith: (event: Incoming, answer: Answer) => Promise<void> = async () => {},
  ): Promise<void> {
    const call = calls.get(body)
    if (!call) throw new Error('Bolt gave a body to its listeners that is not the one it was given')
    let ours = true
    try {
      const event = decode(body, { receivedAt: call.receivedAt, knownBot })
      if (!event) return
      ours = false
      const answer = await call.deliver(event)
      ours = true
      await answerWith(event, answer)
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

/** Throws `MalformedCall` for what is no JSON, no form, or neither an event nor an interaction. */
function parse(request: RawRequest): Record<string, unknown> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const text = Buffer.from(request.body).toString('utf8')
  const body = type === 'application/json' ? parseJson(text) : parseForm(text)
  if (KNOWN_PARTS.some((part) => body[part] !== undefined) || KNOWN_TYPES.has(body['type'])) return body
  throw new MalformedCall('A call from Slack is neither an event nor a command nor an interaction')
}
const KNOWN_PARTS = ['event', 'command', 'actions', 'view', 'callback_id', 'ssl_check']
const KNOWN_TYPES: ReadonlySet<unknown> = new Set(['url_verification', 'app_rate_limited', 'block_suggestion'])

function parseForm(text: string): Record<string, unknown> {
  const form = Object.fromEntries(new URLSearchParams(text))
  return form['payload'] === undefined ? form : parseJson(form['payload'])
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MalformedCall('A call from Slack is not JSON', { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new MalformedCall('A call from Slack is JSON but no object')
}

/** What Slack asks of the address itself; undefined for what people did. */
function answerHandshake(body: Record<string, unknown>): HttpAnswer | undefined {
  if (body['type'] === 'url_verification') return json({ challenge: String(body['challenge'] ?? '') })
  // Too many events in an hour: nothing to be done by a handler. https://docs.slack.dev/reference/events/app_rate_limited
  if (body['ssl_check'] !== undefined || body['type'] === 'app_rate_limited') return { status: 200 }
  return undefined
}

const json = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
})

function retryOf({ headers }: RawRequest): Pick<ReceiverEvent, 'retryNum' | 'retryReason'> {
  const retryNum = Number(headers['x-slack-retry-num'])
  const retryReason = headers['x-slack-retry-reason']
  return {
    ...(retryNum > 0 ? { retryNum } : {}),
    ...(retryReason === undefined ? {} : { retryReason }),
  }
}
