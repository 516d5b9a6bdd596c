/** A form as a page, as people meet it: the link beside the form, filled in on a phone, its answer in the chat. */
import { afterEach, describe, expect, it } from 'vitest'
import { PDF } from '../engine/files/samples.ts'
import { testDatabase } from '../support/database.ts'
import type { Department } from '../support/department.ts'
import { type FormServer, serveForms } from '../support/form-server.ts'
import { pageHand } from '../support/page-hand.ts'
import { expectQuiet, leaveStates, rowsOf, stories } from '../support/story.ts'

const test = testDatabase()
const open = stories(test)
let forms: FormServer | undefined
afterEach(async () => {
  await forms?.close()
  forms = undefined
})

const SICK = `
leave:
  types:
    personal: {}
    sick: { retrospectiveDays: 3, proof: { zh: 病历和病假单, en: 'Medical record and sick-leave slip' } }
  chains: [{ steps: [supervisor] }]
`
const slip = { name: '病假单.pdf', mediaType: 'application/pdf', bytes: PDF }
const MONDAY = '2026-10-12T09:00:00+08:00'
/** Says what opens a form, as the platform would deliver it. @returns the address beside it */
async function formPageOf(spruce: Department, staffNo: string, text: string): Promise<string> {
  const answer = await spruce.app.deliver(spruce.stage.platform, {
    kind: 'said',
    key: `said-${staffNo}-${text}`,
    person: staffNo,
    room: `dm-${staffNo}`,
    roomKind: 'direct',
    canCarry: ['message', 'errors', 'toast', 'form'],
    text,
  })
  return answer.form?.page ?? ''
}

describe('leave on a page', () => {
  it('is asked for: a mistake is shown beside its field, and then the draft is in the chat', async () => {
    const spruce = await open({ on: 'simulator', startsAt: MONDAY })
    forms = await serveForms(spruce.app)
    const an = spruce.someone('A1')
    const hand = await pageHand(forms.base, await formPageOf(spruce, 'A1', '请假'))
    expect(hand.title).toBe('请假')
    expect(hand.fields.map(({ name }) => name)).toEqual(['type', 'from', 'fromHalf', 'to', 'toHalf', 'reason'])
    expect(await hand.fill({ from: '2026-10-15', to: '2026-10-14' })).toHaveProperty('to')
    expect(await hand.fill({ to: '2026-10-16', toHalf: 'morning', reason: '回老家' })).toEqual({})
    expect((await hand.get()).text).toMatch(/已收到/)
    await spruce.settle()
    await an.sees(/10月15日（周四）[\s\S]*回老家/)
    expect((await hand.again()).status).toBe(409)
    expect(await leaveStates(test.db)).toEqual(['draft'])
    expectQuiet(spruce)
  })

  it('is filed with its certificate: whoever decides sees it like one that was sent afterwards, and nothing of it stays on the page', async () => {
    const spruce = await open({ on: 'simulator', policy: SICK, startsAt: MONDAY })
    forms = await serveForms(spruce.app)
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    const hand = await pageHand(forms.base, await formPageOf(spruce, 'A1', '请假'))
    const program = { ...slip, name: '证明.pdf', bytes: Buffer.from('MZ\x90\x00') }
    const refused = await hand.fill({ type: '病假', from: '2026-10-12', to: '' }, { papers: [slip, program] })
    expect(refused).toEqual({ papers: expect.stringMatching(/“证明\.pdf”的内容是网页或程序/) })
    expect((await hand.get()).text).toMatch(/病假单\.pdf（\d+ KB）/)
    expect(await hand.fill({})).toEqual({})
    await spruce.settle()
    expect((await an.sees(/请假：请核对/)).words).toMatch(/材料[\s\S]*1 份/)
    await an.clicks('提交')
    expect((await zhou.sees(/安然申请请假/)).words).toMatch(/材料[\s\S]*1 份/)
    await zhou.clicks('看材料')
    const seen = (await spruce.stage.shown('S1')).flatMap(({ files = [] }) => files)
    expect(seen.map(({ name, bytes }) => [name, Buffer.from(bytes)])).toEqual([['病假单.pdf', PDF]])
    expect(await rowsOf(test.db, 'SELECT 1 FROM form_upload')).toEqual([])
    expect(await rowsOf(test.db, 'SELECT 1 FROM form_upload_chunk')).toEqual([])
    expectQuiet(spruce)
  })
})
