/** What people send is fetched outside any transaction, kept once with what it really is, or refused with a sentence. */
import { describe, expect, it } from 'vitest'
import { textOf } from '../../../src/core/card.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts'
import { PlatformError, Refusal } from '../../../src/core/errors.ts'
import type { Form } from '../../../src/core/form.ts'
import type { FileRef } from '../../../src/core/platform.ts'
import type { FileOwner, PersonCtx } from '../../../src/engine/context.ts'
import { readable } from '../../../src/engine/files/files.ts'
import { maySeeFile, sendFiles } from '../../../src/engine/files/see.ts'
import { peopleFor } from '../../../src/engine/identity/people.ts'
import { personContextOf } from '../../../src/engine/inbox/make-context.ts'
import type { Upload } from '../../../src/engine/pages/repository.ts'
import { keepFiles, refOf } from '../../../src/engine/pages/uploads.ts'
import { testDatabase } from '../../support/database.ts'
import { auditOf, rowsOf } from '../../support/story.ts'
import { FORM, type Stand, stand } from '../inbox/support.ts'
import { JPEG, PNG } from './samples.ts'

const test = testDatabase()
const MIB = 1_048_576

/** What the platform has, by the id of the file; an error is thrown instead. */
type Held = Record<string, Uint8Array | PlatformError | Error>

async function office(held: Held = {}) {
  const there = await stand(test.db)
  const fetched: string[] = []
  Object.assign(there.platform, {
    fetchFile: async ({ id }: FileRef) => {
      fetched.push(id)
      const bytes = held[id] ?? new PlatformError('gone', 'file_deleted')
      if (bytes instanceof Error) throw bytes
      return new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.byteLength; at += MIB) controller.enqueue(bytes.subarray(at, at + MIB))
          controller.close()
        },
      })
    },
  })
  const as = <T>(staffNo: string, work: (ctx: PersonCtx) => Promise<T>): Promise<T> =>
    test.db.transact('people', async (tx) => {
      const person = await peopleFor(tx, there.app.policy.current()).byStaffNo(staffNo)
      if (!person) throw new Error(`nobody is ${staffNo}`)
      const origin = { platform: 'slack', room: 'D1', event: '1', roomKind: 'direct' as const, write: (s: string) => s }
      return work(personContextOf(there.app.context, tx, person, origin))
    })
  return { ...there, app: there.app, held, fetched, as }
}

const ownerOf = (ctx: PersonCtx, reference = '12', keptMs = 30 * DAY_MS): FileOwner => ({
  feature: 'probe',
  reference,
  personId: ctx.actor.id,
  permission: 'leave.read',
  keepUntil: ctx.clock.now() + keptMs,
})
const take = (there: Awaited<ReturnType<typeof office>>, id: string, name: string, size?: number) =>
  there.as('A1', (ctx) => ctx.files.take(ownerOf(ctx), 'slack', { id, name, ...(size === undefined ? {} : { size }) }))
const view = (there: Awaited<ReturnType<typeof office>>, id: string) => there.as('A1', (ctx) => ctx.files.byId(id))
/** What `A1` has put on a form page. */
async function uploadedBy(there: Awaited<ReturnType<typeof office>>, bytes: Buffer): Promise<FileRef> {
  there.app.pages.at('https://bot.example')
  const kept = await test.db.transact('people', async (tx) => {
    const person = await peopleFor(tx, there.app.policy.current()).byStaffNo('A1')
    if (!person) throw new Error('nobody is A1')
    const form: Form = { ...FORM, fields: [{ kind: 'file', name: 'proof', label: 'Proof' }] }
    await there.app.pages.open(tx, { person, platform: 'slack', account: 'UA1', room: 'D1', roomKind: 'direct', form })
    const [page] = await tx.sql<{ id: string }>('SELECT id FROM form_page')
    return { id: page?.id ?? '', person, form }
  })
  const sent = { keep: [], files: [{ field: 'proof', name: '证明.jpg', mediaType: 'image/jpeg', bytes }] }
  const ctx = { policy: there.app.context.policy().section } as Pick<PersonCtx, 'policy'>
  const { uploads } = await keepFiles(test.db, kept, ctx, sent, 0)
  return refOf(uploads[0] as Upload)
}
const told = ({ sent }: Pick<Stand, 'sent'>) => sent.map(({ message }) => textOf(message))

