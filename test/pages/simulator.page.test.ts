/** The simulator in a real browser: what a newcomer does, does. */
import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { never, outgoing } from '../adapters/simulator/support.ts'
import { HOSTILE } from './department.ts'
import { simulatorPages } from './simulator.ts'

const pages = simulatorPages()
const { open } = pages

const box = (page: Page, person = '王芳') => page.getByRole('region', { name: `${person}的消息` }).getByRole('combobox')
const pane = (page: Page, person: string) => page.getByRole('region', { name: `${person}的消息` })
const side = (page: Page) => page.getByRole('navigation')
const gone = (locator: Locator) => locator.waitFor({ state: 'detached' })

async function say(page: Page, text: string, person = '王芳'): Promise<void> {
  await box(page, person).fill(text)
  await box(page, person).press('Escape')
  await box(page, person).press('Enter')
}

async function openForm(page: Page) {
  await say(page, 'form')
  return page.getByRole('dialog', { name: '请假' })
}

describe('a newcomer', () => {
  it('is shown three things to say, and the first one brings a card and a badge for who decides', async () => {
    const page = await open()
    await page.getByText('王芳，你好，我是班长').waitFor()
    expect(await page.locator('.chip.strong').allTextContents()).toEqual(['请假 3天', '/leave 3 days', '帮助'])
    await page.getByRole('button', { name: '请假 3天' }).click()
    await page.getByRole('article', { name: '请假申请 R1' }).waitFor()
    await side(page)
      .getByRole('button', { name: /李强.*1 条未读/ })
      .waitFor()
    expect(await page.getByText('王芳，你好，我是班长').count()).toBe(0)
    expect(pages.department.heard).toMatchObject([{ kind: 'said', text: '请假 3天', person: 'wang' }])
  })
  it('is greeted in the language of the browser, and can change it without losing the place', async () => {
    const page = await open('?as=emma&room=service&as2=li', { locale: 'en-GB' })
    await page.getByRole('heading', { name: 'Banzhang · simulator' }).waitFor()
    await page.getByRole('region', { name: 'Messages of Emma Clarke' }).waitFor()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('繁體中文')
    await page.getByRole('heading', { name: '班長 · 模擬器' }).waitFor()
    await page.getByRole('region', { name: 'Emma Clarke的訊息' }).waitFor()
    await page.getByRole('combobox', { name: '語言' }).selectOption('简体中文')
    await page.getByRole('heading', { name: '班长 · 模拟器' }).waitFor()
    await pane(page, 'Emma Clarke').getByRole('heading', { name: '客服部' }).waitFor()
    await pane(page, '李强').waitFor()
  })
  it('becomes somebody else with one click and has read what they open', async () => {
    await pages.department.platform.send(outgoing('k1', { account: 'li' }, { text: '早上好' }), never())
    const page = await open()
    await side(page)
      .getByRole('button', { name: /李强.*1 条未读/ })
      .click()
    await pane(page, '李强').getByText('早上好').waitFor()
    await gone(side(page).getByRole('img', { name: '1 条未读' }))
  })
})

describe('two people side by side', () => {
  it('see both ends of a request, live', async () => {
    const page = await open()
    await say(page, '请假 3天')
    await side(page).getByRole('listitem').filter({ hasText: '李强' }).hover()
    await page.getByRole('button', { name: '并排打开李强' }).click()
    await pane(page, '李强').getByRole('button', { name: '批准', exact: true }).click()
    for (const person of ['王芳', '李强'])
      await pane(page, person)
        .getByRole('article', { name: '请假已批准' })
        .getByRole('link', { name: '看规定' })
        .waitFor()
    expect(await pane(page, '李强').getByRole('button', { name: '批准', exact: true }).count()).toBe(0)
    expect(pages.department.heard.at(-1)).toMatchObject({
      kind: 'clicked',
      action: 'leave.approve',
      person: 'li',
      sentKey: 'ask-R1',
    })
  })
  it('are asked before something that cannot be taken back, and can think again', async () => {
    const page = await open('?as=wang&as2=li')
    await say(page, '请假 3天')
    const decline = pane(page, '李强').getByRole('button', { name: '不批准' })
    await decline.click()
    await page.getByRole('button', { name: '再想想' }).click()
    expect(pages.department.heard.filter(({ kind }) => kind === 'clicked')).toEqual([])
    await decline.click()
    await page.getByRole('dialog').getByRole('button', { name: '不批准' }).click()
    await pane(page, '王芳').getByRole('article', { name: '请假未批准' }).waitFor()
  })
  it('choose from a list on a card', async () => {
    const page = await open('?as=wang&as2=li')
    await say(page, '请假 3天')
    await pane(page, '李强').getByLabel('顶班人').selectOption('sun')
    await page.getByText('顶班人：sun').waitFor()
    expect(pages.department.heard.at(-1)).toMatchObject({ kind: 'clicked', action: 'leave.stand-in', chosen: 'sun' })
  })
  it('are closed again one by one', async () => {
    const page = await open('?as=wang&as2=li')
    await pane(page, '王芳').getByRole('button', { name: '关闭这一侧' }).click()
    await gone(pane(page, '王芳'))
    await pane(page, '李强').waitFor()
    expect(await page.getByRole('button', { name: '关闭这一侧' }).isVisible()).toBe(false)
  })
})

