import { defineConfig } from 'vitest/config'

/** `TEST_ONLY=pages`: what needs a browser. `TEST_ONLY=canary`: the test that must fail, so that CI knows that failing is seen. */
const only = process.env['TEST_ONLY']
const INCLUDE: Readonly<Record<string, string[]>> = {
  pages: ['test/**/*.page.test.ts'],
  canary: ['test/support/canary.ts'],
}

export default defineConfig({
  test: {
    include: INCLUDE[only ?? ''] ?? ['test/**/*.test.ts'],
    exclude: only === 'pages' ? [] : ['test/**/*.page.test.ts'],
    globalSetup: ['test/support/global-database.ts'],
    setupFiles: ['test/support/no-silent-errors.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Modules are loaded once a worker, not once a file: nothing of ours keeps state in a module (a house rule), and it saves a third.
    isolate: false,
  },
})
