/** The client against a Slack that others wrote (emulate, by Vercel Labs): our own fake may share our misreadings, this one does not. */
import { createServer } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Incoming, Outgoing, Platform } from '#core/platform.ts'
import { writeHandle } from '../../../adapters/slack/handle.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import { PICTURE, requestCard } from '../contract/samples.ts'

let emulator: Emulator
let slack: Platform
let general: string
let account: string
const signal = () => new AbortController().signal
const outgoing = (
  to: Outgoing['to'],
  key: string,
  message: Outgoing['message'] = { card: requestCard() },
): Outgoing => ({ key, to, message, locale: 'en', accounts: {} })

beforeAll(async () => {
  const port = await freePort()
  emulator = await createEmulator({
    service: 'slack',
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    seed: {
      tokens: { 'xoxb-emulated': { login: 'U000000001' } },
      slack: {
        users: [{ name: 'wang', real_name: 'Wang Li', email: 'wang@department.example' }],
        channels: [{ name: 'department' }],
      },
    },
  })
  slack = createSlack({ signingSecrets: ['unused'], botToken: 'xoxb-emulated', apiUrl: `${emulator.url}/api/` })
  account = (await slack.directory?.byEmail?.('wang@department.example', signal()))?.account ?? ''
  general = await roomNamed('department')
})
afterAll(() => emulator.close())

describe('against an emulator that others wrote', () => {
  it('checks in with its token', async () => {
    expect((await slack.check(signal())).filter((result) => !result.ok)).toEqual([])
    expect(slack.reachesPeople).toBe(false)
  })
  it('finds people and members', async () => {
    expect(account).toMatch(/^U/)
    const members = await slack.directory?.members?.(general, signal())
    expect(members?.map((member) => member.account)).toContain(account)
    expect(await slack.directory?.byEmail?.('nobody@department.example', signal())).toBeUndefined()
  })
  it('posts a card, finds it by its key and edits it', async () => {
    const message = outgoing({ room: general }, 'key-emulated')
    const sent = await slack.send(message, signal())
    expect(sent).toMatchObject({ address: general })
    expect(await slack.find?.(message, 0, signal())).toEqual(sent)
    expect(await slack.find?.(outgoing({ room: general }, 'another'), 0, signal())).toBe('absent')
    expect(
      await slack.edit?.(sent, outgoing({ room: general }, 'key-emulated', { text: 'Approved' }), signal()),
    ).toEqual(sent)
    expect(await slack.find?.(message, 0, signal())).toEqual(sent)
  })
  it('opens a direct message, and posts privately in a channel', async () => {
    const direct = await slack.send(outgoing({ account }, 'key-direct'), signal())
    expect(direct.address).toMatch(/^D/)
    const quiet = await slack.send(outgoing({ room: general, onlyFor: account }, 'key-private'), signal())
    expect(quiet.address).toBe(general)
  })
  it('is told what is gone', async () => {
    await expect(slack.send(outgoing({ room: 'C404' }, 'k'), signal())).rejects.toMatchObject({
      kind: 'gone',
      code: 'channel_not_found',
    })
    const edit = slack.edit?.({ address: general, messageId: '1.1' }, outgoing({ room: general }, 'k'), signal())
    await expect(edit).rejects.toMatchObject({ kind: 'gone', code: 'message_not_found' })
    await expect(slack.send(outgoing({ account: 'U404' }, 'k'), signal())).rejects.toMatchObject({ kind: 'gone' })
  })
  it('sends a file under its caption, finds it by its key, and fetches its bytes again', async () => {
    const { mediaType, bytes } = PICTURE
    // The emulator cannot serve a name in Chinese; our own fake is tried with one.
    const name = 'note 1.png'
    const file = { name, mediaType, size: bytes.byteLength, read: async () => bytes }
    for (const to of [{ room: general }, { account }] as const) {
      const message = {
        ...outgoing(to, `file-${JSON.stringify(to)}`, { text: 'The paper', file: { id: '1', name } }),
        file,
      }
      const sent = await slack.send(message, signal())
      expect(await slack.find?.(message, 0, signal())).toEqual(sent)
      expect(await slack.find?.({ ...message, key: 'another' }, 0, signal())).toBe('absent')
      const [id] = await fileIds(sent.address)
      const stream = await slack.fetchFile?.({ id: id ?? '', name }, signal())
      expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(bytes)
    }
  })
  it('is told that a file is not there', async () => {
    await expect(slack.fetchFile?.({ id: 'F404', name: 'x' }, signal())).rejects.toMatchObject({ kind: 'gone' })
    const handle = `${emulator.url}/files-pri/F404/x`
    await expect(slack.fetchFile?.({ id: 'F404', name: 'x', handle }, signal())).rejects.toMatchObject({ kind: 'gone' })
  })
  it('opens no form with a trigger that was never handed out', async () => {
    const event: Incoming = {
      kind: 'said',
      key: 'c:1',
      person: account,
      room: general,
      roomKind: 'group',
      canCarry: [],
      text: '',
      replyHandle: writeHandle({ trigger: '1.2.3', at: 0 }),
    }
    await expect(slack.openForm?.(event, { placeholder: 'en' })).rejects.toMatchObject({ kind: 'gone' })
  })
})

async function fileIds(channel: string): Promise<readonly string[]> {
  const response = await fetch(`${emulator.url}/api/files.list?channel=${channel}`, {
    headers: { authorization: 'Bearer xoxb-emulated' },
  })
  const { files = [] } = (await response.json()) as { files?: readonly { id: string }[] }
  return files.map(({ id }) => id)
}

async function roomNamed(name: string): Promise<string> {
  const response = await fetch(`${emulator.url}/api/conversations.list`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-emulated' },
  })
  const { channels } = (await response.json()) as { channels: readonly { id: string; name: string }[] }
  return channels.find((channel) => channel.name === name)?.id ?? expect.fail(`There is no #${name}`)
}

/** The emulator wants a number: a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise<void>((closed) => server.close(() => closed()))
  return typeof address === 'object' && address ? address.port : expect.fail('No port is free')
}
