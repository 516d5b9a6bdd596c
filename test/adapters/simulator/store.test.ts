/** The chat file: what survives a restart, a cut-off line and a full disk, and how it stays small. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalRecord } from '../../../adapters/simulator/chat.ts'
import { ChatFile } from '../../../adapters/simulator/store.ts'
import { never, outgoing, simulate } from './support.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  path = join(folder, 'deeper', 'chat.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = (seq: number): JournalRecord => ({ kind: 'read', account: 'wang', room: 'service', seq })

describe('the chat file', () => {
  it('begins empty, makes its folder, and is readable by its owner alone', () => {
    const file = new ChatFile(path)
    expect(file.load()).toEqual([])
    file.append(read(1))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(new ChatFile(path).load()).toEqual([read(1)])
  })
  it('tolerates a last line that was cut off, and never writes behind it', () => {
    const file = new ChatFile(path)
    file.load()
    file.append(read(1))
    appendFileSync(path, '{"kind":"read","acc')
    const again = new ChatFile(path)
    const kept = again.load()
    expect(kept).toEqual([read(1)])
    expect(again.full).toBe(true)
    again.rewrite(kept)
    again.append(read(2))
    expect(new ChatFile(path).load()).toEqual([read(1), read(2)])
  })
  it('refuses a file that is not a chat, names the line, and leaves it as it is', () => {
    const file = new ChatFile(path)
    file.load()
    for (const line of ['not JSON', '{"kind":"message","message":{}}', '{"kind":"other"}']) {
      writeFileSync(path, `${JSON.stringify(read(1))}\n${line}\n`)
      expect(() => new ChatFile(path).load()).toThrow(/line 2: not a record .* Move the file away/)
      expect(readFileSync(path, 'utf8')).toContain(line)
    }
  })
  it('asks to be rewritten when it has grown, and not for every line when what is kept is large', () => {
    const file = new ChatFile(path, 500)
    file.load()
    for (let n = 0; n < 20; n++) file.append(read(n))
    expect(file.full).toBe(true)
    file.rewrite(Array.from({ length: 20 }, (_, n) => read(n)))
    expect(statSync(path).size).toBeGreaterThan(500)
    file.append(read(21))
    expect(file.full).toBe(false)
  })
})

describe('a simulator with a chat file', () => {
  it('shows the same chat after a restart, with its late buttons, its open forms and its readings', async () => {
    const form = { form: 'leave.ask', value: '{}', title: 'Leave', fields: [], submit: 'Send', cancel: 'No' }
    const before = simulate({ storeFile: path, answers: async () => ({ form }) })
    const opened = await before.page.say('wang', 'dm-wang', 'form')
    const buttons = [{ action: 'leave.approve', label: 'Yes', value: '{}', style: 'plain' as const }]
    const sent = await before.platform.send(
      outgoing('k1', { account: 'wang' }, { card: { title: 'Ask', buttons } }),
      never(),
    )
    await before.platform.edit(sent, outgoing('k1', { account: 'wang' }, { card: { title: 'Approved' } }), never())
    await before.close()

    const after = simulate({ storeFile: path })
    expect(await after.page.reads('wang', 'dm-wang')).toEqual(await before.page.reads('wang', 'dm-wang'))
    const { messageId } = sent
    const id = '8f14e45f-ceea-4e7a-9c2d-111111111111'
    const late = await after.page.post('click', {
      id,
      account: 'wang',
      room: 'dm-wang',
      message: messageId,
      action: 'leave.approve',
      value: '{}',
    })
    expect(late.status).toBe(200)
    const handle = (opened.json['form'] as { handle: string }).handle
    expect((await after.page.post('submit', { id, account: 'wang', form: handle, values: {} })).status).toBe(200)
    expect(after.heard.map(({ kind }) => kind)).toEqual(['clicked', 'filled'])
    await after.close()
  })
  it('goes on after a line that was cut off', async () => {
    const before = simulate({ storeFile: path })
    await before.page.say('wang', 'dm-wang', 'one')
    await before.close()
    appendFileSync(path, '{"kind":"mess')
    const between = simulate({ storeFile: path })
    await between.page.say('wang', 'dm-wang', 'two')
    await between.close()
    const after = simulate({ storeFile: path })
    expect((await after.page.reads('wang', 'dm-wang')).map(({ text }) => text)).toEqual(['one', 'two'])
    await after.close()
  })
  it('says that nothing was sent when the file cannot be written, and sends again when it can', async () => {
    const one = simulate({ storeFile: path })
    await one.page.say('wang', 'dm-wang', 'before')
    rmSync(path)
    mkdirSync(path)
    const message = outgoing('k1', { account: 'wang' }, { text: 'hello' })
    await expect(one.platform.send(message, never())).rejects.toMatchObject({ name: 'PlatformError', kind: 'not-sent' })
    expect(await one.platform.find(message, 0, never())).toBe('absent')
    rmSync(path, { recursive: true })
    await one.platform.send(message, never())
    await one.close()
    const after = simulate({ storeFile: path })
    expect((await after.page.reads('wang', 'dm-wang')).map(({ text }) => text)).toEqual(['before', 'hello'])
    await after.close()
  })
})
