/** Starts what is measured as a process of its own, waits until it is ready, and ends it by its own id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { freePort } from '../../test/support/postgres.ts'

export const ROOT = path.resolve(import.meta.dirname, '../..')

export interface Running {
  readonly port: number
  readonly pid: number
  /** From the start of the process to the first time it said that it is ready. */
  readonly readyMs: number
  /** Resident memory now, in MB. */
  memoryMb(): number
  stop(): Promise<void>
}

/** The flags of `npm start`: the bench measures what people run. */
export function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  return scripts.start.split(' ').slice(1, -1)
}

/** @param entry a file from the root, as `bin/serve.ts` */
export async function start(entry: string, env: Readonly<Record<string, string>>, ready = '/readyz'): Promise<Running> {
  const port = await freePort()
  const from = performance.now()
  const child = spawn(process.execPath, [...startFlags(), path.join(ROOT, entry)], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'error', ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    said += data
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${entry} ended with ${child.exitCode}: ${said}`)
    if (await answers(port, ready)) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    port,
    pid: child.pid ?? 0,
    readyMs: Math.round(performance.now() - from),
    memoryMb: () => residentMb(child.pid ?? 0),
    async stop() {
      await ended(child)
      if (said.includes('"level":50')) throw new Error(`${entry} logged an error: ${said.slice(0, 2000)}`)
    },
  }
}

function answers(port: number, at: string): Promise<boolean> {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path: at }, (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      })
      .on('error', () => resolve(false))
  })
}

/** Of the process alone; tsx keeps a small compiler beside it. */
function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kb) / 1024)
}

async function ended(child: ChildProcess) {
  if (child.exitCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(timer)
}
