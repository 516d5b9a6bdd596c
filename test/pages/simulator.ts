/** The simulator's page in a real browser, with a department of its own for each test; a page with an error fails its test. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { openBrowser, openPage } from './browser.ts'
import { type Department, openDepartment } from './department.ts'

export interface SimulatorPages {
  readonly department: Department
  /** What went wrong in the page opened last; a test that expects it takes it away. */
  readonly problems: string[]
  /** @param query as `?as=emma` */
  open(query?: string, options?: BrowserContextOptions): Promise<Page>
}

export function simulatorPages(): SimulatorPages {
  let browser: Browser
  let department: Department
  let problems: string[] = []
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    department = await openDepartment()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await department.close()
    expect(problems.splice(0)).toEqual([])
  })
  return {
    get department() {
      return department
    },
    get problems() {
      return problems
    },
    async open(query = '', options = {}) {
      const opened = await openPage(browser, department.url + query, options)
      problems = opened.problems
      await opened.page.locator('.composer').first().waitFor()
      return opened.page
    },
  }
}