describe('a file that was sent', () => {
  it('is described at once and fetched by a job: kind, name, size and hash by its content', async () => {
    const there = await office({ F1: PNG })
    const id = await take(there, 'F1', '病历.exe')
    expect(await view(there, id)).toMatchObject({ state: 'wanted', name: '病历.exe', mediaType: null })
    await there.flush()
    expect(await view(there, id)).toMatchObject({
      state: 'stored',
      name: '病历.exe.png',
      mediaType: 'image/png',
      bytes: PNG.length,
      problem: null,
    })
    const file = await readable(test.db, id)
    expect(typeof file === 'object' && Buffer.from(await file.read()).equals(PNG)).toBe(true)
    expect(told(there)).toEqual([])
  })

  it('larger than one chunk comes back byte for byte', async () => {
    const large = Buffer.concat([JPEG, Buffer.from(Array.from({ length: 700_000 }, (_, at) => (at * 7) % 251))])
    const there = await office({ F1: large })
    const id = await take(there, 'F1', 'a.jpg')
    await there.flush()
    const file = await readable(test.db, id)
    expect(typeof file === 'object' && Buffer.from(await file.read()).equals(large)).toBe(true)
    expect(await rowsOf(test.db, 'SELECT count(*)::int AS n FROM file_chunk')).toEqual([{ n: 3 }])
  })

  it('on a page of ours is fetched from there and not from the platform, byte for byte, and then lies there no more', async () => {
    const there = await office()
    const large = Buffer.concat([JPEG, Buffer.from(Array.from({ length: 600_000 }, (_, at) => (at * 7) % 251))])
    const upload = await uploadedBy(there, large)
    const id = await there.as('A1', (ctx) => ctx.files.take(ownerOf(ctx), 'slack', upload))
    await there.flush()
    const file = await readable(test.db, id)
    expect(typeof file === 'object' && Buffer.from(await file.read()).equals(large)).toBe(true)
    expect(there.fetched).toEqual([])
    expect(await rowsOf(test.db, 'SELECT 1 FROM form_upload_chunk')).toEqual([])
    const late = await there.as('A1', (ctx) => ctx.files.take(ownerOf(ctx, '13'), 'slack', upload))
    await there.flush()
    expect(await view(there, late)).toMatchObject({ state: 'refused', problem: 'gone' })
  })

  it('is one file when the same bytes, or the same delivery, come again for the same owner', async () => {
    const there = await office({ F1: PNG, F2: PNG, F3: PNG })
    const first = await take(there, 'F1', 'a.png')
    expect(await take(there, 'F1', 'a.png')).toBe(first)
    const second = await take(there, 'F2', 'copy.png')
    const other = await there.as('A1', (ctx) =>
      ctx.files.take(ownerOf(ctx, '13'), 'slack', { id: 'F3', name: 'a.png' }),
    )
    await there.flush()
    expect(await view(there, second)).toMatchObject({ state: 'dropped', problem: 'same' })
    expect(await view(there, other)).toMatchObject({ state: 'stored' })
    expect(told(there)).toEqual(['“copy.png”和你之前发的是同一个文件，只保留一份。'])
    expect(await there.as('A1', (ctx) => ctx.files.counts('probe', ['12', '13', '14']))).toEqual(
      new Map([
        ['12', 1],
        ['13', 1],
      ]),
    )
  })

  it.each([
    ['a program', Buffer.from('MZ\x90\x00'), 'setup.exe', /可能会作为程序或网页运行/],
    ['a web page called a picture', Buffer.from('<html>'), '诊断.png', /“诊断\.png”的内容是网页或程序，和文件名不符/],
    ['of no known kind', Buffer.from([0, 1, 2]), 'a.bin', /看不出“a\.bin”是什么文件/],
    ['not there any more', new PlatformError('gone', 'file_deleted'), 'a.png', /已经不在了/],
    ['kept from us', new PlatformError('refused', 'missing_scope'), 'a.png', /平台不允许我读取文件/],
  ])('%s is refused, and its sender told why', async (_, bytes, name, sentence) => {
    const there = await office({ F1: bytes })
    const id = await take(there, 'F1', name)
    await there.flush()
    await there.flush()
    expect(await view(there, id)).toMatchObject({ state: 'refused' })
    expect(told(there)).toEqual([expect.stringMatching(sentence)])
    expect(await rowsOf(test.db, 'SELECT 1 FROM file_chunk')).toEqual([])
  })

  it('is refused at once when the platform says it is too large, and while it comes when it does not', async () => {
    const there = await office({ F1: Buffer.concat([JPEG, Buffer.alloc(20 * MIB)]) })
    await expect(take(there, 'F1', 'a.jpg', 20 * MIB + 1)).rejects.toThrow(/at most 20 MB/)
    const id = await take(there, 'F1', 'a.jpg', 20 * MIB)
    await there.flush()
    expect(await view(there, id)).toMatchObject({ state: 'refused', problem: 'too-large' })
    expect(told(there)).toEqual([expect.stringMatching(/太大了，最大 20 MB/)])
  })

  it('is tried again while the platform does not answer, and its sender told when it is given up', async () => {
    const there = await office({ F1: new PlatformError('unknown', 'time-out') })
    const id = await take(there, 'F1', 'a.png')
    for (let hour = 0; hour < 8; hour++) {
      await there.flush()
      there.clock.advance(HOUR_MS)
    }
    expect(there.fetched).toHaveLength(8)
    expect(await view(there, id)).toMatchObject({ state: 'refused', problem: 'given-up' })
    expect(told(there)).toEqual([expect.stringMatching(/试了很多次都没能取到/)])
  })

  it('that was taken back while it was on its way never arrives', async () => {
    const there = await office({ F1: PNG })
    const id = await take(there, 'F1', 'a.png')
    await there.as('A1', (ctx) => ctx.files.drop(id))
    await there.flush()
    expect(there.fetched).toEqual([])
    expect(await view(there, id)).toMatchObject({ state: 'dropped', problem: 'taken-back' })
  })

  it('that is taken back while its bytes come leaves none of them', async () => {
    const there = await office()
    const id = await take(there, 'F1', 'a.png')
    Object.assign(there.platform, {
      async fetchFile() {
        await there.as('A1', (ctx) => ctx.files.drop(id))
        return new Blob([Uint8Array.from(PNG)]).stream()
      },
    })
    await there.flush()
    expect(await view(there, id)).toMatchObject({ state: 'dropped' })
    expect(await rowsOf(test.db, 'SELECT 1 FROM file_chunk')).toEqual([])
  })
})

