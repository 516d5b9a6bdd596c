/** The command line as a process of its own: it finds the server that holds the data, or opens the data as a start does. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { query } from '../support/global-database.ts'
import { department } from './support.ts'

/** Starting Node, a compiler and a database; a busy machine takes its time. */
const PATIENCE_MS = 150_000
const LAUNCHER = fileURLToPath(new URL('../../bin/banzhang.mjs', import.meta.url))

let home = ''
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'banzhang-ops-home-'))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

function banzhang(words: string, env: Readonly<Record<string, string>> = {}, stdin = '') {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...words.split(' ')], {
      cwd: home,
      env: { PATH: process.env['PATH'], DATA_DIR: 'data', ...env },
    })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      out += data
    })
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      err += data
    })
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }))
    child.stdin.end(stdin)
  })
}

describe('the command line as a process', () => {
  it(
    'opens the data itself when no server holds it, keeps what it changed, and lets go of it',
    async () => {
      const first = await banzhang('people link YS006 slack U6')
      expect(first).toEqual({ code: 0, out: 'slack U6 now belongs to YS006 安然.\n', err: '' })
      // The second does not import the demonstration's people again: that is what a start does.
      // What it wrote over could be read by everybody; what holds the data can be entered by its owner alone.
      writeFileSync(path.join(home, 'people.yaml'), '', { mode: 0o644 })
      expect((statSync(path.join(home, 'data', 'db')).mode & 0o777).toString(8)).toBe('700')
      const second = await banzhang('people export --out people.yaml')
      expect(second).toEqual({ code: 0, out: 'Written to people.yaml.\n', err: '' })
      expect(readFileSync(path.join(home, 'people.yaml'), 'utf8')).toMatch(/slack: U6\n/)
      expect((statSync(path.join(home, 'people.yaml')).mode & 0o777).toString(8)).toBe('600')
    },
    PATIENCE_MS,
  )

  it(
    'answers wrong words without touching anything',
    async () => {
      const { code, out, err } = await banzhang('polcy check')
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain('Did you mean policy?')
      expect(() => statSync(path.join(home, 'data'))).toThrow('ENOENT')
    },
    PATIENCE_MS,
  )

  it(
    'names what is missing in a configuration of half a platform',
    async () => {
      const { code, out, err } = await banzhang('jobs list', { SLACK_BOT_TOKEN: 'xoxb-1' })
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(/^SLACK_SIGNING_SECRET is missing/)
    },
    PATIENCE_MS,
  )
})

describe('the command line beside a running server', () => {
  const here = department('a running server')

  it(
    'has the server carry it out, with the files and the words of its own folder',
    async () => {
      const env = { DATA_DIR: here.folder }
      const heard = await banzhang('understand --as S3 --json', env, '明天请两天事假\n')
      expect(heard).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(heard.out)).toMatchObject({ command: 'leave.request', facts: { minutes: 960 } })
      writeFileSync(path.join(home, 'mine.yaml'), 'people:\n  - { staffNo: S1, name: 高远, department: moon }\n')
      const imported = await banzhang('people import mine.yaml --apply', env)
      expect(imported).toMatchObject({ code: 1, out: '' })
      expect(imported.err).toMatch(/^mine\.yaml:2:\d+ .*"moon" is no department/)
    },
    PATIENCE_MS,
  )
})

describe('the command line beside a process that takes no commands', () => {
  const here = department('its own process')

  it(
    'leaves the folder alone',
    async () => {
      const { code, err } = await banzhang('jobs list', { DATA_DIR: here.folder })
      expect(code).toBe(1)
      expect(err).toContain('takes no commands now')
    },
    PATIENCE_MS,
  )
})

describe('the command line on a database server', () => {
  const template = inject('template')

  it.skipIf(template.kind === 'embedded')(
    'connects like any process',
    async () => {
      if (template.kind === 'embedded') return
      await query(
        `${template.url}postgres`,
        'CREATE DATABASE ops_process TEMPLATE template_banzhang STRATEGY file_copy',
      )
      const { code, out } = await banzhang('people link YS006 slack U6', { DATABASE_URL: `${template.url}ops_process` })
      expect({ code, out }).toEqual({ code: 0, out: 'slack U6 now belongs to YS006 安然.\n' })
      expect((await banzhang('people export', { DATABASE_URL: `${template.url}ops_process` })).out).toContain(
        'slack: U6',
      )
    },
    PATIENCE_MS,
  )
})
