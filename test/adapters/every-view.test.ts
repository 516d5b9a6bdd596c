/** Every card and form of every feature, in every language, as each platform draws it: within the platform's limits and of its schema. */
import { describe, expect, it } from 'vitest'
import { renderers } from '../../bin/renderers.ts'
import { createApp } from '../../src/app.ts'
import { textOf } from '../../src/core/card.ts'
import { manualClock } from '../../src/core/clock.ts'
import { LOCALES, type Locale } from '../../src/core/i18n.ts'
import type { Database } from '../../src/engine/db/transaction.ts'
import { cardProblems as larkProblems } from './lark/fake-schema.ts'
import { messageProblems, viewProblems } from './slack/fake-blocks.ts'
import { lookAtCard, lookAtText } from './wecom/fake-look.ts'

type Json = Readonly<Record<string, unknown>>
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** What is wrong with a drawing, by the checkers that the fakes refuse it with. */
const PROBLEMS: Readonly<Record<string, (drawing: unknown) => readonly string[]>> = {
  slack: (drawing) =>
    'type' in object(drawing) ? viewProblems(object(drawing)) : messageProblems(object(drawing)['blocks']),
  lark: (drawing) => ('body' in object(drawing) ? larkProblems(object(drawing)) : []),
  wecom: (drawing) => [
    ...list(object(drawing)['cards']).flatMap((card) => lookAtCard(object(card)).problems),
    ...list(object(drawing)['texts']).flatMap((text) => lookAtText(String(text), false).problems),
  ],
  // Its limits are those of a web page.
  simulator: () => [],
}

const nobody = {} as Database
const views = createApp({
  db: nobody,
  clock: manualClock('2026-09-28T09:00:00+08:00'),
  platforms: [],
  log: { info: () => {}, warn: () => {}, error: () => {} },
}).registry.features.flatMap((feature) => feature.views)

describe.each(renderers.map((renderer) => [renderer.platform, renderer] as const))('%s', (platform, { draw }) => {
  const problemsOf = PROBLEMS[platform]

  it.each(LOCALES)('draws every view in %s within its limits', (locale: Locale) => {
    expect(views.length).toBeGreaterThan(30)
    const problems = views.flatMap((view) => {
      const shown = view.draw({ locale, zone: 'Asia/Shanghai' })
      const drawing = draw(shown, locale)
      return (problemsOf?.(drawing) ?? ['nobody checks it']).map((problem) => `${view.name}: ${problem}`)
    })
    expect(problems).toEqual([])
  })

  it('leaves no title of a card out', () => {
    for (const view of views) {
      const shown = view.draw({ locale: 'zh-CN', zone: 'Asia/Shanghai' })
      const title = 'fields' in shown ? shown.title : (shown.card?.title ?? textOf(shown).split('\n')[0] ?? '')
      const drawing = JSON.stringify(draw(shown, 'zh-CN'))
      // The first words of it: a platform may cut, escape or break a long one.
      const [words = ''] = /[\p{Script=Han}A-Za-z]{2,6}/u.exec(title) ?? []
      expect(drawing, view.name).toContain(words)
    }
  })
})
