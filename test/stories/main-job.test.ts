/** The main job: three days of leave, from the sentence to the approval, on each platform. */
import { afterEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { type Department, department, type Where } from '../support/department.ts'

const test = testDatabase()
let open: Department | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})
const at = async (on: Where, policy = '') => {
  open = await department({ on, db: test.db, policy })
  return open
}

describe.each<Where>(['simulator', 'slack'])('on %s', (on) => {
  it('An asks for three days, sends the draft, and the supervisor approves', async () => {
    const spruce = await at(on)
    const [an, zhou] = [spruce.someone('A1'), spruce.someone('S1')]
    await an.commands('leave 3 days')
    const draft = await an.sees(/3天|3 天/)
    expect(draft.words).toMatch(/9月29日/)
    expect(draft.onlyForMe).toBe(true)
    await zhou.seesNothingNew()
    await an.clicks('提交')
    await zhou.sees(/安然/)
    await zhou.clicks('同意')
    await an.sees(/已批准|已同意/)
    expect(spruce.logged).toEqual([])
  })
})
