/** The frame of every form page, and the pages that are not a form: whose link it is, what was taken, why there is none. */
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Locale } from '#core/i18n.ts'
import type { Whose } from '#engine/pages/view.ts'
import { messages } from './i18n.ts'

/** With the status it is answered with. */
export const NOTICES = {
  unknown: 404,
  used: 410,
  expired: 410,
  submitted: 409,
  lost: 403,
  inactive: 403,
  unlinked: 403,
  forged: 403,
  unreadable: 400,
  'too-large': 413,
  'too-many': 429,
  spent: 429,
  failed: 500,
} as const
export type Notice = keyof typeof NOTICES

/** @param up how the page reaches `/forms/`: addresses are relative, so that they hold below any path of a proxy */
export function frame(locale: Locale, { title, up }: { title: string; up: string }, children: Child) {
  const document = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <title>{`${title} · ${messages.say(locale, 'brand')}`}</title>
        <link rel="icon" href={`${up}assets/icon.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href={`${up}assets/forms.css`} />
      </head>
      <body>
        <main class="sheet">
          <p class="brand">
            <img src={`${up}assets/icon.svg`} alt="" width="24" height="24" />
            {messages.say(locale, 'brand')}
          </p>
          {children}
        </main>
      </body>
    </html>
  )
  return html`<!doctype html>${document}`
}

/** What a link shows before it is exchanged: whose it is, and one button. */
export function linkPage({ locale, name, department, title }: Whose) {
  return frame(
    locale,
    { title, up: '' },
    <>
      <h1>{title}</h1>
      <p>{messages.say(locale, 'link.for')}</p>
      <p class="whose">{messages.say(locale, 'as', { name, department })}</p>
      <p class="quiet">{messages.say(locale, 'link.not-you')}</p>
      <form method="post">
        <button type="submit" class="button primary">
          {messages.say(locale, 'link.open')}
        </button>
      </form>
    </>,
  )
}

export function takenPage({ locale, title }: Whose) {
  return frame(
    locale,
    { title: messages.say(locale, 'taken.title'), up: '../' },
    <div class="notice good">
      <h1>{messages.say(locale, 'taken.title')}</h1>
      <p>{messages.say(locale, 'taken.text', { title })}</p>
    </div>,
  )
}

/**
 * Why there is no form here, and the way out.
 * @param about.goOn where the form is open already, relative
 * @param about.max the bound of a whole attempt, in words
 */
export function noticePage(
  locale: Locale,
  notice: Notice,
  { up, goOn, max = '' }: { up: string; goOn?: string | undefined; max?: string },
) {
  const title = messages.say(locale, `${notice}.title`)
  const text =
    notice === 'too-large' ? messages.say(locale, 'too-large.text', { max }) : messages.say(locale, `${notice}.text`)
  return frame(
    locale,
    { title, up },
    <div class="notice">
      <h1>{title}</h1>
      <p>{text}</p>
      {goOn === undefined ? null : (
        <a class="button" href={goOn}>
          {messages.say(locale, notice === 'used' ? 'used.go-on' : 'again.open')}
        </a>
      )}
    </div>,
  )
}
