/** No secret reaches the log, whatever an error carries and wherever it stands. */
import { describe, expect, it } from 'vitest'
import { createLog, masked } from '../src/log.ts'

function logged(data: object): string {
  const lines: string[] = []
  createLog('info', { write: (line: string) => void lines.push(line) }).error(data, 'it failed')
  return lines.join('')
}

describe('the log', () => {
  it.each([
    ['a bot token', 'xoxb-123-abcDEF', 'call with xoxb-123-abcDEF failed'],
    ['a rotated bot token', 'xoxe.xoxb-1-Mi0y', 'xoxe.xoxb-1-Mi0y was refused'],
    ['an app token', 'xapp-1-A01-secret', 'connections.open with xapp-1-A01-secret'],
    ['the password of the database', 'hunter2', 'connect postgresql://banzhang:hunter2@db:5432/x failed'],
    ['a bearer header', 'abc.def-ghi', 'authorization: Bearer abc.def-ghi'],
    [
      'an address that carries its own right',
      'T1/B2/xyz',
      'POST https://hooks.slack.com/commands/T1/B2/xyz was refused',
    ],
    ['a token in an address', 's3cr3t', 'GET https://example.com/cgi-bin/send?access_token=s3cr3t&debug=1'],
    ['a secret of an application', 'corp5ecret', 'GET https://example.com/gettoken?corpid=ww1&corpsecret=corp5ecret'],
  ])('masks %s', (_, secret, sentence) => {
    expect(masked(sentence)).not.toContain(secret)
    expect(logged({ err: new Error(sentence) })).not.toContain(secret)
    expect(logged({ detail: sentence })).not.toContain(secret)
    expect(logged({ row: { errors: [{ detail: sentence }] } })).not.toContain(secret)
  })

  it('keeps what helps: the error, its code, its cause, and where it happened', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432', { cause: new Error('the socket') }), {
      code: 'ECONNREFUSED',
    })
    const line = JSON.parse(logged({ err: error, platform: 'slack' }))
    expect(line).toMatchObject({
      level: 50,
      msg: 'it failed',
      platform: 'slack',
      err: {
        type: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:5432',
        code: 'ECONNREFUSED',
        cause: { message: 'the socket' },
      },
    })
    expect(line.err.stack).toContain('log.test.ts')
  })

  it('leaves out the request that an SDK hangs on its error', () => {
    const error = Object.assign(new Error('Request failed'), {
      config: { headers: { Authorization: 'Bearer abc' }, data: 'password=hunter2' },
      original: { request: { token: 'opaque-token' } },
    })
    const line = logged({ err: error })
    for (const secret of ['abc"', 'hunter2', 'opaque-token']) expect(line).not.toContain(secret)
  })

  it('leaves ordinary words as they are', () => {
    for (const words of [
      '请假 3天',
      'the key of the row is c12-abc',
      'https://example.com/slack/events',
      'a bearer of news',
    ])
      expect(masked(words)).toBe(words)
  })
})