describe('typing', () => {
  it('completes commands by keyboard alone', async () => {
    const page = await open()
    await box(page).pressSequentially('/')
    expect(await page.getByRole('listbox').getByRole('option').allTextContents()).toEqual([
      '/leave请假',
      '/checkin签到',
      '/roster看排班',
      '/roster week看一周',
      '/help能做什么',
    ])
    await box(page).press('ArrowDown')
    await box(page).press('ArrowDown')
    expect(await page.getByRole('listbox').getByRole('option', { selected: true }).textContent()).toContain('/roster')
    await box(page).press('Enter')
    expect(await box(page).inputValue()).toBe('/roster ')
    expect(pages.department.heard).toEqual([])
    await box(page).press('Enter')
    await expect.poll(() => pages.department.heard).toMatchObject([{ kind: 'said', command: 'roster', text: '' }])
  })
  it('says a command that is typed out, although longer ones begin alike', async () => {
    const page = await open()
    await box(page).pressSequentially('/roster')
    expect(await page.getByRole('listbox').getByRole('option').count()).toBe(2)
    await box(page).press('Enter')
    await expect.poll(() => pages.department.heard).toMatchObject([{ kind: 'said', command: 'roster', text: '' }])
    expect(await box(page).inputValue()).toBe('')
  })
  it('never sends while an input method chooses characters', async () => {
    const page = await open()
    await box(page).fill('qingjia')
    await box(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })
    expect(await box(page).inputValue()).toBe('qingjia')
    await box(page).press('Enter')
    await expect.poll(() => pages.department.heard.length).toBe(1)
  })
  it('takes several lines with Shift and Enter', async () => {
    const page = await open()
    await box(page).pressSequentially('投诉')
    await box(page).press('Shift+Enter')
    await box(page).pressSequentially('第二行')
    await box(page).press('Enter')
    await expect.poll(() => pages.department.heard).toMatchObject([{ text: '投诉\n第二行' }])
  })
  it('gives back what the server has refused', async () => {
    const page = await open()
    await page.route('**/api/say', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'refused', message: '班长还没准备好' } } }),
    )
    await say(page, '请假 3天')
    await page.getByText('班长还没准备好').waitFor()
    await expect.poll(() => box(page).inputValue()).toBe('请假 3天')
    pages.problems.length = 0
  })
  it('outlives a restart of the server: a new token, the same sentence once', async () => {
    const page = await open()
    let calls = 0
    await page.route('**/api/say', (route) => {
      calls += 1
      return calls === 1
        ? route.fulfill({ status: 403, json: { error: { code: 'stale-page', message: 'stale' } } })
        : route.continue()
    })
    await say(page, '帮助')
    await pane(page, '王芳').getByText('我能帮你').waitFor()
    expect(calls).toBe(2)
    expect(pages.department.heard).toHaveLength(1)
    pages.problems.length = 0
  })
  it('changes and deletes one’s own messages', async () => {
    const page = await open('?as=wang&room=service')
    await say(page, '@班长 请假 3天')
    const message = page.getByRole('listitem').filter({ hasText: '@班长 请假 3天' })
    await message.hover()
    await message.getByRole('button', { name: '编辑' }).click()
    expect(await box(page).inputValue()).toBe('@班长 请假 3天')
    await box(page).fill('@班长 请假 2天')
    await box(page).press('Enter')
    const changed = page.getByRole('listitem').filter({ hasText: '@班长 请假 2天' })
    await changed.getByText('已编辑').waitFor()
    await changed.hover()
    await changed.getByRole('button', { name: '删除' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
    await gone(changed)
    expect(pages.department.heard.map(({ kind }) => kind)).toEqual(['said', 'edited', 'deleted'])
  })
})

