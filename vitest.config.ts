import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [process.env['TEST_PAGES'] ? 'test/**/*.page.test.ts' : 'test/**/*.test.ts'],
    exclude: process.env['TEST_PAGES'] ? [] : ['test/**/*.page.test.ts'],
    globalSetup: ['test/support/global-database.ts'],
    setupFiles: ['test/support/no-silent-errors.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
