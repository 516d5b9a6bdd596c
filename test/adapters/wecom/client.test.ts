/** The token, whom we ask about people and how often, the menu, and what the check finds. */
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { createWecom } from '../../../adapters/wecom/index.ts'
import { bytesOf } from '../../../adapters/wecom/measure.ts'
import { menuOf } from '../../../adapters/wecom/menu.ts'
import { outgoing } from '../contract/samples.ts'
import { type FakeWecom, startFakeWecom } from './fake.ts'
import { list, object, string } from './fake-cards.ts'

const signal = () => new AbortController().signal
const open: FakeWecom[] = []
afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close()
})
async function start() {
  const clock = manualClock('2026-09-28T09:00:00+08:00')
  const fake = await startFakeWecom({ now: clock.now })
  open.push(fake)
  const platform = createWecom(fake.config, { now: clock.now, timeoutMs: 1_500 })
  const { directory } = platform
  if (!directory?.people || !directory.byMobile || !directory.byEmail) throw new Error('half a directory')
  const say = (key: string) => platform.send(outgoing(key, { account: 'AnLin' }, { text: key }), signal())
  const count = (method: string) => fake.called().filter((one) => one === method).length
  const { people, byMobile, byEmail } = directory
  return { clock, fake, platform, say, count, people, byMobile, byEmail }
}

