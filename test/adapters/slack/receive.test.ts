/** Slack's calls as HTTP: what each is answered, what is carried, and what never waits for the network. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Deliver, type Incoming, MalformedCall, type Platform } from '#core/platform.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import { everyField } from '../contract/samples.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import { FORM_TYPE, JSON_TYPE, signed } from './fake-calls.ts'

let fake: FakeSlack
let slack: Platform
beforeEach(async () => {
  fake = await startFakeSlack()
  slack = createSlack(fake.config, { timeoutMs: 1_500 })
})
afterEach(() => fake.close())

const never: Deliver = async () => expect.fail('Nothing was to be delivered')
const text = (body: string, type = JSON_TYPE, headers: Record<string, string> = {}) => {
  const { receivedAt } = fake.sign({ form: {} })
  return signed(body, type, { secret: fake.config.signingSecrets[0] ?? '', signedAt: receivedAt, receivedAt, headers })
}
const command = (change: Record<string, string> = {}) =>
  new URLSearchParams({
    team_id: 'T1',
    channel_id: 'C1',
    user_id: 'U1',
    command: '/banzhang',
    text: '',
    trigger_id: '1.2.3',
    ...change,
  }).toString()

async function hear(request: Parameters<Platform['receive']>[0]) {
  const heard: Incoming[] = []
  const answer = await slack.receive(request, async (event) => {
    heard.push(event)
    return {}
  })
  return { heard, answer }
}

describe("Slack's questions about the address", () => {
  it('are answered with the challenge, and to Slack only', async () => {
    const answer = await slack.receive(
      fake.sign({ json: { type: 'url_verification', challenge: '挑战-42', token: 'x' } }),
      never,
    )
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body ?? '')).toEqual({ challenge: '挑战-42' })
    const forged = fake.sign({ json: { type: 'url_verification', challenge: 'x' } }, { secret: 'other' })
    await expect(slack.receive(forged, never)).rejects.toMatchObject({ kind: 'not-authentic' })
  })
  it('are answered empty for a probe of the certificate and for a warning of too many events', async () => {
    expect(await slack.receive(fake.sign({ form: { ssl_check: '1', token: 'x' } }), never)).toEqual({ status: 200 })
    expect(await slack.receive(fake.sign({ json: { type: 'app_rate_limited', team_id: 'T1' } }), never)).toEqual({
      status: 200,
    })
  })
})

describe('a call', () => {
  it('is read with a charset beside its content type', async () => {
    const { heard } = await hear(text(command({ text: '请假 3天' }), `${FORM_TYPE}; charset=utf-8`))
    expect(heard).toMatchObject([{ kind: 'said', command: 'banzhang', text: '请假 3天' }])
    const event = { team_id: 'T1', event: { type: 'message', channel: 'D1', user: 'U1', ts: '1.1', text: '你好' } }
    expect((await hear(text(JSON.stringify(event), 'application/json; charset=utf-8'))).heard).toMatchObject([
      { text: '你好' },
    ])
  })
  it.each(['%2F%E8%AF%B7%E5%81%87', '/请假'])('with the command %s is read as 请假', async (name) => {
    const body = command({ text: '三天' }).replace('command=%2Fbanzhang', `command=${name}`)
    expect((await hear(text(body, FORM_TYPE))).heard).toMatchObject([{ command: '请假', text: '三天' }])
  })
  it('that repeats an event is heard like the first', async () => {
    const first = fake.message({ user: fake.people.an, text: 'leave' })
    const again = text(Buffer.from(first.body).toString('utf8'), JSON_TYPE, {
      'x-slack-retry-num': '1',
      'x-slack-retry-reason': 'http_timeout',
    })
    expect((await hear(again)).heard).toEqual((await hear(first)).heard)
  })
  it('of a kind that is not ours is answered and left alone', async () => {
    const calls = [
      { json: { type: 'event_callback', team_id: 'T1', event: { type: 'reaction_added', user: 'U1' } } },
      { form: { payload: JSON.stringify({ type: 'block_suggestion', user: { id: 'U1' }, value: 'x' }) } },
      {
        form: {
          payload: JSON.stringify({ type: 'view_closed', user: { id: 'U1' }, view: { id: 'V1', callback_id: 'x' } }),
        },
      },
      {
        form: {
          payload: JSON.stringify({
            type: 'view_submission',
            user: { id: 'U1' },
            view: { id: 'V1', callback_id: 'theirs', state: { values: {} } },
          }),
        },
      },
    ]
    for (const call of calls)
      expect(await slack.receive(fake.sign(call), never), JSON.stringify(call)).toEqual({ status: 200 })
  })
  it.each([
    ['no JSON', 'not json', JSON_TYPE],
    ['a JSON list', '[1]', JSON_TYPE],
    ['JSON null', 'null', JSON_TYPE],
    ['a form without any known part', 'a=b', FORM_TYPE],
    ['a payload that is no JSON', 'payload=x', FORM_TYPE],
    ['an interaction of no type', 'payload=%7B%7D', FORM_TYPE],
    ['nothing', '', FORM_TYPE],
    ['an event that is a word', '{"event":"x","team_id":"T1"}', JSON_TYPE],
  ])('that carries %s is malformed', async (_, body, type) => {
    await expect(slack.receive(text(body, type), never)).rejects.toBeInstanceOf(MalformedCall)
  })
  it('never quotes what people wrote in the error about it', async () => {
    const body = JSON.stringify({ team_id: 'T1', event: { type: 'message', text: 'private words', user: 'U1' } })
    const error: unknown = await slack.receive(text(body), never).catch((reason: unknown) => reason)
    expect(String(error)).not.toContain('private words')
    expect(String(error)).toContain('channel')
  })
  it('does not wait for Slack to be reachable, and calls it for no ordinary event', async () => {
    const { an } = fake.people
    const { heard } = await hear(fake.message({ user: an, text: 'leave' }))
    await hear(fake.mention({ user: an, room: fake.rooms.general, text: 'leave' }))
    await hear(fake.slashCommand({ user: an, room: fake.rooms.general, command: '/timeoff', text: '3' }))
    expect(heard).toHaveLength(1)
    expect(fake.called()).toEqual([])
    await fake.stopListening()
    const unnamed = {
      team_id: 'T1',
      event: { type: 'app_mention', channel: 'C1', user: an, ts: '1.1', text: '<@U0BOT> leave' },
    }
    expect((await hear(fake.sign({ json: unnamed }))).heard).toMatchObject([{ text: 'leave' }])
  })
  it('that does not say who the bot is has it asked once, for the next', async () => {
    const unnamed = (ts: string) =>
      fake.sign({
        json: { team_id: 'T1', event: { type: 'message', channel: 'C1', user: 'U1', ts, text: '<@U0BOT> leave' } },
      })
    expect((await hear(unnamed('1.1'))).heard).toEqual([])
    await expect.poll(async () => (await hear(unnamed('1.2'))).heard.length).toBe(1)
    expect(fake.called()).toEqual(['auth.test'])
  })
})

describe('an answer', () => {
  const timeoff = () =>
    fake.slashCommand({ user: fake.people.an, room: fake.rooms.general, command: '/timeoff', text: '' })
  it('of nothing is an empty acknowledgement', async () => {
    expect((await hear(timeoff())).answer).toEqual({ status: 200 })
  })
  it('to a command is ephemeral JSON', async () => {
    const answer = await slack.receive(timeoff(), async () => ({ message: { text: '还剩 3 天。' }, toast: 'dropped' }))
    expect(answer.headers?.['content-type']).toContain('application/json')
    const body: unknown = JSON.parse(answer.body ?? '')
    expect(body).toMatchObject({ response_type: 'ephemeral', text: '还剩 3 天。' })
    expect(answer.body).not.toContain('dropped')
  })
  it('that is too long is cut in the language of the message', async () => {
    const long = await slack.receive(timeoff(), async () => ({ message: { text: '字'.repeat(60_000) } }))
    expect(long.body).toMatch(/（还有 \d+ 字）/)
    const english = await slack.receive(timeoff(), async () => ({ message: { text: 'w'.repeat(60_000) } }))
    expect(english.body).toMatch(/\(\d+ more characters\)/)
  })
  it('with errors of the form as a whole, of unknown fields and of a field puts each where it can be seen', async () => {
    const event = await hear(timeoff())
    const [opener] = event.heard
    await slack.openForm?.(opener ?? expect.fail('No event'), { form: everyField() })
    const [view] = fake.views()
    const submit = fake.submit({
      user: fake.people.an,
      view: view ?? expect.fail('No view'),
      values: { title: 'x', days: '1' },
    })
    const answer = await slack.receive(submit, async () => ({
      errors: { '': 'No days left.', nowhere: 'Lost.', days: 'Too many.' },
    }))
    expect(JSON.parse(answer.body ?? '')).toEqual({
      response_action: 'errors',
      errors: { title: 'No days left.\nLost.', days: 'Too many.' },
    })
  })
  it('of a handler that failed is HTTP 500 and tells nothing of why', async () => {
    const answer = await slack.receive(timeoff(), async () => {
      throw new Error('password of the database')
    })
    expect(answer).toEqual({ status: 500 })
  })
})
