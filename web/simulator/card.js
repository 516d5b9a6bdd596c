/** Draws what the bot shows: text with limited markup, and cards with their buttons and select. */
import { confirmed, h, icon, outside } from './dom.js'

/**
 * @typedef {import('../../src/core/card.ts').Markup} Markup
 * @typedef {import('../../src/core/card.ts').Card} Card
 * @typedef {{ me: string, accounts: Readonly<Record<string, string>>, words: Record<string, string>,
 *   click: (action: string, value: string) => Promise<void>,
 *   chosen: (action: string, value: string, option: string) => Promise<void> }} Reader
 */

/**
 * @param {Markup} markup
 * @param {Pick<Reader, 'me' | 'accounts'>} reader
 * @returns {Node[]}
 */
export function drawMarkup(markup, reader) {
  if (typeof markup === 'string') return [document.createTextNode(markup)]
  return markup.map((run) => {
    if (typeof run === 'string') return document.createTextNode(run)
    if ('bold' in run) return h('strong', {}, run.bold)
    if ('quiet' in run) return h('span', { class: 'quiet' }, run.quiet)
    if ('newline' in run) return h('br')
    if ('person' in run) {
      const me = reader.accounts[run.person] === reader.me
      return h('span', { class: me ? 'mention me' : 'mention' }, `@${run.name}`)
    }
    return outside(run.url, false, run.link)
  })
}

/**
 * @param {Card} card
 * @param {Reader} reader
 */
export function drawCard(card, reader) {
  const tone = card.tone ?? 'neutral'
  const open = (card.buttons?.length ?? 0) > 0 || card.select !== undefined
  const element = h('article', { class: `card tone-${tone}${open ? '' : ' settled'}`, 'aria-label': card.title })
  const mark =
    tone === 'neutral'
      ? null
      : h('span', { class: 'mark', role: 'img', 'aria-label': reader.words[`tone-${tone}`] }, icon(tone))
  element.append(h('h3', {}, mark, card.title))
  if (card.text !== undefined) element.append(h('p', { class: 'card-text' }, ...drawMarkup(card.text, reader)))
  if (card.fields?.length) element.append(drawFields(card.fields, reader))
  if (card.list?.length)
    element.append(
      h('ul', { class: 'card-list' }, ...card.list.map((line) => h('li', {}, ...drawMarkup(line, reader)))),
    )
  if (open) element.append(drawControls(card, reader, element))
  if (card.link) element.append(h('div', { class: 'card-controls' }, drawLink(card.link)))
  if (card.note !== undefined) element.append(h('p', { class: 'card-note' }, ...drawMarkup(card.note, reader)))
  return element
}

/** @param {NonNullable<Card['link']>} link */
const drawLink = ({ label, url }) => h('div', { class: 'card-buttons' }, outside(url, 'button', label))

/**
 * @param {NonNullable<Card['fields']>} fields
 * @param {Reader} reader
 */
function drawFields(fields, reader) {
  return h(
    'dl',
    { class: 'card-fields' },
    ...fields.map(({ label, value }) => {
      const words = drawMarkup(value, reader)
      const long = words.map((node) => node.textContent).join('').length > 22
      return h('div', { class: long ? 'wide' : false }, h('dt', {}, label), h('dd', {}, ...words))
    }),
  )
}

/**
 * @param {Card} card
 * @param {Reader} reader
 * @param {HTMLElement} element the card: busy as a whole while one of its controls is answered
 */
function drawControls(card, reader, element) {
  const controls = h('div', { class: 'card-controls' })
  const busy = async (/** @type {HTMLElement} */ control, /** @type {() => Promise<void>} */ act) => {
    if (element.getAttribute('aria-busy') === 'true') return
    element.setAttribute('aria-busy', 'true')
    control.classList.add('working')
    try {
      await act()
    } finally {
      element.removeAttribute('aria-busy')
      control.classList.remove('working')
    }
  }
  const { select } = card
  if (select) {
    const options = select.options.map(({ value, label }) =>
      h('option', { value, selected: value === select.chosen }, label),
    )
    const box = h(
      'select',
      { class: 'input' },
      h('option', { value: '', disabled: true, selected: select.chosen === undefined }, reader.words['choose']),
      ...options,
    )
    box.addEventListener('change', () => busy(box, () => reader.chosen(select.action, select.value, box.value)))
    controls.append(h('label', { class: 'card-select' }, h('span', {}, select.label), box))
  }
  const buttons = (card.buttons ?? []).map((each) => {
    const control = h('button', { type: 'button', class: `button ${each.style}` }, each.label)
    control.addEventListener('click', async () => {
      if (each.confirm && !(await confirmed({ ...each.confirm, danger: each.style === 'danger' }))) return
      await busy(control, () => reader.click(each.action, each.value))
    })
    return control
  })
  if (buttons.length > 0) controls.append(h('div', { class: 'card-buttons' }, ...buttons))
  return controls
}
