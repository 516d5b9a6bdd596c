/** How each platform draws, for the gallery: pure functions of the adapters, without an account. */

import { viewOf } from '../adapters/simulator/view.ts'
import { formView } from '../adapters/slack/modal.ts'
import { renderMessage } from '../adapters/slack/render.ts'
import type { Renderer } from '../src/ops/command.ts'

export const renderers: readonly Renderer[] = [
  {
    platform: 'slack',
    draw(shown, locale) {
      if ('fields' in shown) return formView(shown, { room: 'C0123ABC' })
      return renderMessage(shown, 'gallery', { locale, accounts: {} })
    },
  },
  {
    platform: 'simulator',
    draw(shown) {
      if ('fields' in shown) return shown
      return viewOf({ id: 'gallery', room: 'gallery', seq: 1, rev: 1, at: 0, shown })
    },
  },
]