describe('a form', () => {
  it('shows errors beside their fields, keeps what was typed, and closes when it is right', async () => {
    const page = await open()
    const dialog = await openForm(page)
    const elsewhere = dialog.getByRole('link', { name: '在网页上填写' })
    expect(await elsewhere.getAttribute('href')).toBe('https://banzhang.example/forms/x')
    expect(await elsewhere.getAttribute('rel')).toBe('noopener noreferrer')
    await dialog.getByRole('button', { name: '提交' }).click()
    await dialog.getByText('请填写此项。').first().waitFor()
    expect(await dialog.getByLabel('天数').and(page.locator(':focus')).count()).toBe(1)
    await dialog.getByLabel('天数').fill('9')
    await dialog.getByLabel('事由').fill('探亲')
    await dialog.getByRole('button', { name: '提交' }).click()
    await dialog.getByText('一次最多 5 天').waitFor()
    await dialog.getByRole('alert').filter({ hasText: '年假余额不够' }).waitFor()
    expect(await dialog.getByLabel('天数').getAttribute('aria-invalid')).toBe('true')
    expect(await dialog.getByLabel('事由').inputValue()).toBe('探亲')
    await dialog.getByLabel('天数').fill('3')
    await dialog.getByLabel('赵敏').check()
    await dialog.getByRole('button', { name: '提交' }).click()
    await gone(dialog)
    await page.getByText('已提交').waitFor()
    const values = { type: 'annual', from: '2026-09-29', days: '3', standIns: ['zhao'], reason: '探亲' }
    expect(pages.department.heard.at(-1)).toMatchObject({ kind: 'filled', form: 'leave.ask', values })
  })
  it('takes a file, lets no more people be chosen than allowed, and finds them by name', async () => {
    const page = await open()
    const dialog = await openForm(page)
    const proof = dialog.getByRole('group', { name: /证明/ })
    await proof
      .locator('input[type=file]')
      .setInputFiles({ name: '证明.txt', mimeType: 'text/plain', buffer: Buffer.from('x') })
    await proof.getByText('证明.txt').waitFor()
    await dialog.getByLabel('赵敏').check()
    await dialog.getByLabel('孙浩').check()
    expect(await dialog.getByLabel('周婷').isDisabled()).toBe(true)
    await dialog.getByPlaceholder('查找人员').fill('质检')
    expect(await dialog.locator('.pick:visible').allTextContents()).toEqual(['周周婷质检员'])
  })
  it('is given up with Escape, and nothing is sent', async () => {
    const page = await open()
    const dialog = await openForm(page)
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await gone(dialog)
    expect(pages.department.heard.map(({ kind }) => kind)).toEqual(['said'])
  })
})

describe('what people type', () => {
  it('is never markup, a mention or a link, wherever it is shown', async () => {
    const page = await open('?as=wang&as2=li')
    await say(page, `请假 ${HOSTILE}`)
    await pane(page, '李强').getByRole('article').getByText(HOSTILE).waitFor()
    await pane(page, '王芳').getByRole('article').getByText(HOSTILE).waitFor()
    expect(await page.locator('.message img:not(.avatar), .message b').count()).toBe(0)
    expect(await page.locator('.message a').count()).toBe(0)
    expect(await page.evaluate("'harmed' in window")).toBe(false)
    expect(await pane(page, '李强').locator('.mention').count()).toBe(0)
  })
  it('stays apart from what the bot marks: links open elsewhere, mentions of oneself stand out', async () => {
    const page = await open()
    const text = [
      { person: 'P1', name: '王芳' },
      ' ',
      { link: '说明', url: 'https://banzhang.example/a' },
      ' ',
      { link: '坏', url: 'javascript:alert(1)' },
    ]
    await pages.department.platform.send(
      { ...outgoing('k1', { account: 'wang' }, { text }), accounts: { P1: 'wang' } },
      never(),
    )
    await page.locator('.mention.me').getByText('@王芳').waitFor()
    const links = await page
      .locator('.message a')
      .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]))
    expect(links).toEqual([['https://banzhang.example/a', 'noopener noreferrer']])
  })
})

