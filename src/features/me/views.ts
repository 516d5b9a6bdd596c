/** Samples of every card and form of one’s own settings, for the gallery and the snapshot tests. Invented. */
import { formatDate } from '#core/calendar/civil.ts'
import { type View, view } from '#engine/feature.ts'
import { codeCard, delegatedCard, type MeView, meCard, meForm, quietCard, unlinkCard } from './cards.ts'
import { messages } from './i18n.ts'

const delegate = (isOwn: boolean, name: string) => ({ name, from: '2026-09-28', until: '2026-10-02', isOwn })
const sample = (locale: MeView['locale']): MeView => ({
  locale,
  accounts: [
    { platform: 'slack', account: 'U0123ABC', lastUsedAt: Date.parse('2026-09-28T09:00:00+08:00') },
    { platform: 'wecom', account: 'ZhouMin', lastUsedAt: null },
  ],
  prefers: 'slack',
  quiet: { from: '22:00', until: '08:00' },
  delegates: [
    delegate(true, messages.say(locale, 'sample.name')),
    delegate(false, messages.say(locale, 'sample.name')),
  ],
  write: (said) => `/${said}`,
})

export const views: readonly View[] = [
  view('me.settings', (reader) => ({ card: meCard(reader, sample(reader.locale)) })),
  view('me.settings-empty', (reader) => ({
    card: meCard(reader, { ...sample(reader.locale), prefers: null, quiet: null, delegates: [] }),
  })),
  view('me.form', ({ locale }) =>
    meForm(locale, { ...sample(locale), platforms: ['slack', 'wecom'], delegate: undefined }),
  ),
  view('me.code', ({ locale }) => ({ card: codeCard(locale, '04721183', 10) })),
  view('me.changed', ({ locale }) => ({
    card: quietCard(locale, { from: '22:00', until: '08:00' }, ''),
  })),
  view('me.delegated', ({ locale }) => ({
    card: delegatedCard(
      locale,
      messages.say(locale, 'done.delegate', {
        name: messages.say(locale, 'sample.name'),
        from: formatDate('2026-09-28', locale),
        until: formatDate('2026-10-02', locale),
      }),
    ),
  })),
  view('me.unlink', ({ locale }) => ({
    card: unlinkCard(locale, { platform: 'wecom', account: 'ZhouMin', isLast: true, isHere: false }),
  })),
]
