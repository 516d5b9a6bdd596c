/** One process on an embedded folder: a second is refused, a dead one's place is taken by exactly one. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/core/errors.ts'
import { askFolder, type FolderLock, lockFolder } from '../../../src/engine/db/folder-lock.ts'

let folder = ''
const locks: FolderLock[] = []
const lock = async () => {
  const taken = await lockFolder(folder)
  locks.push(taken)
  return taken
}
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-'))
})
afterEach(async () => {
  for (const taken of locks.splice(0)) await taken.release()
  await rm(folder, { recursive: true, force: true })
})
const socket = () => path.join(folder, 'lock.sock')

/** A process that listened there and was killed: its socket lies about and nobody answers. */
async function leaveDeadSocket() {
  const script = `require('node:net').createServer().listen(${JSON.stringify(socket())}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', script])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  expect((await stat(socket())).isSocket()).toBe(true)
}

describe('the lock of a folder', () => {
  it('refuses the second process, names the first, and says what to do', async () => {
    await lock()
    const second = await lockFolder(folder).catch((error: unknown) => error)
    expect(second).toBeInstanceOf(ConfigError)
    expect((second as ConfigError).problems).toEqual([
      expect.stringMatching(new RegExp(`is in use by \\S+ pid ${process.pid}\\. .*choose another DATA_DIR`)),
    ])
  })

  it('can be reached by its owner alone', async () => {
    await lock()
    expect((await stat(socket())).mode & 0o777).toBe(0o600)
  })

  it('is free again when it was given back', async () => {
    await (await lockFolder(folder)).release()
    expect(await askFolder(folder, 'who')).toBeUndefined()
    await lock()
  })

  it('of a killed process is taken over', async () => {
    await leaveDeadSocket()
    await lock()
    expect(await askFolder(folder, 'who')).toContain(`pid ${process.pid}`)
  })

  it('of a killed process is taken over by one of many who come at once, and it stays with that one', async () => {
    await leaveDeadSocket()
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => lock()))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(lockFolder(folder)).rejects.toThrow(ConfigError)
  })

  it('takes commands when it is told how, and still says whose it is', async () => {
    const taken = await lock()
    expect(await askFolder(folder, 'jobs list')).toContain(`pid ${process.pid}`)
    taken.serve(async (request, reply) => reply(`did ${request.trim()}`))
    expect(await askFolder(folder, 'jobs list')).toBe('did jobs list')
    expect(await askFolder(folder, 'who')).toContain(`pid ${process.pid}`)
  })
})
