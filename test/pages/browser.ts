/** A real browser for page tests, and pages that fail their test when a script fails. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const LAUNCH = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium from the variable `CHROMIUM`, or where Debian puts it. Throws when there is none, saying how to get it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new Error(
      `There is no browser at ${executablePath}: apt-get install chromium fonts-noto-cjk, or set CHROMIUM`,
    )
  return chromium.launch({ executablePath, args: LAUNCH })
}

export interface OpenPage {
  readonly page: Page
  /** What went wrong in the page so far: exceptions, and errors in its console. */
  readonly problems: string[]
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(8_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  await page.goto(url)
  return { page, problems }
}
