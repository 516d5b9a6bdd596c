/** The small machine: start-up, memory at rest and commands a second on the embedded database. */
import path from 'node:path'
import { peopleFile, settings } from '../support/department.ts'
import { flatOut, median } from '../support/load.ts'
import type { Bench } from '../support/part.ts'
import { start } from '../support/process.ts'
import { webApi } from '../support/slack.ts'
import { asking } from './commands.ts'

const STARTS = 3
/** At rest: long enough for what the start left behind to be collected. */
const REST_MS = 20_000

export async function embedded({ folder, secondsEach }: Bench) {
  const demonstration = { DATA_DIR: path.join(folder, 'demonstration') }
  const first = await start('bin/serve.ts', demonstration)
  await first.stop()
  const starts: number[] = []
  let memoryMbAtRest = 0
  for (let turn = 0; turn < STARTS; turn++) {
    const again = await start('bin/serve.ts', demonstration)
    starts.push(again.readyMs)
    if (turn === STARTS - 1) {
      await new Promise((resolve) => setTimeout(resolve, REST_MS))
      memoryMbAtRest = again.memoryMb()
    }
    await again.stop()
  }
  const slack = await webApi()
  const running = await start('bin/serve.ts', settings(path.join(folder, 'small'), peopleFile(folder, 200), slack.url))
  try {
    const to = asking(running.port)
    await flatOut(to, 4, 2_000)
    const speed = await flatOut(to, 4, secondsEach * 1000)
    return {
      firstReadyMs: first.readyMs,
      readyMs: { median: median(starts), runs: starts, target: 'at most 3000' },
      memoryMbAtRest: { simulatorAlone: memoryMbAtRest, target: 'at most 300' },
      commands: { ...speed, target: 'at least 60 a second' },
    }
  } finally {
    await running.stop()
    await slack.close()
  }
}
