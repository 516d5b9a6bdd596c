/** The Slack of the bench: signed slash commands in, and a Web API that takes whatever is sent. */
import { createHmac, randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { realNow } from '../../src/core/clock.ts'
import type { Call } from './load.ts'

export const SECRET = 'bench-signing-secret'
export const TOKEN = 'xoxb-bench'

/** `/timeoff` with `text`, said by `user`, signed now. Every call is a new delivery. */
export function slashCommand(user: string, text: string): Call {
  const body = new URLSearchParams({
    token: 'unused',
    team_id: 'T1',
    team_domain: 'bench',
    channel_id: `D${user}`,
    channel_name: 'directmessage',
    user_id: user,
    user_name: user.toLowerCase(),
    command: '/timeoff',
    text,
    api_app_id: 'A1',
    trigger_id: randomUUID(),
    response_url: 'http://127.0.0.1:9/response',
  }).toString()
  const timestamp = String(Math.floor(realNow() / 1000))
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body,
  }
}

/** Answers every method with success. @returns its address and how often it was called */
export async function webApi(): Promise<{ url: string; calls(): number; close(): Promise<void> }> {
  let calls = 0
  const server = http.createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      calls++
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          ok: true,
          ts: `${calls}.000100`,
          channel: 'C1',
          user_id: 'UBOT',
          bot_id: 'BBOT',
          team_id: 'T1',
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/api/`,
    calls: () => calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
