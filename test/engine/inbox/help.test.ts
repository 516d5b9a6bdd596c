/** Help shows what this person may do, as it is written on the platform where they ask. */
import { describe, expect, it } from 'vitest'
import { type Card, textOf } from '../../../src/core/card.ts'
import { testDatabase } from '../../support/database.ts'
import { commanded, type Stand, stand } from './support.ts'

const test = testDatabase()
async function ask(at: Stand, text: string, account: string) {
  const { message, key } = await at.app.deliver(at.platform, commanded(text, account))
  if (key) await at.app.replied([key], true)
  return { words: message ? textOf(message) : '', card: message?.card as Card }
}

describe('help', () => {
  it('lists the commands in the person’s own language, each with an example that works there', async () => {
    const at = await stand(test.db)
    const [chinese, english] = [await ask(at, '帮助', 'UA1'), await ask(at, 'help', 'UE1')]
    expect(chinese.words).toMatch(/我能为你做的[\s\S]*\/banzhang 请假 3天[\s\S]*\/banzhang 帮助 {2}显示这份说明/)
    expect(english.words).toMatch(
      /What I can do for you[\s\S]*\/banzhang leave 3 days[\s\S]*\/banzhang help {2}[Ss]hows this/,
    )
    expect(english.words).not.toMatch(/\p{Script=Han}/u)
  })

  it('for nothing but the command’s own name is help, too', async () => {
    const at = await stand(test.db)
    expect((await ask(at, '', 'UE1')).words).toMatch(/What I can do for you/)
  })

  it('about one command tells all its examples and its other names', async () => {
    const at = await stand(test.db)
    const { card } = await ask(at, 'help leave', 'UE1')
    expect(card.title).toBe('About “leave”')
    expect(card.list).toEqual([
      [{ bold: '/banzhang leave 3 days' }],
      [{ bold: '/banzhang leave tomorrow afternoon' }],
      [{ bold: '/banzhang leave 2026-12-30 to 2027-01-04 annual' }],
    ])
    expect(card.note).toBe('Also called: timeoff, time off, off')
  })

  it('has a line and an example for every command, in both languages', async () => {
    const at = await stand(test.db)
    for (const command of at.app.registry.commands.values())
      for (const locale of ['zh-CN', 'en'] as const) {
        expect([command.id, command.help.examples[locale].length > 0]).toEqual([command.id, true])
        expect(command.help.line(locale)).not.toBe('')
      }
  })
})
