/** Calls an address as fast as it answers, or at a steady pace, and says how long the answers took. */
import http from 'node:http'
import { performance } from 'node:perf_hooks'

export interface Call {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export interface Taken {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly calls: number
  /** How many were acknowledged without the reply, which came later: the handler took longer than the platform waits. */
  readonly late: number
}

/** How an answer must begin for the call to count; anything else ends the bench: a fast refusal is no result. */
export interface Wanted {
  readonly path: string
  readonly port: number
  make(): Call
  accept(status: number, body: string): boolean
}

/** As fast as `connections` at once get their answers, for `ms`. */
export async function flatOut(wanted: Wanted, connections: number, ms: number): Promise<Taken> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const answered: Answered[] = []
  const from = performance.now()
  const until = from + ms
  const worker = async () => {
    while (performance.now() < until) answered.push(await once(agent, wanted))
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const took = performance.now() - from
  agent.destroy()
  return summary(answered, took)
}

/** At a steady pace, whether the ones before were answered or not: waiting in line counts. Goes on until `until` resolves, at least `ms`. */
export async function paced(wanted: Wanted, perSecond: number, ms: number, until?: Promise<unknown>): Promise<Taken> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
  const answered: Answered[] = []
  const open = new Set<Promise<void>>()
  const from = performance.now()
  let over = until === undefined
  let failure: unknown
  const stop = () => {
    over = true
  }
  until?.then(stop, stop)
  for (let count = 0; failure === undefined && (performance.now() - from < ms || !over); count++) {
    const wait = from + (count * 1000) / perSecond - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const call: Promise<void> = once(agent, wanted)
      .then(
        (one) => void answered.push(one),
        (error: unknown) => {
          failure ??= error
        },
      )
      .finally(() => open.delete(call))
    open.add(call)
  }
  await Promise.all(open)
  if (failure !== undefined) throw failure
  const took = performance.now() - from
  agent.destroy()
  return summary(answered, took)
}

function once(agent: http.Agent, { port, path, make, accept }: Wanted): Promise<Answered> {
  const { headers, body } = make()
  const from = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          text += part
        })
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status === 200 && (text === '' || accept(status, text)))
            resolve({ ms: performance.now() - from, late: text === '' })
          else reject(new Error(`answered ${status}: ${text.slice(0, 300)}`))
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

interface Answered {
  readonly ms: number
  readonly late: boolean
}

function summary(answered: readonly Answered[], tookMs: number): Taken {
  const sorted = answered.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  const calls = answered.length
  const late = answered.filter((one) => one.late).length
  return { perSecond: round((calls * 1000) / tookMs), p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), calls, late }
}

export const round = (value: number): number => Math.round(value * 10) / 10
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
