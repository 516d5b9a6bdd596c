/** Files from the command line: listed without their content, and one taken out whole, which the audit log knows. */
import { describe, expect, it } from 'vitest'
import { insert, markProblem, writeChunks } from '../../src/engine/files/repository.ts'
import { auditOf } from '../support/story.ts'
import { department, WAYS, type Ways } from './support.ts'

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256))

const keep = (here: Ways, id: string, name: string) =>
  here.test.db.transact('people', async ({ sql }) => {
    const owner = {
      feature: 'leave',
      reference: '12',
      personId: null,
      permission: 'leave.read',
      keepUntil: here.clock.now() + 1,
    }
    const what = { name, mediaType: 'image/png', bytes: CONTENT.length, sha256: 'x', platform: null, source: null }
    await insert(sql, { id, owner, ...what, state: 'stored', at: here.clock.now() })
    await writeChunks(sql, id, CONTENT)
  })

describe.each(WAYS)('files, through %s', (way) => {
  const here = department(way)

  it('are listed by number and taken out byte for byte, readable by their owner alone', async () => {
    await keep(here, '00000000-0000-4000-8000-000000000001', '病历.png')
    await keep(here, '00000000-0000-4000-8000-000000000002', '旧.png')
    await here.test.db.transact('people', ({ sql }) =>
      markProblem(sql, '00000000-0000-4000-8000-000000000002', 'dropped', 'kept-long-enough'),
    )
    const list = await here.ops('files list')
    expect(list.out).toMatch(
      /^NUMBER[^\n]*\n2 +dropped \(kept-long-enough\)[^\n]*旧\.png\n1 +stored [^\n]*293 KB +leave 12 +病历\.png\n$/,
    )
    expect((await here.ops('files list --state stored')).out).not.toContain('旧')

    const { code, out, written } = await here.ops('files get 1')
    expect({ code, out }).toEqual({ code: 0, out: '1-病历.png: 293 KB\n' })
    expect(written).toMatchObject([{ path: '1-病历.png', isPrivate: true }])
    expect(Buffer.from(written[0]?.base64 ?? '', 'base64').equals(CONTENT)).toBe(true)
    expect(await auditOf(here.test.db, 'file.taken-out')).toMatchObject([{ number: 1, reference: '12' }])

    // Into a folder that is not there nothing is taken out, and nothing is written down.
    expect(await here.ops('files get 1 --to nowhere/here/a.png')).toMatchObject({
      code: 2,
      written: [],
      err: '--to nowhere/here/a.png: there is no folder nowhere/here: make it (mkdir -p nowhere/here) or name another.\n',
    })
    expect(await auditOf(here.test.db, 'file.taken-out')).toHaveLength(1)

    expect(await here.ops('files get 2')).toMatchObject({ code: 1, err: expect.stringMatching(/kept-long-enough/) })
    expect(await here.ops('files get 3')).toMatchObject({ code: 1, err: expect.stringMatching(/There is no file 3/) })
  })
})