describe('the token', () => {
  it('is asked for once, however many need it at once', async () => {
    const { say, count } = await start()
    await Promise.all(Array.from({ length: 12 }, (_, n) => say(`k-${n}`)))
    expect(count('gettoken')).toBe(1)
  })
  it('that was taken back before its time is renewed once, for all who learn of it', async () => {
    const { fake, say, count } = await start()
    await say('k-1')
    fake.revoke()
    await Promise.all(Array.from({ length: 6 }, (_, n) => say(`again-${n}`)))
    expect(count('gettoken')).toBe(2)
    expect(fake.posted()).toHaveLength(7)
  })
  it('is renewed before it runs out', async () => {
    const { clock, say, count, fake } = await start()
    await say('k-1')
    clock.advance(7_200_000 - 299_000)
    // WeCom gives the same one again, as long as it holds.
    for (const key of ['k-2', 'k-3', 'k-4']) await say(key)
    expect(count('gettoken')).toBe(2)
    clock.advance(299_000)
    await say('k-5')
    expect(fake.called().filter((method) => method === 'message/send')).toHaveLength(5)
  })
  it('that is refused again after it was renewed is tried no more', async () => {
    const { fake, say, count } = await start()
    fake.fail({ errcode: 42001, on: 'message/send' }, { errcode: 40014, on: 'message/send' })
    await expect(say('k-1')).rejects.toMatchObject({ kind: 'not-sent' })
    expect(count('message/send')).toBe(2)
  })
  it.each([
    ['WeCom says no', { errcode: 40001, on: 'gettoken' }, 'refused'],
    ['WeCom does not answer', { reset: 'after', on: 'gettoken' }, 'not-sent'],
    ['a proxy answers', { status: 502, on: 'gettoken' }, 'not-sent'],
  ] as const)('that cannot be had means that nothing was sent: %s', async (_, trouble, kind) => {
    const { fake, say } = await start()
    fake.fail(trouble)
    await expect(say('k-1')).rejects.toMatchObject({ kind })
    await say('k-1')
  })
  it('and the secret are in no error, however it fails', async () => {
    const { fake, say } = await start()
    await say('first')
    const token = /access_token=([^&]+)/.exec(fake.urls().at(-1) ?? '')?.[1] ?? ''
    expect(token).toContain('secret-token')
    const told: string[] = []
    const note = (error: unknown): void => {
      if (!(error instanceof Error)) return
      told.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`)
      note(error.cause)
    }
    for (const trouble of [{ errcode: 40058 }, { status: 502 }, { page: '<p>' }, { reset: 'before' as const }]) {
      fake.fail({ ...trouble, on: 'message/send' })
      await say('k').catch(note)
    }
    await fake.stopListening()
    await say('last').catch(note)
    expect(told.length).toBeGreaterThanOrEqual(5)
    expect(told.join()).not.toMatch(/secret-token|fake-secret|access_token=/)
  })
})

describe('people', () => {
  it('are found by mobile and by e-mail, and not found without an error', async () => {
    const { byMobile, byEmail } = await start()
    expect(await byMobile('13800000002', signal())).toEqual({ account: 'wangli' })
    expect(await byEmail('an@spruce.example', signal())).toEqual({ account: 'AnLin', email: 'an@spruce.example' })
    expect(await byMobile('13999999999', signal())).toBeUndefined()
  })
  it('are asked about once an hour: what is found and what is not', async () => {
    const { byMobile, count, clock } = await start()
    for (let n = 0; n < 5; n += 1) for (const mobile of ['13800000001', '13999999999']) await byMobile(mobile, signal())
    expect(count('user/getuserid')).toBe(2)
    clock.advance(3_600_001)
    await byMobile('13999999999', signal())
    expect(count('user/getuserid')).toBe(3)
  })
  it('are never guessed: after sixty questions in an hour there is a wait', async () => {
    const { byMobile, count, clock } = await start()
    for (let n = 0; n < 60; n += 1) await byMobile(`1390000${1_000 + n}`, signal())
    const error = await byMobile('13800000001', signal()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_600_000 })
    expect(count('user/getuserid')).toBe(60)
    clock.advance(3_600_001)
    expect(await byMobile('13800000001', signal())).toEqual({ account: 'AnLin' })
  })
  it('whose look-up fails are not remembered as missing', async () => {
    const { byMobile, fake } = await start()
    fake.fail({ errcode: 45009, on: 'user/getuserid' })
    await expect(byMobile('13800000001', signal())).rejects.toMatchObject({ kind: 'rate-limited' })
    expect(await byMobile('13800000001', signal())).toEqual({ account: 'AnLin' })
  })
  it('are listed with their departments, those named one by one too', async () => {
    const { fake, people } = await start()
    fake.join({ userid: 'guest', name: '访客' })
    fake.join({ userid: 'tagged', name: '标签' })
    fake.state.tags.set(7, ['tagged', 'AnLin'])
    fake.state.agent = { allow_userinfos: { user: [{ userid: 'guest' }, { userid: 'wangli' }] } }
    expect(await people(signal())).toEqual([
      { account: 'AnLin', name: '安琳', departments: ['云杉客服部', '一线组'], active: true },
      { account: 'wangli', name: '王丽', departments: ['一线组'], active: true },
      { account: 'tagged', name: '标签', departments: [], active: true },
      { account: 'guest', departments: [], active: true },
    ])
  })
  it('are listed too when a tag names their whole department, of which the list of departments knows nothing', async () => {
    const { fake, people } = await start()
    fake.join({ userid: 'night', name: '夜班', departments: [9] })
    fake.state.tags.set(7, [])
    fake.state.tagged = [2, 9]
    expect((await people(signal())).map(({ account }) => account)).toEqual(['AnLin', 'wangli', 'night'])
  })
  it('are all listed or none: an answer without its list is no empty list', async () => {
    const { fake, people } = await start()
    fake.state.tags.set(7, [])
    for (const on of ['department/simplelist', 'user/simplelist', 'tag/get']) {
      fake.fail({ errcode: 0, on })
      await expect(people(signal()), on).rejects.toMatchObject({ code: 'incomplete' })
    }
  })
  it('are all listed or none: half a list would say that the others have left', async () => {
    const { fake, people } = await start()
    for (const on of ['department/simplelist', 'department/get', 'user/simplelist', 'agent/get']) {
      fake.fail({ errcode: 60011, on })
      await expect(people(signal()), on).rejects.toMatchObject({ kind: 'refused' })
      fake.fail({ reset: 'after', on })
      await expect(people(signal()), on).rejects.toMatchObject({ kind: 'not-sent' })
    }
  })
})

describe('the menu', () => {
  const commands = Array.from({ length: 18 }, (_, n) => ({
    name: { 'zh-CN': n === 0 ? '请假' : `命令${'长'.repeat(20)}${n}`, en: `command ${n}` },
    description: { 'zh-CN': '', en: '' },
  }))
  it('has three times five entries at most, each within WeCom’s bytes, and says what it was pressed for', async () => {
    const { fake, platform } = await start()
    const [result] = (await platform.publishCommands?.(commands, signal())) ?? []
    expect(result).toMatchObject({ ok: true })
    expect(result?.detail).toContain('15 commands; WeCom has no room for 3 more')
    const groups = list(object(fake.state.menu)['button'])
    expect(groups.map((group) => list(group['sub_button']).length)).toEqual([5, 5, 5])
    for (const group of groups) {
      expect(bytesOf(string(group['name']))).toBeLessThanOrEqual(16)
      for (const entry of list(group['sub_button'])) {
        expect(bytesOf(string(entry['name']))).toBeLessThanOrEqual(40)
        expect(bytesOf(string(entry['key']))).toBeLessThanOrEqual(128)
      }
    }
    expect(list(groups[0]?.['sub_button'])[0]).toEqual({ type: 'click', name: '请假', key: '请假' })
  })
  it('of nothing is not published', async () => {
    const { fake, platform } = await start()
    expect(menuOf([]).shown).toBe(0)
    expect(await platform.publishCommands?.([], signal())).toMatchObject([{ ok: false }])
    expect(fake.called()).toEqual([])
  })
})

describe('the check', () => {
  it.each([
    ['that it is switched off', { close: 1 }, /switched off/],
    ['that nobody sees it', { allow_partys: { partyid: [] } }, /可见范围/],
  ])('tells %s', async (_, agent, detail) => {
    const { fake, platform } = await start()
    fake.state.agent = agent
    const wrong = (await platform.check(signal())).filter(({ ok }) => !ok)
    expect(wrong).toHaveLength(1)
    expect(wrong[0]?.detail).toMatch(detail)
  })
  it('tells whether WeCom has called', async () => {
    const { fake, platform } = await start()
    const callback = async () => (await platform.check(signal())).find(({ what }) => what === 'WeCom callback')?.detail
    expect(await callback()).toContain('cannot be asked')
    await platform.receive(fake.event('AnLin', 'enter_agent'), async () => ({}))
    expect(await callback()).toContain('authentic')
  })
})
