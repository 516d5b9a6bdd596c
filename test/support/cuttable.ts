/** A cable between the product and a database server that can be cut and mended. */
import net from 'node:net'

export interface Cable {
  /** The same database, over the cable. */
  readonly url: string
  /** Breaks every connection; new ones are refused until it is mended. */
  cut(): void
  mend(): void
  /** What the server says does not arrive any more; everything stays open. */
  mute(): void
  close(): Promise<void>
}

export async function cable(to: string): Promise<Cable> {
  const there = new URL(to)
  const ends = new Set<net.Socket>()
  const servers = new Set<net.Socket>()
  let isCut = false
  const server = net.createServer((near) => {
    if (isCut) return void near.destroy()
    const far = net.connect(Number(there.port), there.hostname)
    servers.add(far)
    far.on('close', () => servers.delete(far))
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.pipe(other)
      end.on('error', () => {})
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = new URL(to)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)
  const breakAll = () => {
    for (const end of ends) end.destroy()
  }
  return {
    url: url.href,
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    mute() {
      for (const server of servers) server.unpipe()
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        breakAll()
      }),
  }
}
