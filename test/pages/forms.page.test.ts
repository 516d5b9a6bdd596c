/** A form page in a real browser at the size of a phone: the link, a mistake, a file, and the end; by day, by night, without a script. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Form, form } from '#core/form.ts'
import type { Answer, Incoming } from '#core/platform.ts'
import { peopleFor } from '#engine/identity/people.ts'
import { createPages, type Pages } from '#engine/pages/pages.ts'
import { Ask } from '../adapters/contract/samples.ts'
import { JPEG, PNG } from '../engine/files/samples.ts'
import { AN, BO, hire, POLICY } from '../engine/outbox/support.ts'
import { testDatabase } from '../support/database.ts'
import { type FormServer, serveForms } from '../support/form-server.ts'
import { openBrowser, openPage } from './browser.ts'

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, javaScriptEnabled: false, hasTouch: true }
const test = testDatabase({ keep: true })
const heard: Incoming[] = []
let answers: Answer[] = []
let problems: string[] = []
let browser: Browser
let pages: Pages
let server: FormServer
beforeAll(async () => {
  browser = await openBrowser()
  await hire(test.db)
  pages = createPages({
    db: test.db,
    policy: () => POLICY,
    async deliver(_, event) {
      heard.push(event)
      return answers.shift() ?? {}
    },
    log: { error: () => {} },
  })
  server = await serveForms({ pages })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  heard.length = 0
  // A browser notes every answer that is not a good one; these are meant.
  expect(problems.splice(0).filter((problem) => !/status of (409|422)/.test(problem))).toEqual([])
})

const WORDS = {
  zh: [
    '顶班申请',
    '按班表计算，节假日不算。',
    '假别',
    '年假',
    '事假',
    '从哪天',
    '几点离开',
    '天数',
    '可以写 0.5',
    '顶班人',
    '事由',
    '证明',
    '提交',
  ],
  en: [
    'Ask for a stand-in',
    'Counted by your roster; holidays are free.',
    'Type',
    'Annual',
    'Personal',
    'First day',
    'Leaving at',
    'Days',
    'Halves are fine: 0.5',
    'Stand-in',
    'Reason',
    'Proof',
    'Send',
  ],
} as const

function asked(words: readonly string[]): Form {
  const [title = '', intro = '', type = '', annual = '', personal = '', from = '', at = '', days = '', half = ''] =
    words
  const [standIn = '', reason = '', proof = '', submit = ''] = words.slice(9)
  return form(
    Ask,
    { requestId: 'R1' },
    {
      title,
      intro,
      fields: [
        {
          kind: 'choice',
          name: 'type',
          label: type,
          options: [
            { value: 'annual', label: annual },
            { value: 'personal', label: personal },
          ],
        },
        { kind: 'date', name: 'from', label: from },
        { kind: 'time', name: 'at', label: at, optional: true },
        { kind: 'number', name: 'days', label: days, hint: half, min: 0.5, max: 30 },
        { kind: 'people', name: 'who', label: standIn, countMax: 2, optional: true },
        { kind: 'longText', name: 'reason', label: reason, charsMax: 200, optional: true },
        { kind: 'file', name: 'proof', label: proof, optional: true, countMax: 3 },
      ],
      submit,
      cancel: 'X',
    },
  )
}

async function link(personId: string, shown: Form): Promise<string> {
  return test.db.transact('people', async (tx) => {
    const person = await peopleFor(tx, POLICY).byId(personId)
    if (!person) throw new Error('nobody')
    const account = personId === AN ? 'U1' : 'U2'
    return (
      (await pages.open(tx, { person, platform: 'slack', account, room: 'C1', roomKind: 'direct', form: shown })) ?? ''
    )
  })
}
async function open(url: string, look: { colorScheme?: 'light' | 'dark'; locale?: string } = {}): Promise<Page> {
  const opened = await openPage(browser, url, { ...PHONE, ...look })
  problems = opened.problems
  return opened.page
}
/** Nothing is wider than the screen, nothing to be touched is smaller than a finger, everything has a name. */
async function expectFitsPhone(page: Page): Promise<void> {
  const boxes = await page.locator('a.button, button, input:not([type=hidden]), select, textarea, label.choice').all()
  for (const box of boxes) {
    const { width = 0, height = 0, x = 0 } = (await box.boundingBox()) ?? {}
    const isInLabel = (await box.locator('xpath=ancestor::label').count()) > 0
    if (!isInLabel) expect(height).toBeGreaterThanOrEqual(44)
    expect(x + width).toBeLessThanOrEqual(390)
  }
  const unnamed = await page.evaluate(
    `[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
       .filter((one) => one.labels.length === 0 && !one.getAttribute('aria-label')).length`,
  )
  expect(unnamed).toBe(0)
}

