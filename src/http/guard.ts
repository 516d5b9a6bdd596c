/** Who may see what is for this machine alone: peer and Host both loopback, and nobody forwarded the call. */
import { timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'

export type Env = { Bindings: HttpBindings }

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
]

export function isLocal(c: Context<Env>): boolean {
  const peer = c.env.incoming.socket.remoteAddress ?? ''
  const host = (c.req.header('host') ?? '').replace(/:\d+$/, '')
  return isLoopbackAddress(peer) && isLoopbackName(host) && FORWARDED.every((name) => c.req.header(name) === undefined)
}

/** 404 and not 403: from outside these pages do not exist. */
export const onlyLocal: MiddlewareHandler<Env> = async (c, next): Promise<Response | undefined> => {
  if (!isLocal(c)) return c.text('Not found', 404)
  await next()
  return undefined
}

/** The bearer token of `OPS_TOKEN`, compared in constant time; false when none is set. */
export function hasToken(c: Context<Env>, token: string | undefined): boolean {
  const given = Buffer.from(c.req.header('authorization') ?? '')
  const wanted = Buffer.from(`Bearer ${token ?? ''}`)
  return token !== undefined && given.length === wanted.length && timingSafeEqual(given, wanted)
}

const isLoopbackAddress = (address: string): boolean =>
  /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1'
const isLoopbackName = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
