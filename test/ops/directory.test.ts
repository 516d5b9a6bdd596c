/** Accounts, rooms and a platform's directory from the command line: shown first, done in one, refused with the way out. */
import { describe, expect, it } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import type { CommandEntry, DirectoryPerson, Platform } from '#core/platform.ts'
import { department, rowCounts } from './support.ts'

let listing: readonly DirectoryPerson[] | PlatformError = []
let accounts: Readonly<Record<string, string | PlatformError>> = {}
let made: unknown
let published: readonly CommandEntry[] = []
const look = async (by: string) => {
  const found = accounts[by]
  if (found instanceof PlatformError) throw found
  return found === undefined ? undefined : { account: found }
}
const platform: Partial<Platform> = {
  directory: {
    people: async () => {
      if (listing instanceof PlatformError) throw listing
      return listing
    },
    byEmail: look,
    byMobile: look,
  },
  createRoom: async (room) => {
    made = room
    return 'R1'
  },
  publishCommands: async (commands) => {
    published = commands
    return [{ what: 'menu', ok: true, detail: `${commands.length} commands` }]
  },
}
const ways = department('its own process', { platform })
const { test, ops } = ways
const rows = (text: string) => test.db.transact('people', ({ sql }) => sql<Record<string, unknown>>(text))
const there = (account: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  account,
  departments: [],
  active: true,
  ...more,
})

describe('people', () => {
  it('code: made for who is here, refused for who is not', async () => {
    expect((await ops('people code S3')).out).toMatch(
      /^\d{8} links whichever account .* to S3 安然, once, within 10 minutes/,
    )
    expect(await rows('SELECT 1 FROM link_code')).toHaveLength(1)
    expect(await ops('people code S9')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Nobody has the staff number S9/),
    })
  })

  it('accounts: who can be reached where, and what to look at', async () => {
    expect((await ops('people accounts')).out).toMatch(/S2 周敏 {2}slack U2\n/)
    const { out } = await ops('people accounts --conflicts')
    expect(out).toMatch(/S1 高远 {2}— has no account/)
    await ops('people link S2 slack U22')
    expect((await ops('people accounts --conflicts')).out).toMatch(
      /S2 周敏 {2}slack U2 .*several.*\nS2 周敏 {2}slack U22 .*several/,
    )
    expect(out).not.toMatch(/S2/)
  })

  it('lookup: nothing before --apply, then linked; a refusal in between tells what was found', async () => {
    accounts = { '+86 139 0000 0000': 'U3' }
    const before = await rowCounts(test)
    expect((await ops('people lookup slack')).out).toMatch(
      /Found \(1\):\n {2}S3 安然: U3 \(by mobile\)[\s\S]*Nothing was changed/,
    )
    expect(await rowCounts(test)).toEqual(before)
    expect((await ops('people lookup slack --apply')).out).toMatch(/Linked 1\./)
    expect(await rows(`SELECT 1 FROM account WHERE account = 'U3'`)).toHaveLength(1)
    expect((await ops('people lookup slack')).out).toMatch(/There is nothing to link/)
    await ops('people unlink slack U3')
    accounts = { '+86 139 0000 0000': new PlatformError('rate-limited', 'too many', { retryAfterMs: 30_000 }) }
    expect(await ops('people lookup slack --apply')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Stopped before the end: S3 安然: too many.*in 30 s/),
    })
    accounts = { '+86 139 0000 0000': 'U2' }
    expect((await ops('people lookup slack')).out).toMatch(/Conflicts \(1\)[\s\S]*U2 belongs to S2 周敏 already/)
  })

  it('lookup: on a platform that is not there', async () => {
    expect(await ops('people lookup lark')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/lark is not configured here/),
    })
  })
})

