/** What waits, what failed, what will come: listed, tried again, verified. */
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../src/engine/audit/lines.ts'
import { seal } from '../../src/engine/audit/seal.ts'
import { department, WAYS, type Ways } from './support.ts'

const job = (here: Ways, state: 'failed' | 'waiting', key: string | null = null) =>
  here.test.db.transact('people', async ({ sql }) => {
    const at = new Date(here.clock.now())
    const [row] = await sql<{ id: string }>(
      `INSERT INTO job (name, payload, key, state, due_at, attempts, attempts_max, last_error, created_at)
       VALUES ('leave.lapse', '{"requestId":7}', $1, $2, $3, 5, 5, $4, $3) RETURNING id`,
      [key, state, at, state === 'failed' ? 'Error: the disk\nis full' : null],
    )
    return row?.id
  })

const unreachable = (here: Ways) =>
  here.test.db.transact('people', async (tx) => {
    const [person] = await tx.sql<{ id: string }>(`SELECT id FROM person WHERE staff_no = 'S3'`)
    await here.app.outbox
      .within(tx)
      .send({ person: person?.id ?? '' }, () => ({ text: '家里的私事' }), { key: 'secret-talk' })
    const [row] = await tx.sql<{ id: string }>('SELECT id FROM outbox')
    return row?.id
  })

describe.each(WAYS)('lists, through %s', (way) => {
  const here = department(way)

  it('lists jobs that failed before those that wait, and every schedule', async () => {
    const waiting = await job(here, 'waiting', 'lapse:7')
    const failed = await job(here, 'failed')
    const { code, out } = await here.ops('jobs list')
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^ID +STATE +DUE +TRIES +JOB +ABOUT$/)
    expect(lines[1]).toMatch(
      new RegExp(
        `^${failed} +failed +2026-09-28T09:00:00\\+08:00 +5/5 +leave\\.lapse +{"requestId":7} +— Error: the disk is full$`,
      ),
    )
    expect(lines[2]).toMatch(new RegExp(`^${waiting} +waiting .*key lapse:7$`))
    expect(out).toContain('meetings.weekly  周会提醒\n  has not come up yet')
    expect((await here.ops('jobs list --state waiting')).out).not.toContain('the disk')
    expect(await here.ops('jobs list --state faild')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean failed?'),
    })
  })

  it('shows what became of the occurrences of a schedule', async () => {
    here.clock.set(Date.parse('2026-10-09T15:30:00+08:00'))
    await here.app.tick()
    expect((await here.ops('jobs list')).out).toMatch(
      /meetings\.weekly {2}周会提醒\n {2}2026-10-09T15:30:00\+08:00 +queued +job \d+ waiting/,
    )
  })

  it('makes a failed job wait again, notes it, and says why another does not', async () => {
    const failed = await job(here, 'failed')
    const waiting = await job(here, 'waiting')
    expect(await here.ops(`jobs retry ${failed}`)).toMatchObject({
      code: 0,
      out: `Job ${failed} waits again and is due now.\n`,
    })
    expect(await here.test.db.transact('people', (tx) => linesOf(tx.sql, `job:${failed}`))).toMatchObject([
      { action: 'jobs.retried' },
    ])
    expect(await here.ops(`jobs retry ${waiting}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('was not given up'),
    })
    expect(await here.ops('jobs retry 999')).toMatchObject({ code: 1, err: expect.stringContaining('no job 999') })
    expect(await here.ops('jobs retry seven')).toMatchObject({
      code: 2,
      err: expect.stringContaining('ID seven is no whole number'),
    })
  })

  it('lists what could not be said without saying what it was', async () => {
    expect((await here.ops('outbox list')).out).toBe('No such messages.\n\nEverything has been said.\n')
    const id = await unreachable(here)
    const { code, out } = await here.ops('outbox list')
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^${id} +dead .* nowhere +secret-talk.* — unreachable: `, 'm'))
    expect(out).toContain('none: 1 dead')
    expect(out).not.toContain('家里')
    expect((await here.ops('outbox list --platform slack')).out).toContain('No such messages.')
    expect((await here.ops('outbox list --state sent')).out).toContain('No such messages.')
  })

  it('says a message again once its reader can be reached', async () => {
    const id = await unreachable(here)
    expect(await here.ops(`outbox retry ${id}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('still cannot be reached'),
    })
    await here.ops('people link S3 slack U3')
    expect(await here.ops(`outbox retry ${id}`)).toMatchObject({
      code: 0,
      out: `Message ${id} waits again and is due now.\n`,
    })
    expect((await here.ops('outbox list --state waiting')).out).toMatch(
      new RegExp(`^${id} +waiting .* slack:@U3 `, 'm'),
    )
    expect(await here.ops(`outbox retry ${id}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('neither dead nor unknown'),
    })
    expect(await here.ops('outbox retry 999')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no message 999'),
    })
    expect(await here.ops('outbox retry all')).toMatchObject({ code: 2 })
  })

  it('verifies the audit log, and fails when a line was changed behind its back', async () => {
    await seal(here.test.db)
    expect(await here.ops('audit verify')).toMatchObject({
      code: 0,
      out: '4 lines in the chain, 0 not sealed yet.\nThe chain holds.\n',
    })
    await here.test.db.transact('people', async ({ sql }) => {
      await sql('ALTER TABLE audit_line DISABLE TRIGGER USER')
      await sql(`UPDATE audit_line SET data = '{"staffNo":"S9"}' WHERE id = 2`)
      await sql('ALTER TABLE audit_line ENABLE TRIGGER USER')
    })
    expect(await here.ops('audit verify')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/The chain is broken:\n {2}seal 2: line 2 .* was changed/),
    })
  })

  it('foresees what would be posted, around holidays, in the zone of the organisation', async () => {
    const { code, out } = await here.ops('preview --from 2026-09-18 --to 2026-10-16')
    expect(code).toBe(0)
    // 25 September is the Mid-Autumn Festival, 2 October lies in the National Day holiday.
    expect(out).toBe(
      [
        '2026-09-18 to 2026-10-16, Asia/Shanghai:',
        '  2026-09-18 Fri 15:30  meetings.weekly  周会提醒',
        '  2026-10-09 Fri 15:30  meetings.weekly  周会提醒',
        '  2026-10-16 Fri 15:30  meetings.weekly  周会提醒',
        '',
      ].join('\n'),
    )
  })

  it('foresees a week from today, to the end of its last day', async () => {
    expect((await here.ops('preview')).out).toBe('2026-09-28 to 2026-10-04, Asia/Shanghai:\n  nothing\n')
    expect((await here.ops('preview --to 2026-10-09')).out).toContain('2026-10-09 Fri 15:30')
  })

  it('says that a year without an official schedule may still change', async () => {
    const { out } = await here.ops('preview --from 2026-12-28 --to 2027-01-08')
    expect(out).toContain('The official schedule of 2027 is not loaded')
    expect(out).not.toContain('schedule of 2026')
  })

  it.each([
    ['--from 2026-02-30', /--from 2026-02-30 is no date/],
    ['--from 2026-10-09 --to 2026-10-08', /lies before/],
    ['--from 2026-01-01 --to 2027-02-05', /at most 400 days/],
  ])('refuses %s', async (words, complaint) => {
    const { code, err } = await here.ops(`preview ${words}`)
    expect(code).toBe(2)
    expect(err).toMatch(complaint)
  })
})
