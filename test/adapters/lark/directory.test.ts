/** People, members, commands and the check: what Lark leaves out, cuts into pages or refuses is never taken for an answer. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Platform } from '#core/platform.ts'
import { larkMobile } from '../../../adapters/lark/directory.ts'
import { createLark } from '../../../adapters/lark/index.ts'
import { EVENTS, MORE_SCOPES, SCOPES } from '../../../adapters/lark/scopes.ts'
import { type FakeLark, startFakeLark } from './fake.ts'
import type { Trouble } from './fake-server.ts'
import { GENERAL } from './fake-store.ts'

let fake: FakeLark
let lark: Platform
const { signal } = new AbortController()
beforeEach(async () => {
  fake = await startFakeLark()
  lark = createLark(fake.config, { timeoutMs: 1_000 })
})
afterEach(() => fake.stopListening())
const directory = () => lark.directory ?? expect.fail('no directory')

describe('looking somebody up', () => {
  it('finds who has the address or the number, and nobody else', async () => {
    fake.join({ id: 'ou_zhao', name: 'Zhao Min', email: 'zhao@example.com', mobile: '13800000000' })
    expect(await directory().byEmail?.(' zhao@example.com ', signal)).toMatchObject({ account: 'ou_zhao' })
    expect(await directory().byMobile?.('+86 138-0000-0000', signal)).toEqual({ account: 'ou_zhao' })
    expect(await directory().byEmail?.('nobody@example.com', signal)).toBeUndefined()
    expect(await directory().byMobile?.('13900000000', signal)).toBeUndefined()
  })
  it('says that it was refused, also under HTTP 200, and does not take it for nobody', async () => {
    fake.fail({ code: 99991672, status: 200, on: 'contact.user.batchGetId' })
    await expect(directory().byEmail?.('a@example.com', signal)).rejects.toMatchObject({
      kind: 'refused',
      code: '99991672',
    })
  })
  it.each([
    ['+86 138 0000 0000', '13800000000'],
    ['0086-13800000000', '13800000000'],
    ['8613800000000', '13800000000'],
    ['13800000000', '13800000000'],
    ['+852 9123 4567', '+85291234567'],
    ['+49 30 861380', '+4930861380'],
  ])('a number written %s is asked for as %s', (written, asked) => {
    expect(larkMobile(written)).toBe(asked)
  })
})

describe('the members of a group', () => {
  beforeEach(() => {
    for (let n = 0; n < 23; n += 1) fake.join({ id: `ou_${n}`, name: `Person ${n}` })
    fake.pageSize = 10
  })
  it('come from all pages, with the bot, which Lark never lists', async () => {
    const members = (await directory().members?.(GENERAL, signal)) ?? []
    expect(members).toHaveLength(26)
    expect(new Set(members.map(({ account }) => account)).size).toBe(26)
    expect(members.at(-1)).toEqual({ account: fake.bot, name: 'Banzhang' })
    expect(await directory().self?.(signal)).toMatchObject({ account: fake.bot })
  })
  it.each([
    ['fails', { status: 502, page: 'x' }],
    ['is refused under HTTP 200', { code: 230027, status: 200 }],
  ] as const)('are an error when a later page %s: half of them is nobody', async (_, trouble) => {
    fake.fail({ ...trouble, on: 'im.chatMembers.get' })
    await expect(directory().members?.(GENERAL, signal)).rejects.toMatchObject({ name: 'PlatformError' })
  })
  it('are refused, with the remedy, where the bot is not', async () => {
    await expect(directory().members?.('oc_elsewhere', signal)).rejects.toMatchObject({
      code: '232011',
      message: expect.stringContaining('add the bot to the group'),
    })
  })
})

describe('everybody', () => {
  it('is listed once, with departments, staff number and whether they are still there', async () => {
    fake.store.departments.set('od_1', '客服一组')
    fake.store.departments.set('od_2', '客服二组')
    fake.join({
      id: 'ou_1',
      name: '陈静怡',
      department: 'od_1',
      staffNo: 'A1',
      email: 'a1@example.com',
      mobile: '+8613800000000',
    })
    fake.join({ id: 'ou_2', name: '林安', department: 'od_2', resigned: true })
    fake.pageSize = 1
    const people = (await directory().people?.(signal)) ?? []
    expect(people.map(({ account }) => account)).toEqual(['ou_an', 'ou_wang', 'ou_1', 'ou_2'])
    expect(people[2]).toEqual({
      account: 'ou_1',
      name: '陈静怡',
      email: 'a1@example.com',
      mobile: '+8613800000000',
      staffNo: 'A1',
      departments: ['客服一组'],
      active: true,
    })
    expect(people[3]).toMatchObject({ departments: ['客服二组'], active: false })
  })
  it('is an error when one department cannot be seen', async () => {
    fake.store.departments.set('od_1', '客服一组')
    fake.fail({ code: 40004, on: 'contact.user.findByDepartment' })
    await expect(directory().people?.(signal)).rejects.toMatchObject({
      message: expect.stringContaining('All members'),
    })
  })
})

describe('slash commands', () => {
  const entry = (en: string, zh: string) => ({
    name: { en, 'zh-CN': zh },
    description: { en: `Do ${en}`, 'zh-CN': `办${zh}` },
  })
  const publish = (...entries: readonly ReturnType<typeof entry>[]) =>
    lark.publishCommands?.(entries, signal) ?? expect.fail('no commands')
  const there = () => fake.store.commands.map(({ command }) => command)

  it('are added, changed and taken away until those of today are there; names that Lark refuses are told', async () => {
    const first = await publish(entry('leave', '请假'), entry('duty', '值班'))
    expect(there()).toEqual(['leave', 'duty'])
    expect(first.map(({ what, ok }) => [what, ok])).toEqual([
      ['/leave', true],
      ['/duty', true],
      ['Names in Chinese', true],
    ])
    expect(first.at(-1)?.detail).toBe('Lark offers none of /请假, /值班; typed, they are understood all the same')
    await publish({ ...entry('leave', '请假'), description: { en: 'Ask for leave', 'zh-CN': '申请请假' } })
    expect(fake.store.commands).toMatchObject([
      { command: 'leave', description: { default_value: 'Ask for leave', i18n: { zh_cn: '申请请假' } } },
    ])
    const calls = fake.names().length
    await publish({ ...entry('leave', '请假'), description: { en: 'Ask for leave', 'zh-CN': '申请请假' } })
    expect(fake.names().slice(calls)).toEqual(['app_slash_commands.list', 'app_slash_commands.create'])
  })
  it('end with the error when Lark does not answer', async () => {
    fake.fail({ drop: 'after', on: 'app_slash_commands.create' })
    await expect(publish(entry('leave', '请假'))).rejects.toMatchObject({ kind: 'unknown' })
  })
})

describe('the check', () => {
  const failing = async () => (await lark.check(signal)).filter(({ ok }) => !ok)

  it('names the scopes that are missing, and those that are only useful', async () => {
    fake.grant(Object.keys(SCOPES).slice(1))
    expect(await failing()).toMatchObject([
      { what: 'Lark scopes', detail: expect.stringContaining(Object.keys(SCOPES)[0] ?? '') },
    ])
    fake.grant(Object.keys(SCOPES))
    expect(await failing()).toEqual([])
    expect(JSON.stringify(await lark.check(signal))).toContain(Object.keys(MORE_SCOPES)[0])
  })
  it('says what to do about wrong credentials and an address that is not allowed', async () => {
    lark = createLark({ ...fake.config, appSecret: 'wrong' })
    expect(await failing()).toMatchObject([{ detail: expect.stringContaining('App Secret') }])
    lark = createLark(fake.config)
    fake.fail({ code: 99991401 })
    expect(await failing()).toMatchObject([{ detail: expect.stringContaining('IP allowlist') }])
  })
  it('is content where Lark does not list the scopes', async () => {
    fake.fail({ code: 99991672, on: 'application.scope.list' })
    expect(await failing()).toEqual([])
  })
})

it('the guide beside the adapter lists every scope and event, and none besides', () => {
  const guide = readFileSync(new URL('../../../adapters/lark/README.md', import.meta.url), 'utf8')
  const [, tables = ''] = guide.split('## What it may do, and why')
  const listed = [
    ...(tables.split('## How people talk')[0] ?? '').matchAll(/`([a-z][\w.]*[.:][\w.:]+)`(?=[^\n]*\|[^\n]*\|\n)/g),
  ]
  const known = [SCOPES, MORE_SCOPES, EVENTS].flatMap((names) => Object.keys(names))
  expect(new Set(listed.map(([, name]) => name))).toEqual(new Set(known))
})

describe('fetching a file', () => {
  const ref = (messageId: string, key: string, type = 'file') => ({
    id: key,
    name: 'x',
    handle: JSON.stringify({ messageId, type }),
  })
  const fetched = async (file: ReturnType<typeof ref>) => {
    const stream = await (lark.fetchFile?.(file, signal) ?? expect.fail('no fetchFile'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  }
  const bytes = Uint8Array.from({ length: 20_000 }, (_, n) => n % 256)

  it('gives its bytes', async () => {
    const { key } = fake.store.addFile('病假条.pdf', bytes, false, 'om_1')
    expect(await fetched(ref('om_1', key))).toEqual(bytes)
    const picture = fake.store.addFile('x.png', bytes, true, 'om_2')
    expect(await fetched(ref('om_2', picture.key, 'image'))).toEqual(bytes)
  })
  it.each<[string, Trouble, object]>([
    ['whose message was recalled is gone', { code: 230110 }, { kind: 'gone' }],
    ['that the app may not read is refused', { code: 99991672 }, { kind: 'refused', code: '99991672' }],
    ['refused under HTTP 200 is refused', { code: 234001, status: 200 }, { kind: 'refused', code: '234001' }],
    ['is tried again when Lark is broken', { status: 502, page: 'x' }, { kind: 'not-sent' }],
    [
      'is tried again later when Lark asks to wait',
      { code: 99991400, status: 429, reset: '2' },
      { kind: 'rate-limited', retryAfterMs: 2_000 },
    ],
    ['that breaks off is tried again', { drop: 'middle' }, { kind: 'not-sent' }],
  ])('one %s', async (_, trouble, expected) => {
    const { key } = fake.store.addFile('x.pdf', bytes, false, 'om_1')
    fake.fail({ ...trouble, on: 'im.messageResource.get' })
    await expect(fetched(ref('om_1', key))).rejects.toMatchObject({ name: 'PlatformError', ...expected })
  })
  it('without its message is gone', async () => {
    await expect(lark.fetchFile?.({ id: 'f', name: 'x' }, signal)).rejects.toMatchObject({ kind: 'gone' })
  })
})