describe('directory sync', () => {
  it('changes nothing before --apply, nor when the listing fails or is empty', async () => {
    const before = await rowCounts(test)
    listing = new PlatformError('refused', 'missing_scope: give the app users:read', { code: 'missing_scope' })
    expect(await ops('directory sync slack --apply')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/users:read[\s\S]*Nothing was changed/),
    })
    listing = []
    expect(await ops('directory sync slack --apply --force')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/lists nobody/),
    })
    listing = [there('U3', { mobile: '13900000000' }), there('U2')]
    expect((await ops('directory sync slack')).out).toMatch(/S3 安然: U3 \(by mobile\)[\s\S]*Nothing was changed/)
    expect(await rowCounts(test)).toEqual(before)
  })

  it('links, moves and lets go in one, with a line of the audit log for each; many at once have to be meant', async () => {
    listing = [
      there('U3', { mobile: '13900000000' }),
      there('U2', { departments: ['Personnel'] }),
      there('U8', { name: '新人' }),
    ]
    const first = await ops('directory sync slack --apply')
    expect(first.out).toMatch(/put these lines into the people file:\n {2}- \{"staffNo":"\?","name":"新人"/)
    expect(first.out).toMatch(/S2 周敏: cs → hr[\s\S]*Done: 1 linked, 0 left, 1 moved/)
    listing = [there('U3')]
    expect((await ops('directory sync slack')).out).toMatch(
      /S2 周敏 \(not listed there: has left, or the app may not see them\)/,
    )
    listing = [there('U3'), there('U2', { active: false })]
    expect((await ops('directory sync slack')).out).toMatch(/S2 周敏 \(inactive there\)/)
    expect(await ops('directory sync slack --apply')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--apply --force/),
    })
    expect((await ops('directory sync slack --apply --force')).out).toMatch(/Done: 0 linked, 1 left, 0 moved/)
    expect(await rows(`SELECT staff_no, department FROM person WHERE NOT active`)).toEqual([
      { staff_no: 'S2', department: 'hr' },
    ])
    expect(await rows(`SELECT action FROM audit_line WHERE data ->> 'by' = 'directory:slack' ORDER BY id`)).toEqual([
      { action: 'people.account-linked' },
      { action: 'people.changed' },
      { action: 'people.left' },
    ])
  })
})

describe('channels', () => {
  it('list, link and unlink their rooms; a command goes before the policy', async () => {
    expect((await ops('channels list')).out).toMatch(/cs +slack +C0CS +by policy/)
    expect((await ops('channels link cs slack C0NEW123')).out).toMatch(/instead of C0CS/)
    expect(await ops('channels link cs slack general')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/ROOM is general: Slack's ids look like C0123ABCD/),
    })
    expect((await ops('channels list')).out).toMatch(/cs +slack +C0NEW123 +by command/)
    expect((await ops('channels unlink cs slack')).out).toMatch(/no longer said in C0NEW123/)
    expect((await ops('channels list')).out).toMatch(/no room yet/)
    expect(await ops('channels unlink cs slack')).toMatchObject({ code: 1 })
    expect(await ops('channels link nowhere slack C1')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/nowhere is none of cs/),
    })
  })

  it('create: a room with those of the department who can be reached there', async () => {
    expect(await ops('channels create cs --on slack')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/1 person of it can be reached/),
    })
    await ops('people link S3 slack U3')
    expect((await ops('channels create cs --on slack')).out).toMatch(/Made the room R1 on slack with 2 people/)
    expect(made).toMatchObject({ name: '客服群' })
    expect((await ops('channels list')).out).toMatch(/cs +slack +R1 +by command/)
  })
})

describe('commands publish', () => {
  it('puts what people ask for most where a short menu still has room, and what administrators need last', async () => {
    await ops('commands publish slack')
    const names = published.map(({ name }) => name.en)
    expect(names.slice(0, 3)).toEqual(['approvals', 'leave', 'leave list'])
    expect(names.slice(0, 5)).toContain('help')
    expect(names.slice(0, 15)).toEqual(expect.arrayContaining(['leave papers', 'me']))
    expect(names.slice(-3)).toEqual(['link channel', 'unlink channel', 'channels'])
  })

  it('hands over every command with its names and its line', async () => {
    expect((await ops('commands publish slack')).out).toMatch(/ok {7}menu: \d+ commands/)
    expect(published.find(({ name }) => name.en === 'leave')).toMatchObject({ name: { 'zh-CN': '请假' } })
    expect(published.every(({ description }) => description['zh-CN'] !== '' && description.en !== '')).toBe(true)
  })
})
