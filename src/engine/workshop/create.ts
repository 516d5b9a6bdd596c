/** Opens the workshop: at most one worker, started by the first task, gone when it has been idle. */
import { Tinypool } from 'tinypool'
import type { Tasks } from './tasks.ts'
import { TASK_MS_MAX, type Workshop, WorkshopError } from './workshop.ts'

/** Then its memory is given back (some 150 MB after a chart). */
const IDLE_MS = 20_000
/** Tasks that may wait; a queue that long is a fault elsewhere. */
const WAITING_MAX = 100
/** V8's heap of the worker: a table of the largest size fits. */
const HEAP_MB_MAX = 768

export interface WorkshopOptions {
  /** Default {@link TASK_MS_MAX}. */
  readonly taskMsMax?: number
  /** Default {@link HEAP_MB_MAX}. */
  readonly heapMbMax?: number
}

export function createWorkshop({ taskMsMax = TASK_MS_MAX, heapMbMax = HEAP_MB_MAX }: WorkshopOptions = {}): Workshop {
  let pool: Tinypool | undefined
  let closed = false
  /** Gives up the task in hand. */
  let giveUp: (error: WorkshopError) => void = () => {}
  /** One after the other, and the time of each counts from its own beginning. */
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const open = (): Tinypool => {
    if (pool) return pool
    pool = new Tinypool({
      filename: new URL('./worker.mjs', import.meta.url).href,
      name: 'work',
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      // Those of the main thread (--import tsx, V8 flags) are not a worker's.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
      // A thread that waits on Atomics hears nothing else.
      useAtomics: false,
    })
    // A worker that cannot even begin has no task yet that could be told.
    pool.on('error', (error) => giveUp(new WorkshopError(`the worker could not begin: ${String(error)}`)))
    return pool
  }
  async function perform(task: string, given: unknown): Promise<unknown> {
    if (closed) throw new WorkshopError(`${task}: the workshop is closed`)
    const stop = new AbortController()
    let givenUp: WorkshopError | undefined
    giveUp = (error) => {
      givenUp = error
      stop.abort()
    }
    // It also keeps the process alive until the worker has begun.
    const timer = setTimeout(
      () => giveUp(new WorkshopError(`${task} took longer than ${taskMsMax} ms and was given up`)),
      taskMsMax,
    )
    try {
      return await open().run({ task, given }, { signal: stop.signal })
    } catch (error) {
      if (givenUp) throw givenUp
      throw isDeath(error) ? new WorkshopError(`${task}: the worker died over it: ${String(error)}`) : error
    } finally {
      clearTimeout(timer)
    }
  }
  async function run<T extends keyof Tasks>(
    task: T,
    given: Parameters<Tasks[T]>[0],
  ): Promise<Awaited<ReturnType<Tasks[T]>>> {
    if (waiting >= WAITING_MAX) throw new WorkshopError(`${task}: ${WAITING_MAX} tasks wait already`)
    waiting += 1
    const turn = last.then(() => perform(task, given))
    last = turn.catch(() => {})
    return turn.finally(() => {
      waiting -= 1
    }) as Promise<Awaited<ReturnType<Tasks[T]>>>
  }
  return {
    readTable: (file, options = {}) => run('readTable', { file, options }),
    writeSheet: (workbook) => run('writeSheet', workbook),
    writeCsv: (sheet) => run('writeCsv', sheet),
    drawChart: (chart) => run('drawChart', chart),
    sha256: (bytes) => run('sha256', bytes),
    async close() {
      closed = true
      await pool?.destroy()
      await last
    },
  }
}

/** Out of memory, or ended from outside; everything else is the task's own error. */
function isDeath(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || message === 'Terminating worker thread'
}
