/** Files in the simulator: brought, sent, fetched by the bot, shown to those in the room and to nobody else. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileRef } from '#core/platform.ts'
import { never, ORIGIN, outgoing, type Page, simulate } from './support.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
const MIB = 1_048_576

const folders: string[] = []
const chatFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-files-'))
  folders.push(folder)
  return join(folder, 'chat.jsonl')
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

async function upload(page: Page, account: string, name: string, bytes: Uint8Array, headers = {}) {
  const response = await page.raw(`/simulator/api/upload?account=${account}`, {
    method: 'POST',
    headers: {
      origin: ORIGIN,
      'x-simulator-token': await page.token(),
      'x-file-name': encodeURIComponent(name),
      'accept-language': 'en',
      ...headers,
    },
    body: Uint8Array.from(bytes),
  })
  const json = (await response.json()) as { file: { id: string }; error: { message: string } }
  return { status: response.status, file: json.file, said: json.error?.message }
}
const fetched = (page: Page, account: string, id: string) => page.raw(`/simulator/api/file?account=${account}&id=${id}`)
const say = (page: Page, account: string, room: string, files: readonly string[], text = '') =>
  page.post('say', { id: randomUUID(), account, room, text, files })
const bytesOf = async (stream: ReadableStream<Uint8Array> | undefined) =>
  Buffer.from(await new Response(stream).arrayBuffer())

describe('a file that a person sends', () => {
  it('reaches the bot by its name and size, with or without words, and can be fetched', async () => {
    const { page, heard, platform } = simulate()
    const { file } = await upload(page, 'wang', '病历 1.png', PNG)
    expect(await say(page, 'wang', 'dm-wang', [file.id])).toMatchObject({ status: 200 })
    const [said] = heard
    const [ref] = (said?.kind === 'said' && said.files) || []
    expect(said).toMatchObject({ kind: 'said', text: '' })
    expect(ref).toEqual({ id: file.id, name: '病历 1.png', size: PNG.length, mediaType: 'image/png' })
    expect(await bytesOf(await platform.fetchFile?.(ref as FileRef, never()))).toEqual(PNG)
    expect(await page.reads('wang', 'dm-wang')).toMatchObject([
      { from: 'wang', files: [{ id: file.id, name: '病历 1.png', size: PNG.length, picture: 'image/png' }] },
    ])
  })

  it('is gone for the bot when its message was deleted', async () => {
    const { page, platform } = simulate()
    const { file } = await upload(page, 'wang', 'a.png', PNG)
    await say(page, 'wang', 'dm-wang', [file.id])
    const [message] = await page.reads('wang', 'dm-wang')
    await page.post('delete', { id: randomUUID(), account: 'wang', room: 'dm-wang', message: message?.['id'] })
    await expect(platform.fetchFile?.({ id: file.id, name: 'a.png' }, never())).rejects.toMatchObject({ kind: 'gone' })
    expect((await fetched(page, 'wang', file.id)).status).toBe(404)
  })

  it('in a channel is told to the bot only when the bot is meant', async () => {
    const { page, heard } = simulate()
    const first = await upload(page, 'wang', 'a.png', PNG)
    await say(page, 'wang', 'service', [first.file.id], '大家看')
    expect(heard).toEqual([])
    const second = await upload(page, 'wang', 'b.png', PNG)
    await say(page, 'wang', 'service', [second.file.id], '@班长 病假 #12')
    expect(heard).toMatchObject([{ text: '病假 #12', files: [{ name: 'b.png' }] }])
  })

  it('is sent once, however often the gesture is repeated, and by its uploader alone', async () => {
    const { page, heard } = simulate()
    const { file } = await upload(page, 'wang', 'a.png', PNG)
    expect((await say(page, 'li', 'dm-li', [file.id])).status).toBe(404)
    const body = { id: randomUUID(), account: 'wang', room: 'dm-wang', text: '', files: [file.id] }
    await page.post('say', body)
    await page.post('say', body)
    expect(await page.reads('wang', 'dm-wang')).toHaveLength(1)
    expect(heard.map(({ key }) => key)).toEqual([heard[0]?.key, heard[0]?.key])
    expect((await say(page, 'wang', 'dm-wang', [file.id])).status).toBe(404)
  })

  it('may be as large as the limit and no larger, and not empty', async () => {
    const { page } = simulate()
    expect((await upload(page, 'wang', 'a.bin', new Uint8Array(20 * MIB))).status).toBe(200)
    expect(await upload(page, 'wang', 'a.bin', new Uint8Array(20 * MIB + 1))).toMatchObject({
      status: 413,
      said: 'The file is too large: at most 20 MB.',
    })
    expect(await upload(page, 'wang', 'a.bin', new Uint8Array())).toMatchObject({ status: 400 })
  })

  it('is taken from the page alone', async () => {
    const { page } = simulate()
    expect((await upload(page, 'wang', 'a', PNG, { origin: 'http://elsewhere.example' })).status).toBe(403)
    expect((await upload(page, 'wang', 'a', PNG, { 'x-simulator-token': 'wrong' })).status).toBe(403)
    expect((await upload(page, 'nobody', 'a', PNG)).status).toBe(404)
  })

  it('can be taken off before it is sent', async () => {
    const { page } = simulate()
    const { file } = await upload(page, 'wang', 'a.png', PNG)
    expect((await fetched(page, 'li', file.id)).status).toBe(404)
    await page.post('discard', { account: 'li', file: file.id })
    expect((await fetched(page, 'wang', file.id)).status).toBe(200)
    await page.post('discard', { account: 'wang', file: file.id })
    expect((await fetched(page, 'wang', file.id)).status).toBe(404)
  })
})

describe('a file of the bot', () => {
  const sheet = Buffer.from('PK\x03\x04 a sheet')
  const send = async ({ platform }: ReturnType<typeof simulate>, to: Parameters<typeof outgoing>[1], bytes = sheet) => {
    const file = { name: '九月.xlsx', mediaType: 'x', size: bytes.length, read: async () => bytes }
    await platform.send(
      { ...outgoing('k1', to, { text: '请看', file: { id: 'f', name: '九月.xlsx' } }), file },
      never(),
    )
  }
  const fileIn = async (page: Page, account: string, room: string) =>
    ((await page.reads(account, room)).at(-1)?.['files'] as { id: string }[] | undefined)?.[0]?.id ?? ''

  it('stands beside its caption, and is a download that no browser opens as a page', async () => {
    const there = simulate()
    await send(there, { account: 'wang' })
    expect(await there.page.reads('wang', 'dm-wang')).toMatchObject([{ text: '请看', files: [{ name: '九月.xlsx' }] }])
    const response = await fetched(there.page, 'wang', await fileIn(there.page, 'wang', 'dm-wang'))
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="file"; filename*=UTF-8''${encodeURIComponent('九月.xlsx')}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    })
    expect(Buffer.from(await response.arrayBuffer())).toEqual(sheet)
  })

  it('is never drawn when it could act: SVG stays a download', async () => {
    const there = simulate()
    await send(there, { account: 'wang' }, SVG)
    const response = await fetched(there.page, 'wang', await fileIn(there.page, 'wang', 'dm-wang'))
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('is given to those who may see its message, and to nobody else', async () => {
    const there = simulate()
    await send(there, { room: 'service', onlyFor: 'wang' })
    const id = await fileIn(there.page, 'wang', 'service')
    const status = async (account: string) => (await fetched(there.page, account, id)).status
    expect([await status('wang'), await status('li'), await status('chen')]).toEqual([200, 404, 404])
  })

  it('is given to no other site', async () => {
    const there = simulate()
    await send(there, { account: 'wang' })
    const id = await fileIn(there.page, 'wang', 'dm-wang')
    const response = await there.page.raw(`/simulator/api/file?account=wang&id=${id}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(response.status).toBe(403)
  })

  it('that cannot be read any more is not sent', async () => {
    const { platform, page } = simulate()
    const file = { name: 'a', mediaType: 'x', size: 1, read: () => Promise.reject(new Error('kept no more')) }
    const message = { ...outgoing('k', { account: 'wang' }, { text: 'x' }), file }
    await expect(platform.send(message, never())).rejects.toMatchObject({ kind: 'not-sent' })
    expect(await page.reads('wang', 'dm-wang')).toEqual([])
  })
})

describe('the files beside the chat file', () => {
  it('are there after a restart, for this user of the machine alone; what was never sent is not', async () => {
    const storeFile = chatFile()
    const before = simulate({ storeFile })
    const { file } = await upload(before.page, 'wang', 'a.png', PNG)
    await say(before.page, 'wang', 'dm-wang', [file.id])
    await upload(before.page, 'wang', 'forgotten.png', PNG)
    const folder = `${storeFile}.files`
    expect(readdirSync(folder)).toHaveLength(2)
    expect(statSync(join(folder, file.id)).mode & 0o777).toBe(0o600)
    const after = simulate({ storeFile })
    expect(readdirSync(folder)).toEqual([file.id])
    expect(Buffer.from(await (await fetched(after.page, 'wang', file.id)).arrayBuffer())).toEqual(PNG)
  })

  it('cannot be reached by a way that is no id', async () => {
    const { page, platform } = simulate({ storeFile: chatFile() })
    expect((await fetched(page, 'wang', '../chat.jsonl')).status).toBe(404)
    await expect(platform.fetchFile?.({ id: '../chat.jsonl', name: 'x' }, never())).rejects.toMatchObject({
      kind: 'gone',
    })
  })
})

describe('a form with a file', () => {
  it('gives the bot the file beside its values', async () => {
    const form = {
      form: 'leave.fill',
      value: '{}',
      title: 't',
      fields: [{ kind: 'file' as const, name: 'proof', label: 'Proof' }],
      submit: 's',
      cancel: 'c',
    }
    const { page, heard } = simulate({ answers: async (event) => (event.kind === 'said' ? { form } : {}) })
    const { json } = await page.say('wang', 'dm-wang', '请假')
    const { file } = await upload(page, 'wang', 'a.png', PNG)
    const submit = (files: readonly string[]) =>
      page.post('submit', {
        id: randomUUID(),
        account: 'wang',
        form: (json['form'] as { handle: string }).handle,
        values: { proof: files },
      })
    expect((await submit([randomUUID()])).json).toMatchObject({ errors: { proof: expect.stringMatching(/已不在/) } })
    expect((await submit([file.id])).json).toEqual({})
    expect(heard.at(-1)).toMatchObject({
      kind: 'filled',
      values: { proof: [file.id] },
      files: [{ id: file.id, name: 'a.png', size: PNG.length }],
    })
  })
})
