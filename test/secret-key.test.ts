/** The key of form pages: what is set holds, else one is made once and stays. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretKeyOf } from '../src/secret-key.ts'

const UNSET = { secretKey: undefined }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'secret-key-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the secret key', () => {
  it('is the one that is set, and then no file is made', async () => {
    expect(await secretKeyOf({ secretKey: 'k'.repeat(32) }, folder)).toBe('k'.repeat(32))
    await expect(stat(path.join(folder, 'secret.key'))).rejects.toThrow('ENOENT')
  })

  it('is made once, readable by nobody else, and the same after every start, also of two processes at once', async () => {
    const data = path.join(folder, 'data')
    const [one, other] = await Promise.all([secretKeyOf(UNSET, data), secretKeyOf(UNSET, data)])
    expect(one).toMatch(/^[\w-]{43}$/)
    expect(other).toBe(one)
    expect(await secretKeyOf(UNSET, data)).toBe(one)
    expect((await readFile(path.join(data, 'secret.key'), 'utf8')).trim()).toBe(one)
    expect((await stat(path.join(data, 'secret.key'))).mode & 0o777).toBe(0o600)
  })

  it('that was cut short is refused by name, and never replaced in silence', async () => {
    await writeFile(path.join(folder, 'secret.key'), 'short')
    await expect(secretKeyOf(UNSET, folder)).rejects.toThrow(/secret\.key holds 5 characters.*delete the file/)
  })
})
