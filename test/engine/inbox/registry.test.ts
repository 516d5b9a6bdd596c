/** What features declare is found by name, and a name that is used twice stops the start. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '../../../src/core/contract.ts'
import { action, command, defineFeature, formHandler, job } from '../../../src/engine/feature.ts'
import { momentOf, registryOf, vocabularyOf } from '../../../src/engine/inbox/registry.ts'
import { testDatabase } from '../../support/database.ts'
import { stand } from './support.ts'

const thing = contract('a.thing', z.strictObject({}))
const parts = {
  commands: [
    command({
      id: 'a.thing',
      names: { en: ['thing'], zh: ['东西'] },
      permission: 'a.thing',
      args: {},
      help: { line: () => 'a thing', examples: { en: ['thing'], 'zh-CN': ['东西'] } },
      run: async () => ({}),
    }),
  ],
  actions: [action({ on: thing, permission: 'a.thing', run: async () => ({}) })],
  forms: [formHandler({ on: thing, permission: 'a.thing', run: async () => ({}) })],
  jobs: [job({ on: thing, title: { 'zh-CN': '东西', en: 'A thing' }, attemptsMax: 1, run: async () => {} })],
}
const section = { section: 'a', schema: z.strictObject({}) }

describe('the registry', () => {
  it('finds everything of every feature, the engine’s sections before the features’', () => {
    const registry = registryOf(
      [defineFeature({ name: 'a', policy: section, ...parts }), defineFeature({ name: 'b' })],
      [{ ...section, section: 'base' }],
    )
    for (const kind of ['commands', 'actions', 'forms', 'jobs'] as const)
      expect([...registry[kind].keys()]).toEqual(['a.thing'])
    expect(registry.sections.map((one) => one.section)).toEqual(['base', 'a'])
  })

  it.each(['commands', 'actions', 'forms', 'jobs'] as const)('refuses %s of one name in two features', (kind) => {
    const [a, b] = ['a', 'b'].map((name) => defineFeature({ name, [kind]: parts[kind] }))
    expect(() =>
      registryOf(
        [a, b].filter((feature) => feature !== undefined),
        [],
      ),
    ).toThrow('a.thing is declared twice')
  })

  it('refuses a section of the policy that two have', () => {
    expect(() => registryOf([defineFeature({ name: 'a', policy: section })], [section])).toThrow('a is declared twice')
  })
})

describe('what can be said', () => {
  const test = testDatabase()

  it('holds every command, and the choices of the policy', async () => {
    const { app } = await stand(test.db)
    const vocabulary = vocabularyOf(app.registry, app.policy.current())
    expect(vocabulary.commands.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['leave.request', 'approvals.pending', 'probe.run']),
    )
    expect(vocabulary.choices['leaveType']?.map(({ value }) => value)).toContain('annual')
  })

  it('is said on the day that it is where the person is', async () => {
    const policy = (await stand(test.db)).app.policy.current()
    const night = Date.parse('2026-09-30T23:30:00+08:00')
    expect(momentOf(policy, night, 'Asia/Shanghai')).toMatchObject({ today: '2026-09-30', time: '23:30' })
    expect(momentOf(policy, night, 'Asia/Tokyo')).toMatchObject({ today: '2026-10-01', time: '00:30' })
    expect(momentOf(policy, night, 'Europe/London')).toMatchObject({ today: '2026-09-30', time: '16:30' })
  })
})
