/** The product's real HTTP server, before one platform of a story. */
import type { Log } from '../../src/core/log.ts'
import type { Platform, RawRequest } from '../../src/core/platform.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createServer } from '../../src/http/server.ts'
import type { Backstage } from './stage.ts'

export interface PlatformServer {
  readonly port: number
  /** A call of the platform, through the network. Aborting breaks the connection off. */
  call(request: RawRequest, signal?: AbortSignal): Promise<{ status: number; body: string }>
  close(): Promise<void>
}

export async function platformServer(
  platform: Platform,
  { deliver, replied }: Backstage & { replied(keys: readonly string[], left: boolean): Promise<void> },
  log: Log,
): Promise<PlatformServer> {
  const server = createServer({
    platforms: [platform],
    deliver: (_, event) => deliver(event),
    replied,
    readiness: async () => ({ ready: true, parts: [] }),
    metrics: createMetrics(),
    opsToken: undefined,
    local: {},
    rehearsal: undefined,
    log,
  })
  const port = await server.listen('127.0.0.1', 0)
  return {
    port,
    async call({ method, url, headers, body }, signal) {
      const response = await fetch(`http://127.0.0.1:${port}${url}`, {
        method,
        headers: { ...headers, connection: 'close' },
        body: Buffer.from(body),
        ...(signal ? { signal } : {}),
      })
      return { status: response.status, body: await response.text() }
    },
    close: () => server.close(),
  }
}
