/** The server's socket: for its owner alone, patient with what it cannot read, and one process holds the folder. */
import { statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/core/errors.ts'
import { askFolder, lockFolder, REQUEST_CHARS_MAX } from '../../src/engine/db/folder-lock.ts'
import { FILE_BYTES_MAX } from '../../src/ops/command.ts'
import { askServer } from '../../src/ops/server.ts'
import { department } from './support.ts'

const request = { command: 'jobs list', values: {}, files: {}, stdin: '' }

describe('a running server', () => {
  const here = department('a running server')

  it('listens where only its owner may speak', () => {
    const { mode } = statSync(path.join(here.folder, 'lock.sock'))
    expect((mode & 0o777).toString(8)).toBe('600')
  })

  it('keeps a second process from the folder, and names itself', async () => {
    const second = lockFolder(here.folder)
    await expect(second).rejects.toThrow(ConfigError)
    await expect(second).rejects.toThrow(new RegExp(`in use by .* pid ${process.pid}\\. Two processes`))
  })

  it.each([
    'nonsense',
    '{"command":"jobs list"}',
    '{"command":"jobs list","values":{"limit":3},"files":{},"stdin":""}',
  ])('answers a request that is none: %s', async (text) => {
    expect(JSON.parse((await askFolder(here.folder, text)) ?? '')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('could not read'),
    })
    expect(await askServer(here.folder, request)).toMatchObject({ exitCode: 0 })
  })

  it('says so when it does not know a command of a newer command line', async () => {
    const answer = await askServer(here.folder, { ...request, command: 'stars count' })
    expect(answer).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('does not know the command stars count'),
    })
  })

  it('takes a large people file in one request', async () => {
    const file = Buffer.from(`people: []\n${`# ${'人'.repeat(98)}\n`.repeat(17_000)}`)
    expect(file.length).toBeGreaterThan(0.95 * FILE_BYTES_MAX)
    const bytes = { FILE: { name: 'many.yaml', base64: file.toString('base64') } }
    const answer = await askServer(here.folder, { ...request, command: 'people import', bytes })
    expect(answer).toMatchObject({ exitCode: 0, output: expect.stringContaining('Left (4)') })
  })

  it('is not even asked with more than it takes', async () => {
    const answer = await askServer(here.folder, { ...request, stdin: 'x'.repeat(REQUEST_CHARS_MAX) })
    expect(answer).toMatchObject({ exitCode: 1, errors: expect.stringContaining('ask in parts') })
  })

  it('answers two commands at once', async () => {
    const answers = await Promise.all([here.ops('jobs list'), here.ops('preview'), here.ops('audit verify')])
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
  })
})

describe('a folder that is held by a process which takes no commands', () => {
  const here = department('its own process')

  it('is left alone', async () => {
    expect(await askServer(here.folder, request)).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('takes no commands now'),
    })
  })
})

describe('a folder that nobody holds', () => {
  const here = department('its own process')

  it('is not taken for a server', async () => {
    expect(await askServer(path.join(here.folder, 'elsewhere'), request)).toBeUndefined()
  })
})
