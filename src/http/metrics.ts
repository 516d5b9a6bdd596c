/** Counters for the one who runs it; every name begins with banzhang_. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly calls: Counter<'platform' | 'outcome'>
  readonly answerSeconds: Histogram<'platform'>
  render(): Promise<{ type: string; text: string }>
}

/** @param rows how many rows there are by queue and state (`outbox dead`), counted whenever the metrics are read */
export function createMetrics(rows: () => Promise<Readonly<Record<string, number>>> = async () => ({})): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'banzhang_' })
  const calls = new Counter({
    name: 'banzhang_calls_total',
    help: 'Inbound calls by platform and outcome (ok, not-authentic, malformed, too-large, failed).',
    labelNames: ['platform', 'outcome'] as const,
    registers: [registry],
  })
  const answerSeconds = new Histogram({
    name: 'banzhang_answer_seconds',
    help: 'From the arrival of a call to its answer.',
    labelNames: ['platform'] as const,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  new Gauge({
    name: 'banzhang_rows',
    help: 'Rows by queue and state: what waits, and what needs attention (dead, unknown, failed, parked).',
    labelNames: ['queue'] as const,
    registers: [registry],
    async collect() {
      this.reset()
      for (const [queue, count] of Object.entries(await rows())) this.set({ queue }, count)
    },
  })
  return {
    calls,
    answerSeconds,
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
