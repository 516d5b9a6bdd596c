/** Counters for the one who runs it; every name begins with banzhang_. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly calls: Counter<'platform' | 'outcome'>
  readonly answerSeconds: Histogram<'platform'>
  render(): Promise<{ type: string; text: string }>
}

/** One gauge, read whenever the metrics are read. */
export interface Reading {
  /** Without the prefix: `rows`. */
  readonly name: string
  readonly help: string
  /** The name of its one label. */
  readonly label: string
  /** By the label's value. When it throws, the gauge is absent. */
  read(): Promise<Readonly<Record<string, number>>>
}

export function createMetrics(readings: readonly Reading[] = []): Metrics {
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
  for (const { name, help, label, read } of readings)
    new Gauge({
      name: `banzhang_${name}`,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        this.reset()
        // While the database is gone everything else is still told: the process itself is up.
        const found = await read().catch((): Readonly<Record<string, number>> => ({}))
        for (const [value, count] of Object.entries(found)) this.set({ [label]: value }, count)
      },
    })
  return {
    calls,
    answerSeconds,
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
