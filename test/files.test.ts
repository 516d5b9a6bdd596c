/** The files that are put in force: what is not what it is taken for is refused, not guessed. */
import { expect, it } from 'vitest'
import { ConfigError } from '../src/core/errors.ts'
import { type Workshop, WorkshopError } from '../src/engine/workshop/workshop.ts'
import { asText, binaryFile, checkedTable } from '../src/files.ts'

it('a text file in another encoding is refused, so that no name becomes �', () => {
  // “安然” as an editor on Chinese Windows may save it.
  const name = Buffer.from('b0b2c8bb', 'hex')
  const gbk = Buffer.concat([Buffer.from('name: '), name])
  expect(() => asText({ name: 'people.yaml', bytes: gbk })).toThrow(
    new ConfigError(['people.yaml: this is not UTF-8: save it in your editor with the encoding UTF-8']),
  )
  expect(asText({ name: 'people.yaml', bytes: Buffer.from('\uFEFFname: 安然') }).text).toBe('name: 安然')
})

it('a table over which the workshop died is refused by name with a way out, and what is our own fault is not hidden so', async () => {
  const workshopThat = (error: Error) => ({ readTable: () => Promise.reject(error) }) as unknown as Workshop
  const file = { name: 'people.xlsx', bytes: new Uint8Array() }
  await expect(
    checkedTable(file, workshopThat(new WorkshopError('readTable took longer than 60000 ms'))),
  ).rejects.toThrow(
    new ConfigError([
      'people.xlsx: reading it was given up (readTable took longer than 60000 ms). Keep nothing but the table in it, without pictures, other sheets and empty rows with formats, or split it into smaller files',
    ]),
  )
  const own = new TypeError('ours')
  await expect(checkedTable(file, workshopThat(own))).rejects.toBe(own)
})

it('a file that cannot be read is named with the reason and the way out, and ends no start with a stack', async () => {
  await expect(binaryFile('no-such-people.yaml')).rejects.toThrow(
    new ConfigError([
      'no-such-people.yaml cannot be read (ENOENT): look whether it is there, and let the user that runs Banzhang read it (chown, chmod)',
    ]),
  )
})
