/** What each way of failing means for the outbox: whether it was sent, was not, or nobody knows. */
import { WebAPIRequestError } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PlatformError, type PlatformErrorKind } from '#core/errors.ts'
import { createClient, type SlackClient } from '../../../adapters/slack/client.ts'
import { explain, kindOfResponse } from '../../../adapters/slack/failures.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import type { Trouble } from './fake-server.ts'

const signal = () => new AbortController().signal
let fake: FakeSlack
let client: SlackClient
beforeEach(async () => {
  fake = await startFakeSlack()
  client = createClient(fake.config, { timeoutMs: 1_500 })
})
afterEach(() => fake.close())

const post = () => client.postMessage(fake.rooms.general, { text: 'x', blocks: [] }, 'k', signal())
async function failure(trouble: Trouble, doing: () => Promise<unknown> = post): Promise<PlatformError> {
  fake.fail(trouble)
  const error = await doing().then(
    () => expect.fail(`went well in spite of ${JSON.stringify(trouble)}`),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PlatformError)
  return error as PlatformError
}

describe('a call to the Web API', () => {
  const words: readonly [string, PlatformErrorKind][] = [
    ['ratelimited', 'rate-limited'],
    ['message_limit_exceeded', 'rate-limited'],
    ['service_unavailable', 'not-sent'],
    ['request_timeout', 'not-sent'],
    ['fatal_error', 'unknown'],
    ['internal_error', 'unknown'],
    ['channel_not_found', 'gone'],
    ['is_archived', 'gone'],
    ['user_disabled', 'gone'],
    ['message_not_found', 'gone'],
    ['cant_update_message', 'gone'],
    ['edit_window_closed', 'gone'],
    ['not_in_channel', 'refused'],
    ['invalid_blocks', 'refused'],
    ['msg_too_long', 'refused'],
    ['missing_scope', 'refused'],
    ['invalid_auth', 'refused'],
    ['a_word_of_tomorrow', 'refused'],
  ]
  it.each(words)('that Slack answers with %s is %s', async (error, kind) => {
    expect(await failure({ error })).toMatchObject({ kind, code: error })
  })

  it.each<[Trouble, PlatformErrorKind]>([
    [{ status: 500 }, 'unknown'],
    [{ status: 503 }, 'unknown'],
    [{ reset: 'before' }, 'unknown'],
    [{ reset: 'after' }, 'unknown'],
    [{ silent: true }, 'unknown'],
    [{ page: '<html>maintenance</html>' }, 'unknown'],
    [{ page: '' }, 'unknown'],
    [{ status: 429 }, 'rate-limited'],
    [{ status: 429, retryAfter: 'soon' }, 'rate-limited'],
  ])('that ends with %j is %s', async (trouble, kind) => {
    expect((await failure(trouble)).kind).toBe(kind)
  })

  it('that is limited says for how long, in milliseconds', async () => {
    expect((await failure({ status: 429, retryAfter: '30' })).retryAfterMs).toBe(30_000)
    expect((await failure({ status: 429 })).retryAfterMs).toBeUndefined()
  })

  it('is made once, however it fails', async () => {
    for (const trouble of [
      { status: 429, retryAfter: '0' },
      { status: 500 },
      { reset: 'before' },
      { error: 'ratelimited' },
    ] as const) {
      fake.reset()
      await failure(trouble)
      expect(fake.called(), JSON.stringify(trouble)).toEqual(['chat.postMessage'])
    }
  })

  it('to an address that does not exist was certainly not sent', async () => {
    await fake.stopListening()
    await expect(post()).rejects.toMatchObject({ kind: 'not-sent', code: 'ECONNREFUSED' })
    const nowhere = createClient({ ...fake.config, apiUrl: 'http://no-such-host.invalid/api/' }, { timeoutMs: 1_500 })
    await expect(nowhere.installation(signal())).rejects.toMatchObject({ kind: 'not-sent' })
  })

  it('that is called off under way is unknown, before it began not sent', async () => {
    const off = new AbortController()
    fake.fail({ silent: true })
    const posting = client.postMessage(fake.rooms.general, { text: 'x', blocks: [] }, 'k', off.signal)
    await expect.poll(() => fake.called()).toEqual(['chat.postMessage'])
    off.abort()
    await expect(posting).rejects.toMatchObject({ kind: 'unknown' })
    await expect(client.members('C1', AbortSignal.abort())).rejects.toMatchObject({ kind: 'not-sent' })
    expect(fake.called()).toEqual(['chat.postMessage'])
  })

  it('says what an administrator can do, and never the token or what was posted', async () => {
    const error = await failure({ error: 'not_in_channel' })
    expect(error.message).toContain('/invite @banzhang')
    for (const trouble of [{ status: 500 }, { page: '<html>' }, { error: 'invalid_auth' }] as const) {
      const { message } = await failure(trouble, () =>
        client.postMessage('C0GENERAL', { text: 'private words', blocks: [] }, 'k', signal()),
      )
      expect(message).not.toContain('private words')
      expect(message).not.toContain(fake.config.botToken)
    }
  })
})

