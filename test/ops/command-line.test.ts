/** The words of a shell: commands are found, slips are answered, and nothing runs that was not asked for rightly. */
import { describe, expect, it } from 'vitest'
import { readCommandLine } from '../../src/ops/command-line.ts'
import { COMMANDS } from '../../src/ops/commands.ts'

const read = (...argv: string[]) => {
  const asked = readCommandLine(argv, COMMANDS)
  return 'command' in asked
    ? { runs: asked.command.name, values: asked.values }
    : { out: asked.output, err: asked.errors ?? '', code: asked.exitCode }
}

describe('the command line', () => {
  it.each([
    [['people', 'import', 'people.yaml'], 'people import', { FILE: 'people.yaml' }],
    [['people', 'import', '--apply', 'people.yaml'], 'people import', { FILE: 'people.yaml', apply: 'yes' }],
    [['policy', 'check'], 'policy check', {}],
    [['policy', 'explain', 'leave', '--person=S3'], 'policy explain', { SECTION: 'leave', person: 'S3' }],
    [['understand', '--as', 'S3', '--json'], 'understand', { as: 'S3', json: 'yes' }],
    [['people', 'link', 'S3', 'slack', 'U9'], 'people link', { STAFFNO: 'S3', PLATFORM: 'slack', ACCOUNT: 'U9' }],
  ])('reads %j', (argv, name, values) => {
    expect(read(...argv)).toEqual({ runs: name, values })
  })

  it.each([
    [['polciy', 'check'], /unknown command 'polciy'[\s\S]*Did you mean policy\?/],
    [['jobs', 'lst'], /unknown command 'lst'[\s\S]*Did you mean list\?/],
    [['people', 'import', 'p.yaml', '--aply'], /unknown option '--aply'[\s\S]*Did you mean --apply\?/],
    [['people', 'import'], /missing required argument 'FILE'/],
    [['understand'], /required option '--as <STAFFNO>'/],
    [['jobs', 'list', 'all'], /too many arguments/],
    [['jobs'], /Usage: banzhang jobs/],
    [[], /Usage: banzhang/],
  ])('refuses %j and says what to write', (argv, complaint) => {
    const answer = read(...argv)
    expect(answer).toMatchObject({ out: '', code: 2 })
    expect(answer.err).toMatch(complaint)
  })

  it('shows every command and every option in its help', () => {
    for (const { name, about, options = [], arguments: args = [] } of COMMANDS) {
      const help = read(...name.split(' '), '--help')
      const words = (help.out ?? '').replaceAll(/\s+/g, ' ')
      expect(help, name).toMatchObject({ code: 0, err: '' })
      expect(words).toContain(about)
      for (const option of options) expect(words).toContain(`--${option.name}`)
      for (const argument of args) expect(words).toContain(argument.about)
    }
  })

  it('has every command once', () => {
    const names = COMMANDS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
