/** What is put on other people's machines starts what `npm start` starts, and is watched by numbers that exist. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { App } from '../../src/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { measuresOf } from '../../src/measures.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts

describe('the service and the container', () => {
  it('start what npm start starts, with the same flags, and without npm between them and the signal to stop', () => {
    const started = scripts['start'] ?? ''
    expect(/^ExecStart=\/usr\/bin\/(.*)$/m.exec(read('deploy/banzhang.service'))?.[1]).toBe(started)
    const command = /^CMD (\[.*\])$/m.exec(read('deploy/Dockerfile'))?.[1] ?? ''
    expect((JSON.parse(command) as string[]).join(' ')).toBe(started)
  })

  it('give it as long to drain as the guide says', () => {
    const seconds = '60'
    expect(read('deploy/banzhang.service')).toContain(`TimeoutStopSec=${seconds}`)
    expect(read('docs/operations.md')).toContain(`up to ${seconds} seconds`)
    const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as {
      services: Record<string, { stop_grace_period?: string; build?: { dockerfile: string } }>
    }
    for (const name of ['first', 'second'])
      expect(services[name]).toMatchObject({
        stop_grace_period: `${seconds}s`,
        build: { dockerfile: 'deploy/Dockerfile' },
      })
  })

  it('ask for settings that exist, and compose for none that its example leaves out', () => {
    const named = (text: string) => [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
    const known = named(read('.env.example'))
    const given = named(read('deploy/compose.env.example'))
    expect(given.filter((name) => !known.includes(name))).toEqual(['POSTGRES_PASSWORD'])
    for (const [, name] of read('deploy/compose.yaml').matchAll(/\$\{([A-Z_]+)/g)) expect(given).toContain(name)
  })

  it('keep what is private out of the image', () => {
    const left = read('.dockerignore').split('\n')
    for (const name of ['.env', 'data', '.git', 'node_modules', 'src/engine/db/generated']) expect(left).toContain(name)
    // What the guides let an administrator write into the folder that is built from.
    for (const name of ['deploy/compose.env', 'deploy/department', 'policy.yaml', 'people.*', '*.banzhang.gz'])
      expect(left).toContain(name)
    for (const name of ['.env', 'deploy/compose.env', 'deploy/department/'])
      expect(read('.gitignore').split('\n')).toContain(name)
  })
})

describe('what the operations guide watches', () => {
  it('is told without what the database would say when that is gone', async () => {
    const gone = async (): Promise<never> => Promise.reject(new Error('Connection terminated'))
    const metrics = createMetrics([
      { name: 'rows', help: 'Rows', label: 'queue', read: gone },
      { name: 'alerts_open', help: 'Alerts', label: 'kind', read: async () => ({ 'jobs.failed': 1 }) },
    ])
    const { text } = await metrics.render()
    expect(text).toContain('banzhang_alerts_open{kind="jobs.failed"} 1')
    expect(text).not.toMatch(/^banzhang_rows\{/m)
  })

  it.each(['docs/operations.md', 'docs/operations.zh-CN.md'])('is among the metrics: %s', async (file) => {
    const app = {
      rows: async () => ({ 'inbox parked': 1 }),
      overdueSeconds: async () => ({ jobs: 0 }),
      openAlerts: async () => ({ 'jobs.failed': 0 }),
      newestBackupAt: async () => 0,
    } as unknown as App
    const health = () => ({ ok: true, detail: '', since: 0 })
    const metrics = createMetrics(measuresOf(app, [{ name: 'slack', health }] as never))
    metrics.calls.inc({ platform: 'slack', outcome: 'not-authentic' })
    metrics.answerSeconds.observe({ platform: 'slack' }, 0.1)
    const { text } = await metrics.render()
    const watched = [...read(file).matchAll(/banzhang_[a-z_]+/g)].map(([name]) => name)
    expect(watched.length).toBeGreaterThanOrEqual(6)
    for (const name of watched) expect(text, name).toMatch(new RegExp(`^${name}\\{`, 'm'))
  })
})
