/** Files that people send: what a message and a form say of them, and fetching their bytes from Slack and from nobody else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FileRef, Incoming, Platform, RawRequest } from '#core/platform.ts'
import { readFiles } from '../../../adapters/slack/files.ts'
import { isSlacksOwn } from '../../../adapters/slack/hosts.ts'
import { createSlack } from '../../../adapters/slack/index.ts'
import { BOT_SCOPES } from '../../../adapters/slack/manifest.ts'
import { everyField, PICTURE } from '../contract/samples.ts'
import { type FakeSlack, startFakeSlack } from './fake.ts'
import type { Trouble } from './fake-server.ts'
import { SOON } from './socket-support.ts'

const HOSTED = {
  id: 'F1',
  name: 'note.pdf',
  title: 'Doctor’s note',
  mimetype: 'application/pdf',
  size: 1_234,
  mode: 'hosted',
  url_private: 'https://files.slack.com/files-pri/T1-F1/note.pdf',
  url_private_download: 'https://files.slack.com/files-pri/T1-F1/download/note.pdf',
}

describe('readFiles', () => {
  it('takes id, name, type, size and the address of the download', () => {
    expect(readFiles([HOSTED])).toEqual([
      { id: 'F1', name: 'note.pdf', mediaType: 'application/pdf', size: 1_234, handle: HOSTED.url_private_download },
    ])
  })
  it.each<[string, object, Readonly<Record<string, unknown>>]>([
    ['without a name goes by its title', { name: null }, { name: 'Doctor’s note' }],
    ['without any name goes by its id', { name: '', title: null }, { name: 'F1' }],
    ['with a long name is cut', { name: '名'.repeat(400) }, { name: '名'.repeat(255) }],
    ['without a download goes by its address', { url_private_download: undefined }, { handle: HOSTED.url_private }],
    [
      'that lies with another service has no address',
      { mode: 'external', is_external: true, url_private: 'https://docs.example/1' },
      { handle: undefined },
    ],
    ['over the limit of a free workspace has no address', { mode: 'hidden_by_limit' }, { handle: undefined }],
    ['of another organisation is asked for first', { file_access: 'check_file_info' }, { handle: undefined }],
    [
      'that states nonsense is taken without it',
      { size: 'much', mimetype: 5 },
      { size: undefined, mediaType: undefined },
    ],
  ])('one %s', (_, change, expected) => {
    const [ref] = readFiles([{ ...HOSTED, ...change }])
    for (const [part, value] of Object.entries(expected)) expect(ref?.[part as keyof FileRef]).toEqual(value)
  })
  it('leaves out what its sender has deleted, and what is no file, and keeps the rest', () => {
    const refs = readFiles([
      { id: 'F0', mode: 'tombstone' },
      null,
      'F3',
      { name: 'x' },
      { id: 'F'.repeat(201) },
      HOSTED,
    ])
    expect(refs.map(({ id }) => id)).toEqual(['F1'])
  })
})

describe('isSlacksOwn', () => {
  it.each<[string, string | undefined, boolean]>([
    ['https://files.slack.com/files-pri/T1-F1/download/a.png', undefined, true],
    ['https://department.slack.com/files/x', undefined, true],
    ['https://slack.com/x', undefined, true],
    ['http://files.slack.com/a', undefined, false],
    ['https://files.slack.com:8443/a', undefined, false],
    ['https://user@files.slack.com/a', undefined, false],
    ['https://files.slack.com.example/a', undefined, false],
    ['https://notslack.com/a', undefined, false],
    ['https://files.slack-gov.com/a', undefined, false],
    ['https://files.slack-gov.com/a', 'https://slack-gov.com/api/', true],
    ['https://files.slack.com/a', 'https://slack-gov.com/api/', false],
    ['http://127.0.0.1:4003/files/a', 'http://127.0.0.1:4003/api/', true],
    ['http://127.0.0.1:4004/files/a', 'http://127.0.0.1:4003/api/', false],
    ['https://files.slack.com/a', 'http://127.0.0.1:4003/api/', false],
    ['file:///etc/passwd', undefined, false],
    ['nonsense', undefined, false],
  ])('%s with the API at %s: %s', (address, apiUrl, own) => {
    expect(isSlacksOwn(address, apiUrl)).toBe(own)
  })
})

describe('with a Slack', () => {
  let fake: FakeSlack
  let slack: Platform
  beforeEach(async () => {
    fake = await startFakeSlack()
    slack = createSlack(fake.config, { timeoutMs: 1_500 })
  })
  /** For calls that are never answered. */
  const impatient = () => {
    slack = createSlack(fake.config, { timeoutMs: 120 })
  }
  afterEach(() => fake.close())

  const signal = () => new AbortController().signal
  const sent = () => fake.files.add(fake.people.an, PICTURE.name, PICTURE.mediaType, PICTURE.bytes)
  async function hear(request: RawRequest): Promise<Incoming> {
    let heard: Incoming | undefined
    await slack.receive(request, async (event) => {
      heard = event
      return {}
    })
    return heard ?? expect.fail('Nothing was heard')
  }
  async function refOf(file = sent()): Promise<FileRef> {
    const event = await hear(fake.message({ user: fake.people.an, text: '', files: [file] }))
    return (event.kind === 'said' && event.files?.[0]) || expect.fail('No file was heard')
  }
  const fetched = async (ref: FileRef, off = signal()) => {
    if (!slack.fetchFile) return expect.fail('Slack cannot fetch')
    return new Uint8Array(await new Response(await slack.fetchFile(ref, off)).arrayBuffer())
  }

  describe('a message', () => {
    it('without words brings its files', async () => {
      expect(await hear(fake.message({ user: fake.people.an, text: '', files: [sent(), sent()] }))).toMatchObject({
        kind: 'said',
        text: '',
        files: [{ name: PICTURE.name, size: PICTURE.bytes.byteLength }, { name: PICTURE.name }],
      })
    })
    it('that mentions the bot brings them with its words, and one without files has none', async () => {
      const { an: user } = fake.people
      const room = fake.rooms.general
      expect(await hear(fake.mention({ user, room, text: '病假 #12', files: [sent()] }))).toMatchObject({
        text: '病假 #12',
        files: [{ mediaType: 'image/png' }],
      })
      expect(await hear(fake.mention({ user, room, text: 'leave' }))).not.toHaveProperty('files')
    })
  })

  it('a form brings the ids in its field and the files beside them', async () => {
    const opener = await hear(
      fake.slashCommand({ user: fake.people.an, room: fake.rooms.general, command: '/timeoff', text: '' }),
    )
    await slack.openForm?.(opener, { form: everyField() })
    const view = fake.views()[0] ?? expect.fail('No view')
    const files = [sent(), sent()]
    const ids = files.map(({ id }) => id)
    const submit = (values: Record<string, string | readonly string[]>) =>
      hear(fake.submit({ user: fake.people.an, view, values: { title: 'x', days: '1', ...values } }))
    const event = await submit({ proof: ids })
    expect(event).toMatchObject({
      kind: 'filled',
      values: { proof: ids },
      files: ids.map((id) => ({ id, name: PICTURE.name })),
    })
    const [first] = (event.kind === 'filled' && event.files) || []
    expect(await fetched(first ?? expect.fail('No file'))).toEqual(PICTURE.bytes)
    const without = await submit({})
    expect(without).not.toHaveProperty('files')
    expect(without.kind === 'filled' && without.values).not.toHaveProperty('proof')
  })

  describe('fetching', () => {
    it('gives the bytes', async () => {
      expect(await fetched(await refOf())).toEqual(PICTURE.bytes)
      expect(fake.called()).toEqual(['download'])
    })
    it('asks Slack first where the message did not say where the file lies', async () => {
      const { handle: _, ...ref } = await refOf()
      expect(await fetched(ref)).toEqual(PICTURE.bytes)
      expect(fake.called()).toEqual(['files.info', 'download'])
    })

    const failure = async (ref: FileRef, trouble?: Trouble) => {
      if (trouble && ('silent' in trouble || 'stalls' in trouble)) impatient()
      if (trouble) fake.fail(trouble)
      return fetched(ref).then(
        () => expect.fail('It was fetched'),
        (error: unknown) => error,
      )
    }
    it.each<[string, Trouble, object]>([
      ['is not there', { status: 404 }, { kind: 'gone', code: 'file_not_found' }],
      ['is not there any more', { status: 410 }, { kind: 'gone' }],
      ['is not for this app', { status: 403 }, { kind: 'refused', code: 'missing_scope' }],
      ['is answered with a page', { page: '<!DOCTYPE html>' }, { kind: 'refused', code: 'missing_scope' }],
      ['is limited', { status: 429, retryAfter: '7' }, { kind: 'rate-limited', retryAfterMs: 7_000 }],
      ['fails on the server', { status: 500 }, { kind: 'not-sent' }],
      ['is never answered', { silent: true }, { kind: 'not-sent' }],
      ['breaks off before it begins', { reset: 'before' }, { kind: 'not-sent' }],
      ['stands still in the middle', { stalls: true }, { kind: 'not-sent' }],
      ['breaks off in the middle', { reset: 'middle' }, { kind: 'not-sent' }],
    ])('a file that %s is told as such', async (_, trouble, expected) => {
      const ref = await refOf()
      expect(await failure(ref, { ...trouble, on: 'download' })).toMatchObject({ name: 'PlatformError', ...expected })
    })
    it.each<[string, Trouble, object]>([
      ['file_not_found', { error: 'file_not_found' }, { kind: 'gone' }],
      ['file_deleted', { error: 'file_deleted' }, { kind: 'gone' }],
      [
        'missing_scope',
        { error: 'missing_scope' },
        { kind: 'refused', message: expect.stringContaining('install the app again') },
      ],
      ['a server error', { status: 502 }, { kind: 'not-sent' }],
      ['silence', { silent: true }, { kind: 'not-sent' }],
    ])('asking for it that ends with %s is told as such', async (_, trouble, expected) => {
      const { handle: _handle, ...ref } = await refOf()
      expect(await failure(ref, { ...trouble, on: 'files.info' })).toMatchObject(expected)
    })
    it('without the scope ends on the page to sign in, and says which scope', async () => {
      fake.grant(Object.keys(BOT_SCOPES).filter((scope) => scope !== 'files:read'))
      expect(await failure(await refOf())).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('files:read'),
      })
    })
    it('takes a page for the file where a page was sent', async () => {
      const page = Buffer.from('<html>a page of theirs</html>')
      const ref = await refOf(fake.files.add(fake.people.an, 'page.html', 'text/html', page))
      expect(Buffer.from(await fetched(ref))).toEqual(page)
    })
    it('of a deleted file says that it is gone, by either way', async () => {
      const file = sent()
      const { handle, ...ref } = await refOf(file)
      fake.files.remove(file.id)
      expect(await failure(ref)).toMatchObject({ kind: 'gone', code: 'file_deleted' })
      expect(await failure({ ...ref, handle: handle ?? '' })).toMatchObject({ kind: 'gone' })
    })
    it.each([
      [
        { mode: 'external', is_external: true },
        { kind: 'refused', code: 'external_file' },
      ],
      [{ mode: 'hidden_by_limit' }, { kind: 'gone', code: 'hidden_by_limit' }],
      [
        { mode: 'tombstone', url_private: '', url_private_download: '' },
        { kind: 'gone', code: 'file_deleted' },
      ],
    ])('of what Slack does not have (%j) says why', async (instead, expected) => {
      const file = sent()
      fake.files.say(file.id, instead)
      const { handle: _, ...ref } = await refOf(file)
      expect(await failure(ref)).toMatchObject(expected)
      expect(fake.called()).toEqual(['files.info'])
    })
    it('stops when it is called off: before, while it waits, and in the middle', async () => {
      const ref = await refOf()
      await expect(fetched(ref, AbortSignal.abort())).rejects.toMatchObject({ kind: 'not-sent' })
      for (const trouble of [{ silent: true }, { stalls: true }] as const) {
        const off = new AbortController()
        fake.reset()
        fake.fail({ ...trouble, on: 'download' })
        const fetching = fetched(ref, off.signal)
        await expect.poll(() => fake.called(), SOON).toEqual(['download'])
        off.abort()
        await expect(fetching).rejects.toMatchObject({ kind: 'not-sent' })
      }
    })
    it('reads no further than it is read', async () => {
      const big = new Uint8Array(20_000_000)
      const ref = await refOf(fake.files.add(fake.people.an, 'big.bin', 'application/octet-stream', big))
      const stream = await slack.fetchFile?.(ref, signal())
      const reader = stream?.getReader() ?? expect.fail('No stream')
      const { value } = await reader.read()
      expect(value?.byteLength).toBeLessThan(big.byteLength)
      await reader.cancel()
    })
  })

  describe('the token', () => {
    /** Another server, which notes what it is sent. */
    async function stranger(): Promise<{ address: string; headers: string[]; close(): void }> {
      const headers: string[] = []
      const server = createServer((request, response) => {
        headers.push(JSON.stringify(request.headers))
        response.end('mine')
      })
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
      return {
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/f`,
        headers,
        close: () => server.close(),
      }
    }
    it('is never sent to another host: not by a handle, not after a redirect', async () => {
      const other = await stranger()
      const ref = await refOf()
      await expect(fetched({ ...ref, handle: other.address })).rejects.toMatchObject({
        kind: 'refused',
        code: 'foreign_address',
      })
      fake.fail({ redirect: other.address, on: 'download' })
      await expect(fetched(ref)).rejects.toMatchObject({ kind: 'refused', code: 'foreign_address' })
      expect(other.headers).toEqual([])
      other.close()
    })
    it('follows Slack within its own hosts, and not for ever', async () => {
      const ref = await refOf()
      const elsewhere = new URL(ref.handle ?? '').pathname
      fake.fail({ redirect: elsewhere, on: 'download' })
      expect(await fetched(ref)).toEqual(PICTURE.bytes)
      fake.fail(...Array.from({ length: 10 }, () => ({ redirect: elsewhere, on: 'download' })))
      await expect(fetched(ref)).rejects.toMatchObject({ kind: 'refused', code: 'redirects' })
    })
  })
})