describe('what we made', () => {
  it('is kept once for the same owner and name', async () => {
    const there = await office()
    const put = (name: string) =>
      there.as('H1', (ctx) => ctx.files.put(ownerOf(ctx), { name, mediaType: 'text/csv', bytes: Buffer.from('a,b') }))
    const first = await put('九月.csv')
    expect(await put('九月.csv')).toBe(first)
    expect(await put('十月.csv')).not.toBe(first)
  })
})

describe('bytes whose time is over', () => {
  it('are thrown away, and not before; that there was a file stays known, and the audit log says so', async () => {
    const there = await office({ F1: PNG })
    const id = await take(there, 'F1', 'a.png')
    await there.flush()
    const signal = new AbortController().signal
    there.clock.advance(30 * DAY_MS - 1)
    await there.app.housekeeping(signal)
    expect(await view(there, id)).toMatchObject({ state: 'stored' })
    there.clock.advance(1)
    await there.app.housekeeping(signal)
    expect(await view(there, id)).toMatchObject({ state: 'dropped', problem: 'kept-long-enough', name: 'a.png' })
    expect(await rowsOf(test.db, 'SELECT 1 FROM file_chunk')).toEqual([])
    expect(await auditOf(test.db, 'file.expired')).toHaveLength(1)
    expect(await readable(test.db, id)).toBe('dropped')
  })
})

describe('who may see a file', () => {
  it.each([
    ['A1', true, 'whose it is'],
    ['S1', true, 'who may read leave in the department'],
    ['H1', true, 'personnel'],
    ['A2', false, 'a colleague'],
  ])('%s: %s (%s)', async (staffNo, allowed) => {
    const there = await office({ F1: PNG })
    await take(there, 'F1', 'a.png')
    await there.flush()
    const look = there.as(staffNo, async (ctx) => {
      const files = await ctx.files.of('probe', '12')
      const may = await maySeeFile(ctx, files[0] as (typeof files)[number])
      return { may, ...(await sendFiles(ctx, files, { what: () => '病假 #12' })) }
    })
    if (allowed) {
      expect(await look).toMatchObject({ may: true })
      await there.flush()
      expect(there.sent.at(-1)?.message).toMatchObject({ file: { name: 'a.png' } })
      expect(await auditOf(test.db, 'file.seen')).toHaveLength(1)
    } else {
      await expect(look).rejects.toThrow(Refusal)
      expect(await auditOf(test.db, 'file.seen')).toEqual([])
    }
  })
})
