/** How each platform draws, for the gallery: pure functions of the adapters, without an account. */

import type { Message } from '#core/card.ts'
import type { Form } from '#core/form.ts'
import { renderMessage as renderForLark } from '../adapters/lark/render.ts'
import { viewOf } from '../adapters/simulator/view.ts'
import { formView } from '../adapters/slack/modal.ts'
import { renderMessage } from '../adapters/slack/render.ts'
import { renderForMember } from '../adapters/wecom/render.ts'
import type { Renderer } from '../src/ops/command.ts'

/** Where forms lie in messages and have a page each. */
const asMessage = (shown: Message | Form): Message =>
  'fields' in shown ? { form: { ...shown, page: 'https://banzhang.example.com/forms/gallery' } } : shown

export const renderers: readonly Renderer[] = [
  {
    platform: 'slack',
    draw(shown, locale) {
      if ('fields' in shown) return formView(shown, { room: 'C0123ABC' })
      return renderMessage(shown, 'gallery', { locale, accounts: {} })
    },
  },
  {
    platform: 'lark',
    draw: (shown, locale) =>
      renderForLark(asMessage(shown), { key: 'gallery', isDirect: true }, { locale, accounts: {} }).content,
  },
  {
    platform: 'wecom',
    draw: (shown, locale) => renderForMember({ key: 'gallery', message: asMessage(shown), locale, accounts: {} }),
  },
  {
    platform: 'simulator',
    draw(shown) {
      if ('fields' in shown) return shown
      return viewOf({ id: 'gallery', room: 'gallery', seq: 1, rev: 1, at: 0, shown })
    },
  },
]
