/** The rehearsal clock: the ways forward, and everything that is not one. */
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, Listener, START, simulate, testHost } from './support.ts'

const move = (world: ReturnType<typeof simulate>, body: object) => world.page.post('clock', body)
const messageOf = (answer: { json: Record<string, unknown> }) => (answer.json['error'] as { message: string }).message

describe('the clock goes', () => {
  it.each([
    ['to the next thing due', { by: 'next' }, START + HOUR_MS / 2],
    ['an hour', { by: 'hour' }, START + HOUR_MS],
    ['a day', { by: 'day' }, START + DAY_MS],
    ['to a wall time in its zone', { to: '2026-10-01T08:30' }, Date.parse('2026-10-01T08:30:00+08:00')],
  ])('%s', async (_, body, instant) => {
    const world = simulate()
    const answer = await move(world, body)
    expect(answer).toMatchObject({ status: 200, json: { clock: { now: instant, moving: false } } })
    expect(world.host.moved).toEqual([instant])
    await world.close()
  })
  it('to the same wall time tomorrow, also in the night when the clocks go back', async () => {
    const host = testHost('rehearsal', 'America/New_York')
    await host.clock.advanceTo(Date.parse('2026-10-31T12:00:00-04:00'))
    const world = simulate({ host })
    await move(world, { by: 'day' })
    expect(host.clock.now()).toBe(Date.parse('2026-11-01T12:00:00-05:00'))
    await world.close()
  })
  it('nowhere back when what is due next should have happened already', async () => {
    const world = simulate()
    Object.assign(world.host.clock, {
      next: async () => ({ at: START - HOUR_MS, what: { 'zh-CN': '迟', en: 'late' } }),
    })
    await move(world, { by: 'next' })
    expect(world.host.moved).toEqual([START])
    await world.close()
  })
})

describe('the clock refuses', () => {
  it.each([
    ['to go back', { to: '2026-09-28T08:59' }, 400, /after 2026-09-28 09:00/],
    ['to stand', { to: '2026-09-28T09:00' }, 400, /only goes forward/],
    ['to leap further than it can run', { to: '2028-09-28T09:00' }, 400, /366 days/],
    ['what is no time', { to: 'tomorrow' }, 400, /“tomorrow”/],
    ['a day that does not exist', { to: '2026-02-30T09:00' }, 400, /“2026-02-30T09:00”/],
    ['another shape', { by: 'week' }, 400, /cannot be read/],
  ])('%s', async (_, body, status, words) => {
    const world = simulate()
    const answer = await move(world, body)
    expect(answer.status).toBe(status)
    expect(messageOf(answer)).toMatch(words)
    expect(world.host.moved).toEqual([])
    await world.close()
  })
  it('to look for the next thing when nothing is due', async () => {
    const world = simulate()
    world.host.due = []
    expect(messageOf(await move(world, { by: 'next' }))).toContain('Nothing is due')
    await world.close()
  })
  it.each(['real', 'manual'] as const)('to move at all when it is %s', async (kind) => {
    const world = simulate({ host: testHost(kind) })
    const answer = await move(world, { by: 'hour' })
    expect(answer.status).toBe(409)
    expect(messageOf(answer)).toContain('CLOCK=rehearsal')
    expect(world.host.moved).toEqual([])
    await world.close()
  })
})

describe('while the clock is moving', () => {
  it('nobody else moves it, everyone sees that it moves, and afterwards it can be moved again', async () => {
    const world = simulate()
    let arrive = () => {}
    const waiting = new Promise<void>((resolve) => {
      arrive = resolve
    })
    world.host.beforeArrival = () => waiting
    const first = move(world, { by: 'hour' })
    await expect.poll(() => world.host.moved.length).toBe(1)
    expect((await move(world, { by: 'day' })).status).toBe(409)
    expect((await world.page.get('boot')).json).toMatchObject({ clock: { moving: true } })
    arrive()
    expect((await first).status).toBe(200)
    expect((await move(world, { by: 'hour' })).status).toBe(200)
    expect(world.host.moved).toEqual([START + HOUR_MS, START + 2 * HOUR_MS])
    await world.close()
  })
  it('of two calls in the same moment only one moves it', async () => {
    const world = simulate()
    await world.page.token()
    const answers = await Promise.all([move(world, { by: 'hour' }), move(world, { by: 'hour' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    await world.close()
  })
  it('a failure is thrown on, and the clock can be moved again', async () => {
    const world = simulate()
    world.host.beforeArrival = async () => Promise.reject(new Error('a job failed'))
    await expect(move(world, { by: 'hour' })).rejects.toThrow('a job failed')
    world.host.beforeArrival = async () => {}
    expect((await move(world, { by: 'hour' })).status).toBe(200)
    await world.close()
  })
  it('every pane hears where it has arrived', async () => {
    const world = simulate()
    const pane = new Listener(await world.page.raw('/simulator/api/stream?account=wang'))
    await move(world, { by: 'hour' })
    expect((await pane.nextOf('clock'))?.data).toMatchObject({ now: START + HOUR_MS, moving: false })
    await world.close()
  })
})
