/** The files that are put in force: what is not what it is taken for is refused, not guessed. */
import { expect, it } from 'vitest'
import { ConfigError } from '../src/core/errors.ts'
import { asText } from '../src/files.ts'

it('a text file in another encoding is refused, so that no name becomes �', () => {
  // “安然” as an editor on Chinese Windows may save it.
  const name = Buffer.from('b0b2c8bb', 'hex')
  const gbk = Buffer.concat([Buffer.from('name: '), name])
  expect(() => asText({ name: 'people.yaml', bytes: gbk })).toThrow(
    new ConfigError(['people.yaml: this is not UTF-8: save it in your editor with the encoding UTF-8']),
  )
  expect(asText({ name: 'people.yaml', bytes: Buffer.from('\uFEFFname: 安然') }).text).toBe('name: 安然')
})