describe.each([
  ['zh', AN, 'light', '打开表单', '已收到'],
  ['en', BO, 'dark', 'Open the form', 'Received'],
] as const)('in %s', (language, personId, colorScheme, openIt, taken) => {
  it('is opened, corrected, given a file, and sent, by touch, keyboard and screen reader alike', async () => {
    const words = WORDS[language]
    const page = await open(await link(personId, asked(words)), { colorScheme })
    await expectFitsPhone(page)
    await page.getByRole('button', { name: openIt }).tap()
    await page.waitForURL(/\/forms\/p\/[0-9a-f-]{36}$/)
    await page.getByRole('heading', { name: words[0] }).waitFor()
    await expectFitsPhone(page)
    await page.getByText(words[3], { exact: true }).tap()
    await page.getByLabel(words[5]).fill('2026-10-12')
    await page.getByLabel(words[7]).fill('9')
    await page.getByLabel(words[10]).fill('<b>探亲</b>\n两天')
    await page.locator('select').first().selectOption({ label: '陈' })
    await page.locator('input[type=file]').setInputFiles([
      { name: '机票.png', mimeType: 'image/png', buffer: PNG },
      { name: '请柬.jpg', mimeType: 'image/jpeg', buffer: JPEG },
    ])
    answers = [{ errors: { days: 'LEAVE-05: 5', '': 'R1' } }]
    await page.getByRole('button', { name: words[12] }).tap()
    const problem = page.getByRole('alert')
    await problem.waitFor()
    expect(await page.evaluate(`document.activeElement.getAttribute('role')`)).toBe('alert')
    expect(await page.getByLabel(words[7]).getAttribute('aria-invalid')).toBe('true')
    await expectFitsPhone(page)
    await problem.getByRole('link').click()
    expect(await page.evaluate(`document.querySelector(':target').name`)).toBe('days')
    expect(await page.getByLabel(words[10]).inputValue()).toBe('<b>探亲</b>\n两天')
    await page.getByLabel(/请柬\.jpg/).uncheck()
    await page.getByLabel(words[7]).fill('2')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: taken }).waitFor()
    expect(heard.at(-1)).toMatchObject({
      values: { type: 'annual', from: '2026-10-12', days: '2', reason: '<b>探亲</b>\n两天', who: [expect.any(String)] },
      files: [{ name: '机票.png' }],
    })
    await page.reload()
    await page.getByRole('heading', { name: taken }).waitFor()
    expect(heard).toHaveLength(2)
  })
})

describe('two tabs of one page', () => {
  it('are one form: what the first has sent, the second does not send again', async () => {
    const first = await open(await link(BO, asked(WORDS.en)))
    await first.getByRole('button', { name: 'Open the form' }).click()
    const second = await first.context().newPage()
    await second.goto(first.url())
    for (const page of [first, second]) {
      await page.getByText('Annual', { exact: true }).click()
      await page.getByLabel('First day').fill('2026-10-12')
      await page.getByLabel('Days').fill('1')
      await page.getByRole('button', { name: 'Send' }).click()
    }
    await second.getByRole('heading', { name: 'This form was sent already' }).waitFor()
    expect(heard).toHaveLength(1)
  })
})
