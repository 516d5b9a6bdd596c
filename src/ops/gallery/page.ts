/** The gallery as one HTML page that needs nothing beside it: each view drawn plainly, what the platforms get folded below. */
import type { Button, Card, Markup, Message, Run, Tone } from '#core/card.ts'
import type { Field, Form } from '#core/form.ts'
import type { Locale } from '#core/i18n.ts'

/** One view in one language. */
export interface Drawn {
  readonly view: string
  readonly locale: Locale
  readonly shown: Message | Form
  /** What each platform would get, or why it cannot. */
  readonly platforms: readonly { readonly platform: string; readonly drawing?: unknown; readonly problem?: string }[]
}

export function galleryPage(drawn: readonly Drawn[]): string {
  const views = [...new Set(drawn.map(({ view }) => view))]
  const contents = views.map((view) => `<a href="#${escaped(view)}">${escaped(view)}</a>`).join(' ')
  const sections = views.map((view) => {
    const languages = drawn.filter((one) => one.view === view).map(languageHtml)
    return `<section id="${escaped(view)}"><h2>${escaped(view)}</h2><div class="languages">${languages.join('')}</div></section>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Banzhang: every card</title><style>${STYLE}</style></head>
<body><h1>Every card, every language</h1><nav>${contents}</nav>
${sections.join('\n')}
</body></html>
`
}

function languageHtml({ locale, shown, platforms }: Drawn): string {
  const drawings = platforms.map(({ platform, drawing, problem }) =>
    problem === undefined
      ? `<details><summary>${escaped(platform)}</summary><pre>${escaped(JSON.stringify(drawing, null, 2))}</pre></details>`
      : `<p class="problem">${escaped(platform)}: ${escaped(problem)}</p>`,
  )
  const html = 'fields' in shown ? formHtml(shown) : messageHtml(shown)
  return `<article lang="${locale}"><h3>${locale}</h3>${html}${drawings.join('')}</article>`
}

function messageHtml({ text, card, form }: Message): string {
  if (form) return formHtml(form)
  const notification =
    text === undefined ? '' : `<div class="${card ? 'notification' : 'card'}">${markupHtml(text)}</div>`
  return `${notification}${card ? cardHtml(card) : ''}`
}

function cardHtml(card: Card): string {
  const tone: Tone = card.tone ?? 'neutral'
  const fields = (card.fields ?? []).map(
    ({ label, value }) => `<dt>${escaped(label)}</dt><dd>${markupHtml(value)}</dd>`,
  )
  const list = (card.list ?? []).map((line) => `<li>${markupHtml(line)}</li>`)
  const parts = [
    `<h4>${escaped(card.title)}</h4>`,
    card.text === undefined ? '' : `<p>${markupHtml(card.text)}</p>`,
    fields.length > 0 ? `<dl>${fields.join('')}</dl>` : '',
    list.length > 0 ? `<ul>${list.join('')}</ul>` : '',
    card.select ? selectHtml(card.select.label, card.select.options, card.select.chosen) : '',
    card.buttons ? `<div class="buttons">${card.buttons.map(buttonHtml).join('')}</div>` : '',
    card.link ? `<p>${runHtml({ link: card.link.label, url: card.link.url })}</p>` : '',
    card.note === undefined ? '' : `<p class="note">${markupHtml(card.note)}</p>`,
  ]
  return `<div class="card ${tone}">${parts.join('')}</div>`
}

function buttonHtml({ label, style, action, value, confirm }: Button): string {
  const asked = confirm
    ? `<span class="confirm">${[confirm.title, confirm.text, `${confirm.yes} / ${confirm.no}`].map(escaped).join(' · ')}</span>`
    : ''
  return `<span><button type="button" class="${style}" title="${escaped(`${action} ${value}`)}">${escaped(label)}</button>${asked}</span>`
}

function selectHtml(
  label: string,
  options: readonly { readonly value: string; readonly label: string }[],
  chosen?: string,
): string {
  const choices = options.map(
    (option) => `<option${option.value === chosen ? ' selected' : ''}>${escaped(option.label)}</option>`,
  )
  return `<label>${escaped(label)} <select>${choices.join('')}</select></label>`
}

function formHtml({ title, intro, fields, submit, cancel }: Form): string {
  const rows = fields.map((field) => {
    const hint = field.hint === undefined ? '' : `<small>${escaped(field.hint)}</small>`
    return `<div class="field"><b>${escaped(field.label)}</b>${field.optional ? '' : ' *'} ${inputHtml(field)}${hint}</div>`
  })
  return `<div class="card form"><h4>${escaped(title)}</h4>${intro === undefined ? '' : `<p>${escaped(intro)}</p>`}${rows.join('')}
<div class="buttons"><button type="button">${escaped(cancel)}</button><button type="button" class="primary">${escaped(submit)}</button></div></div>`
}

function inputHtml(field: Field): string {
  switch (field.kind) {
    case 'choice':
      return selectHtml('', field.options, field.initial)
    case 'longText':
      return `<textarea>${escaped(field.initial ?? '')}</textarea>`
    case 'people':
    case 'file':
      return `<input value="${field.kind}" disabled>`
    default:
      return `<input value="${escaped(field.initial ?? '')}" placeholder="${field.kind}">`
  }
}

function markupHtml(markup: Markup): string {
  return (typeof markup === 'string' ? [markup] : markup).map(runHtml).join('')
}

function runHtml(run: Run): string {
  if (typeof run === 'string') return escaped(run)
  if ('bold' in run) return `<b>${escaped(run.bold)}</b>`
  if ('quiet' in run) return `<i>${escaped(run.quiet)}</i>`
  if ('newline' in run) return '<br>'
  if ('person' in run) return `<span class="person">@${escaped(run.name)}</span>`
  return /^https?:/i.test(run.url)
    ? `<a href="${escaped(run.url)}">${escaped(run.link)}</a>`
    : escaped(`${run.link} (${run.url})`)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)

const STYLE = `
body{font:14px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:2rem;color:#1d1c1d;background:#fafafa}
nav{columns:4 14rem}nav a{display:block}
.languages{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:1.5rem}
h2{border-top:1px solid #ddd;padding-top:1rem;font:600 15px ui-monospace,monospace}h3{font-size:12px;color:#777;margin:0 0 .3rem}
.card{background:#fff;border:1px solid #ddd;border-left:4px solid #bbb;border-radius:6px;padding:.8rem 1rem;white-space:pre-line}
.card.waiting{border-left-color:#e8a317}.card.good{border-left-color:#2b9348}.card.bad{border-left-color:#c1121f}.card.warning{border-left-color:#e36414}
.card h4{margin:0 0 .4rem;font-size:15px}.card p{margin:.3rem 0}.notification,.note,small,.confirm{color:#666;font-size:12px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.4rem 0}dt{font-weight:600}dd{margin:0}ul{margin:.4rem 0;padding-left:1.2rem}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0 .2rem}button{border:1px solid #bbb;border-radius:4px;background:#fff;padding:.3rem .8rem}
button.primary{background:#007a5a;border-color:#007a5a;color:#fff}button.danger{background:#c1121f;border-color:#c1121f;color:#fff}
.person{color:#1264a3;background:#e8f5fa}.field{margin:.5rem 0}.field small{display:block}.problem{color:#c1121f}
pre{background:#f4f4f4;padding:.6rem;overflow:auto;max-height:24rem;font-size:12px}
`