describe('a post to a response URL', () => {
  it.each<[{ status: number; text: string; retryAfter?: string }, PlatformErrorKind | undefined]>([
    [{ status: 200, text: 'ok' }, undefined],
    [{ status: 200, text: '' }, undefined],
    [{ status: 200, text: '{"ok":true}' }, undefined],
    [{ status: 404, text: '{"ok":false,"error":"expired_url"}' }, 'gone'],
    [{ status: 404, text: '{"ok":false,"error":"used_url"}' }, 'gone'],
    [{ status: 404, text: 'Not found' }, 'gone'],
    [{ status: 200, text: '{"ok":false,"error":"invalid_blocks"}' }, 'refused'],
    [{ status: 400, text: 'no_text' }, 'refused'],
    [{ status: 429, text: '', retryAfter: '5' }, 'rate-limited'],
    [{ status: 500, text: '' }, 'unknown'],
    [{ status: 200, text: '<html>' }, 'unknown'],
  ])('answered %j is %s', ({ status, text, retryAfter }, kind) => {
    expect(kindOfResponse('response_url', { status, text, retryAfter: retryAfter ?? null })?.kind).toBe(kind)
  })

  it('fails like any other call', async () => {
    const { url } = responseUrl()
    expect((await failure({ reset: 'before' }, () => client.respond(url, {}, signal()))).kind).toBe('unknown')
    expect((await failure({ silent: true }, () => client.respond(url, {}, signal()))).kind).toBe('unknown')
    await fake.stopListening()
    await expect(client.respond(url, {}, signal())).rejects.toMatchObject({ kind: 'not-sent' })
  })
})

describe('explain', () => {
  const withCause = (cause: object) =>
    new WebAPIRequestError(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), cause) }))
  it.each<[object, PlatformErrorKind]>([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'not-sent'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'not-sent'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'not-sent'],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, 'not-sent'],
    [{ code: 'ECONNRESET', syscall: 'read' }, 'unknown'],
    [{ code: 'UND_ERR_SOCKET' }, 'unknown'],
    [{ code: 'EPIPE', syscall: 'write' }, 'unknown'],
  ])('a request that failed with %j is %s', (cause, kind) => {
    expect(explain('chat.postMessage', withCause(cause)).kind).toBe(kind)
  })
  it('looks at each attempt when several addresses were tried', () => {
    const attempt = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })
    const error = new TypeError('fetch failed', { cause: new AggregateError([attempt, attempt]) })
    expect(explain('auth.test', new WebAPIRequestError(error)).kind).toBe('not-sent')
  })
  it('takes anything that it does not know for unknown', () => {
    expect(explain('x', 'a string').kind).toBe('unknown')
    expect(explain('x', new Error('other')).kind).toBe('unknown')
  })
})

function responseUrl(): { url: string } {
  const request = fake.slashCommand({ user: fake.people.an, room: fake.rooms.general, command: '/timeoff', text: '' })
  return { url: new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('response_url') ?? '' }
}
