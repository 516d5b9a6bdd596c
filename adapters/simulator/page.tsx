/** The page's shell: landmarks and words. Everything that moves is drawn by `web/simulator/app.js`. */
import { html } from 'hono/html'
import { LOCALES, type Locale } from '#core/i18n.ts'
import { words } from './page-words.ts'

/** Each by its own name, for whoever cannot read the others. */
const LANGUAGES: Readonly<Record<Locale, string>> = { 'zh-CN': '简体中文', 'zh-TW': '繁體中文', en: 'English' }

/** The whole document in the page's language. */
export function page(locale: Locale) {
  const say = (key: keyof (typeof words.texts)['en']) => words.texts[locale][key]
  const shell = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{say('title')}</title>
        <link rel="icon" href="/simulator/icon.svg" type="image/svg+xml" />
        {['style', 'shell', 'chat', 'files', 'dialog', 'small'].map((name) => (
          <link rel="stylesheet" href={`/simulator/${name}.css`} />
        ))}
        <script type="module" src="/simulator/app.js" />
      </head>
      <body>
        <a class="skip" href="#panes">
          {say('skip')}
        </a>
        <header class="bar">
          <button
            type="button"
            class="icon-button menu-button"
            id="menu"
            aria-expanded="false"
            aria-controls="side"
            aria-label={say('menu')}
          />
          <div class="brand">
            <img src="/simulator/icon.svg" alt="" width="30" height="30" />
            <h1>{say('title')}</h1>
          </div>
          <section class="clock" id="clock" aria-label={say('clock')} />
          <select class="language" id="language" aria-label={say('language')} autocomplete="off">
            {LOCALES.map((one) => (
              <option value={one} lang={one} selected={one === locale}>
                {LANGUAGES[one]}
              </option>
            ))}
          </select>
          <div class="progress" id="progress" hidden />
        </header>
        <p class="lost" id="lost" role="status" hidden>
          {say('lost')}
        </p>
        <div class="frame">
          <nav class="side" id="side" aria-label={say('menu')} />
          <div class="shade" id="shade" hidden />
          <main class="panes" id="panes" tabindex={-1}>
            <noscript>
              <p class="empty">{say('no-script')}</p>
            </noscript>
          </main>
        </div>
        <div class="toasts" id="toasts" role="status" aria-live="polite" />
      </body>
    </html>
  )
  return html`<!doctype html>${shell}`
}
