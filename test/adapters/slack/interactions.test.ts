/** What each command, shortcut, click and form of Slack's is for us. */
import { describe, expect, it } from 'vitest'
import { MalformedCall } from '#core/platform.ts'
import { readHandle, writeHandle } from '../../../adapters/slack/handle.ts'
import { decodeActions, decodeCommand, decodeShortcut, decodeSubmission } from '../../../adapters/slack/interactions.ts'

const moment = { receivedAt: 1_790_000_000_000, knownBot: () => undefined }
const command = {
  team_id: 'T1',
  channel_id: 'C1',
  user_id: 'U1',
  command: '/banzhang',
  text: 'leave 3 days',
  trigger_id: '1.2.3',
  response_url: 'https://hooks.example/commands/1',
}
const user = { id: 'U1' }
const team = { id: 'T1' }

describe('decodeCommand', () => {
  it.each([
    ['/banzhang', 'banzhang'],
    ['/timeoff', 'timeoff'],
    ['/leave', 'leave'],
    ['/请假', '请假'],
  ])('reads %s as the command %s', (written, name) => {
    expect(decodeCommand({ ...command, command: written }, moment)).toMatchObject({
      command: name,
      text: 'leave 3 days',
    })
  })

  it('can be answered privately for a while, and open one form', () => {
    const event = decodeCommand(command, moment)
    expect(event.canCarry).toEqual(['message'])
    expect(readHandle(event.replyHandle)).toEqual({
      url: command.response_url,
      trigger: '1.2.3',
      at: moment.receivedAt,
    })
  })

  it('knows a direct message from a group', () => {
    expect(decodeCommand({ ...command, channel_id: 'D1' }, moment).roomKind).toBe('direct')
    expect(decodeCommand(command, moment).roomKind).toBe('group')
  })

  it.each(['trigger_id', 'user_id', 'channel_id', 'command'])('cannot read a command without %s', (part) => {
    const { [part]: _, ...rest } = command as Record<string, string>
    expect(() => decodeCommand(rest, moment)).toThrow(MalformedCall)
    expect(() => decodeCommand(rest, moment)).toThrow(part)
  })
})

describe('decodeShortcut', () => {
  it('says the name of a global shortcut, in the direct message', () => {
    const event = decodeShortcut({ type: 'shortcut', team, user, callback_id: 'leave', trigger_id: '1.2.3' }, moment)
    expect(event).toMatchObject({
      kind: 'said',
      key: 's:T1:1.2.3',
      command: 'leave',
      text: '',
      room: 'U1',
      roomKind: 'direct',
      canCarry: [],
    })
    expect(readHandle(event.replyHandle)?.trigger).toBe('1.2.3')
  })
  it('says the name of a shortcut on a message in the room of the message', () => {
    const body = {
      type: 'message_action',
      team,
      user,
      channel: { id: 'C1' },
      callback_id: 'complaint',
      trigger_id: '1.2.4',
      response_url: 'https://hooks.example/1',
    }
    expect(decodeShortcut(body, moment)).toMatchObject({ command: 'complaint', room: 'C1', roomKind: 'group' })
  })
})

