/** `npm run test:pages`: the tests that need a browser, run with vitest. */
import { spawnSync } from 'node:child_process'

const { status } = spawnSync('npx', ['vitest', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_ONLY: 'pages' },
})
process.exit(status ?? 1)
