/** The worker thread: what it makes arrives whole, one that dies takes nothing else with it, and none is left behind. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Sheet } from '../../../src/core/table/table.ts'
import { createWorkshop } from '../../../src/engine/workshop/create.ts'
import { CHART_PIXELS, type Chart, WorkshopError } from '../../../src/engine/workshop/workshop.ts'

const workshop = createWorkshop()
afterAll(() => workshop.close())

const sheet: Sheet = { name: '人员', columns: [{ header: '工号' }], rows: [['0012'], ['=1+1']] }
const chart: Chart = {
  kind: 'stacked',
  title: '2026年10月请假汇总',
  categories: ['客服部', '人事部'],
  series: [
    { name: '事假', values: [3, 1.5] },
    { name: '年假', values: [6, null] },
  ],
  unit: '天',
  locale: 'zh-CN',
}
/** Width and height, as a PNG says them. */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset)
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

describe('in the worker', () => {
  it('a sheet is written, read again and hashed', async () => {
    const bytes = await workshop.writeSheet({ sheets: [sheet] })
    const read = await workshop.readTable({ name: 'p.xlsx', bytes })
    expect(read).toMatchObject({
      table: {
        header: ['工号'],
        rows: [
          { line: 2, cells: ['0012'] },
          { line: 3, cells: ['=1+1'] },
        ],
      },
    })
    expect(await workshop.readTable({ name: 'p.csv', bytes: await workshop.writeCsv(sheet) })).toMatchObject({
      table: { header: ['工号'] },
    })
    expect(await workshop.readTable({ name: 'p.csv', bytes }, { sheet: 'x' })).toEqual({
      problems: ['p.csv: there is no sheet x; there are 人员'],
    })
    expect(await workshop.sha256(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('a chart is drawn: a picture of its size that shows what it is given, and says so when that is nothing', async () => {
    const picture = await workshop.drawChart(chart)
    expect(sizeOf(picture)).toEqual(CHART_PIXELS)
    expect(picture.length).toBeLessThan(150_000)
    const other = await workshop.drawChart({ ...chart, title: '2026年11月请假汇总' })
    expect(Buffer.compare(picture, other)).not.toBe(0)
    expect(Buffer.compare(picture, await workshop.drawChart(chart))).toBe(0)
    const empty = await workshop.drawChart({ ...chart, categories: [], series: [] })
    const noughts = await workshop.drawChart({ ...chart, series: [{ name: '事假', values: [0, null] }] })
    expect(sizeOf(empty)).toEqual(CHART_PIXELS)
    expect(Buffer.compare(empty, noughts)).toBe(0)
    await expect(workshop.drawChart({ ...chart, categories: ['客服部'] })).rejects.toThrow(
      '事假: 2 values for 1 categories',
    )
  })
})

describe('a worker that cannot go on', () => {
  it('rejects the task it died over, and the next one finds another', async () => {
    const small = createWorkshop({ heapMbMax: 24 })
    const large: Sheet = { ...sheet, rows: Array.from({ length: 40_000 }, (_, at) => [`row ${at} ${'x'.repeat(40)}`]) }
    const dead = small.writeSheet({ sheets: [large] })
    const next = small.sha256(new Uint8Array())
    await expect(dead).rejects.toThrow(WorkshopError)
    expect(await next).toHaveLength(64)
    await small.close()
  })

  it('is given up after its time, and a closed workshop takes nothing more', async () => {
    const hurried = createWorkshop({ taskMsMax: 1 })
    await expect(hurried.sha256(new Uint8Array())).rejects.toThrow('sha256 took longer than 1 ms')
    await hurried.close()
    await expect(hurried.sha256(new Uint8Array())).rejects.toThrow('the workshop is closed')
  })
})