describe('decodeActions', () => {
  const click = {
    type: 'block_actions',
    team,
    user,
    trigger_id: '1.2.5',
    response_url: 'https://hooks.example/actions/1',
    container: { type: 'message', message_ts: '17.1', channel_id: 'C1', is_ephemeral: false },
    channel: { id: 'C1' },
    actions: [
      { type: 'button', action_id: 'leave.approve#0', block_id: 'b0:key-1', action_ts: '18.1', value: '{"id":"7"}' },
    ],
  }
  it('reads a click, its message and the handle that can change it', () => {
    const event = decodeActions(click, moment)
    expect(event).toMatchObject({
      kind: 'clicked',
      key: 'a:T1:1.2.5:18.1',
      action: 'leave.approve',
      value: '{"id":"7"}',
      sentKey: 'key-1',
    })
    const handle = event?.kind === 'clicked' ? readHandle(event.on.handle) : undefined
    expect(handle).toEqual({ url: click.response_url, at: moment.receivedAt })
  })
  it('remembers that an ephemeral message can be changed by its response URL alone', () => {
    const { channel: _, ...rest } = click
    const event = decodeActions({ ...rest, container: { ...click.container, is_ephemeral: true } }, moment)
    expect(event?.kind === 'clicked' && readHandle(event.on.handle)?.ephemeral).toBe(true)
  })
  it('leaves alone what is not ours: other ids, elements of modals', () => {
    const [action] = click.actions
    expect(decodeActions({ ...click, actions: [{ ...action, action_id: 'theirs' }] }, moment)).toBeUndefined()
    // Slack tells of a click on a link too: it is opened by the browser, and nothing happens here.
    const link = {
      ...action,
      action_id: 'link',
      block_id: 'l:key-1',
      value: undefined,
      url: 'https://bot.example/forms/x',
    }
    expect(decodeActions({ ...click, actions: [link] }, moment)).toBeUndefined()
    expect(decodeActions({ ...click, channel: undefined, container: { type: 'view' } }, moment)).toBeUndefined()
    expect(() => decodeActions({ ...click, actions: [] }, moment)).toThrow(MalformedCall)
  })
})

describe('decodeSubmission', () => {
  const memory = {
    form: 'leave.ask',
    value: '{}',
    room: 'C1',
    reply: writeHandle({ url: 'https://hooks.example/1', trigger: 'used', at: 5 }),
  }
  const submission = (values: unknown, view: Record<string, unknown> = {}) => ({
    type: 'view_submission',
    team,
    user,
    trigger_id: '1.2.6',
    view: { id: 'V1', hash: 'h1', private_metadata: JSON.stringify(memory), state: { values }, ...view },
  })
  const days = (value: string | null) => ({ days: { value: { type: 'number_input', value } } })

  it("answers where the form was asked for, with the submission's own trigger", () => {
    const event = decodeSubmission(submission(days('3')), moment)
    expect(event).toMatchObject({
      kind: 'filled',
      form: 'leave.ask',
      value: '{}',
      room: 'C1',
      roomKind: 'group',
      values: { days: '3' },
      opened: { handle: 'V1' },
    })
    expect(readHandle(event?.replyHandle)).toEqual({ url: 'https://hooks.example/1', trigger: '1.2.6', at: 5 })
  })
  it('leaves out what was left empty', () => {
    const empty = {
      ...days(null),
      who: { value: { selected_users: [] } },
      when: { value: { selected_date: null } },
      what: { value: { selected_option: null } },
      proof: { value: { files: [] } },
    }
    const event = decodeSubmission(submission(empty), moment)
    expect(event?.kind === 'filled' && event.values).toEqual({})
  })
  it('names the fields in which people were chosen, for their values are accounts', () => {
    const values = { ...days('3'), who: { value: { selected_users: ['U1', 'U2'] } } }
    const event = decodeSubmission(submission(values), moment)
    expect(event).toMatchObject({ values: { who: ['U1', 'U2'] }, people: ['who'] })
    expect(decodeSubmission(submission(days('3')), moment)).not.toHaveProperty('people')
  })
  it('tells a form that was corrected after errors from the one before, and not from its own repeat', () => {
    const keys = ['99', '3', '3'].map((value) => decodeSubmission(submission(days(value)), moment)?.key)
    expect(keys[0]).not.toBe(keys[1])
    expect(keys[1]).toBe(keys[2])
  })
  it.each(['', 'not json', '[]', 'null', '{"form":1}', '{"form":"a","value":"b"}'])(
    'leaves alone a modal that remembers %j',
    (private_metadata) => {
      expect(decodeSubmission(submission({}, { private_metadata }), moment)).toBeUndefined()
    },
  )
  it('names a person of a room that is the person as direct', () => {
    const private_metadata = JSON.stringify({ form: 'a', value: '{}', room: 'U1' })
    expect(decodeSubmission(submission({}, { private_metadata }), moment)?.roomKind).toBe('direct')
  })
})

describe('handles', () => {
  it.each([undefined, '', 'x', 'null', '[]', '{}', '{"at":"soon"}', '{"at":1,"url":2}'])(
    'reads no handle in %j',
    (text) => {
      expect(readHandle(text)).toBeUndefined()
    },
  )
})