describe('the clock', () => {
  it('goes to the next thing due, which comes in live, and no second step is taken meanwhile', async () => {
    const page = await open('?as=wang&room=service')
    const { beforeArrival } = pages.department.host
    let arrive = () => {}
    pages.department.host.beforeArrival = async () => {
      await new Promise<void>((resolve) => {
        arrive = resolve
      })
      await beforeArrival()
    }
    await page.getByRole('button', { name: /下一项 · 09:30 早班签到提醒/ }).click()
    await page.locator('#progress').waitFor({ state: 'visible' })
    for (const step of ['+1 小时', '+1 天', '跳到…'])
      expect(await page.getByRole('button', { name: step }).isDisabled()).toBe(true)
    arrive()
    await page.getByRole('article', { name: '早班签到提醒' }).waitFor()
    await page.locator('.clock-time').getByText('09:30').waitFor()
    await page.getByRole('button', { name: /下一项 · 9月29日 周二 09:00 交接班检查/ }).waitFor()
    expect(pages.department.host.moved).toHaveLength(1)
  })
  it('jumps to a time that was chosen', async () => {
    const page = await open()
    await page.getByRole('button', { name: '跳到…' }).click()
    await page.getByLabel('日期和时间').fill('2026-10-01T08:30')
    await page.getByRole('button', { name: '跳转', exact: true }).click()
    await page.locator('.clock-now').getByText('10月1日 周四').waitFor()
    expect(pages.department.host.moved).toEqual([Date.parse('2026-10-01T08:30:00+08:00')])
  })
})

describe('the connection', () => {
  it('comes back by itself and brings what was missed', async () => {
    const page = await open()
    await pages.department.platform.send(outgoing('k1', { account: 'wang' }, { text: '第一条' }), never())
    await page.getByText('第一条').waitFor()
    await pages.department.platform.close?.()
    await page.getByText('连接已断开').waitFor()
    await pages.department.platform.send(outgoing('k2', { account: 'wang' }, { text: '第二条' }), never())
    await page.getByText('第二条').waitFor()
    await page.getByText('连接已断开').waitFor({ state: 'hidden' })
    expect(await page.getByText('第一条').count()).toBe(1)
    pages.problems.length = 0
  })
})

describe('on a phone', () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

  it('nothing is wider than the page, in either language, with one person or two, and with a form', async () => {
    for (const query of ['', '?as=wang&as2=li', '?lang=en&as=emma&room=service']) {
      const page = await open(query, phone)
      expect(await page.evaluate('document.documentElement.scrollWidth'), query).toBeLessThanOrEqual(390)
      await page.context().close()
    }
    const page = await open('', phone)
    const dialog = await openForm(page)
    const width = await dialog.evaluate((element) =>
      Math.max(element.scrollWidth, element.getBoundingClientRect().right),
    )
    expect(width).toBeLessThanOrEqual(390)
  })
  it('the list of people slides in and out, and one side is shown at a time', async () => {
    const page = await open('?as=wang&as2=li', phone)
    expect(await pane(page, '李强').count()).toBe(0)
    await page.getByRole('button', { name: '李强', pressed: false }).click()
    await pane(page, '李强').waitFor()
    await page.getByRole('button', { name: '人员和会话' }).click()
    await side(page)
      .getByRole('button', { name: /管理群/ })
      .click()
    await pane(page, '李强').getByRole('heading', { name: '管理群' }).waitFor()
    await expect.poll(() => side(page).isVisible()).toBe(false)
  })
})

describe('for everyone', () => {
  it('every control has a name, and the page can be used by keyboard from the first key on', async () => {
    const page = await open('?as=wang&as2=li')
    await say(page, '请假 3天')
    await pane(page, '李强').getByRole('article').waitFor()
    const nameless = await page
      .locator('button, input, select, textarea, a')
      .evaluateAll((all) =>
        all
          .filter(
            (each) =>
              !(each.getAttribute('aria-label') || each.textContent?.trim() || Reflect.get(each, 'labels')?.length),
          )
          .map((each) => each.outerHTML),
      )
    expect(nameless).toEqual([])
    await page.reload()
    await page.locator('.composer').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('跳到消息')
  })
  it('new messages are announced, the log of earlier ones is not', async () => {
    const page = await open()
    const log = page.getByRole('log')
    expect(await log.getAttribute('aria-live')).toBe('polite')
    await expect.poll(() => log.getAttribute('aria-busy')).toBeNull()
  })
})
