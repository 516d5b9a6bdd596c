/** Files in the simulator's page: chosen, dropped, pasted, taken off, seen as pictures and downloaded; on a phone too. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { never, outgoing } from '../adapters/simulator/support.ts'
import { simulatorPages } from './simulator.ts'

const pages = simulatorPages()
const { open } = pages

const PNG = readFileSync(new URL('../../docs/pictures/simulator.png', import.meta.url))
const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: PNG })
const sheet = { name: '十月排班表.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.alloc(40_000, 1) }
const choose = (page: Page, files: readonly { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('.composer input[type=file]').setInputFiles([...files])
const send = (page: Page) => page.getByRole('button', { name: '发送' })
/** Hands the page a file of zeros, as a mouse or a clipboard does. */
const give = (page: Page, target: string, kind: 'drop' | 'paste', name: string, size: number) =>
  page.evaluate(`{
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(${size})], '${name}', { type: 'image/png' }))
    const about = { bubbles: true, cancelable: true }
    const event = '${kind}' === 'drop'
      ? new DragEvent('drop', { dataTransfer: data, ...about })
      : new ClipboardEvent('paste', { clipboardData: data, ...about })
    document.querySelector('${target}').dispatchEvent(event)
  }`)
const heardFiles = () => pages.department.heard.flatMap((event) => ('files' in event ? (event.files ?? []) : []))

describe('a person with a file', () => {
  it('attaches several, takes one off, sends the rest with words, and sees the picture and the name', async () => {
    const page = await open()
    expect(await send(page).isDisabled()).toBe(true)
    await choose(page, [picture('病历.png'), sheet, picture('发错了.png')])
    await page.getByRole('button', { name: '移除发错了.png' }).click()
    await page.locator('.composer textarea').fill('病假 #1')
    await expect.poll(() => send(page).isDisabled()).toBe(false)
    await send(page).click()
    await page.locator('.message.mine .picture img').waitFor()
    await page.getByRole('link', { name: '下载十月排班表.xlsx（39 KB）' }).waitFor()
    expect(pages.department.heard).toMatchObject([
      { text: '病假 #1', files: [{ name: '病历.png' }, { name: '十月排班表.xlsx' }] },
    ])
    expect(await page.locator('.tray').first().isHidden()).toBe(true)
    expect(await page.evaluate(`document.querySelector('.picture img').naturalWidth`)).toBeGreaterThan(0)
  })

  it('sends a picture alone, without a word', async () => {
    const page = await open()
    await choose(page, [picture('病历.png')])
    await expect.poll(() => send(page).isDisabled()).toBe(false)
    await page.locator('.composer textarea').press('Enter')
    await page.locator('.message.mine .picture').waitFor()
    expect(await page.locator('.message.mine .bubble').count()).toBe(0)
  })

  it('is told at once when a file is too large or they are too many, and keeps what fits', async () => {
    const page = await open()
    await give(page, '.pane', 'drop', 'film.mp4', 20 * 1_048_576 + 1)
    await page.getByText('“film.mp4”太大，最大 20 MB。').waitFor()
    const many = Array.from({ length: 11 }, (_, n) => ({
      name: `${n}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from('x'),
    }))
    await choose(page, many)
    await page.getByText('一次最多 10 个文件。').waitFor()
    expect(await page.locator('.waiting-file').count()).toBe(10)
  })

  it('drops one anywhere on the conversation, or pastes a picture from the clipboard', async () => {
    const page = await open()
    for (const [target, kind] of [
      ['.pane', 'drop'],
      ['.composer textarea', 'paste'],
    ] as const) {
      await give(page, target, kind, `${kind}.png`, 2_000)
    }
    await expect.poll(() => page.locator('.waiting-file').allTextContents()).toEqual(['drop.png2 KB', 'paste.png2 KB'])
    await send(page).click()
    await expect.poll(() => heardFiles().map(({ name }) => name)).toEqual(['drop.png', 'paste.png'])
  })
})

describe('a file of the bot', () => {
  const say = (name: string, bytes: Buffer, text: string) =>
    pages.department.platform.send(
      {
        ...outgoing(name, { account: 'wang' }, { text, file: { id: name, name } }),
        file: { name, mediaType: 'x', size: bytes.length, read: async () => bytes },
      },
      never(),
    )

  it('stands below its caption; a click saves it under its own name', async () => {
    const page = await open()
    await say('十月排班表.xlsx', sheet.buffer, '十月的排班表')
    const link = page.getByRole('link', { name: /下载十月排班表\.xlsx/ })
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe('十月排班表.xlsx')
    expect(readFileSync(await download.path()).equals(sheet.buffer)).toBe(true)
  })

  it('fits a phone: nothing is wider than the screen', async () => {
    const page = await open('', { viewport: { width: 390, height: 844 } })
    await say('一张很长很长很长很长很长很长很长很长很长名字的图片.png', PNG, '请看')
    await say(`${'很长的名字'.repeat(12)}.xlsx`, sheet.buffer, '请看')
    await choose(page, [picture(`${'另一个很长的名字'.repeat(8)}.png`), sheet])
    await page.locator('.picture img').waitFor()
    await expect.poll(() => page.locator('.waiting-file progress').count()).toBe(0)
    const edges = await page.evaluate(
      `[...document.querySelectorAll('.file, .picture, .waiting-file')].map((one) => one.getBoundingClientRect().right <= innerWidth)`,
    )
    expect(edges).toEqual([true, true, true, true])
    // What came last is in sight, above the composer that has grown.
    await expect
      .poll(() =>
        page.evaluate(
          `{ const log = document.querySelector('.log'); log.scrollHeight - log.scrollTop - log.clientHeight < 2 }`,
        ),
      )
      .toBe(true)
  })
})
