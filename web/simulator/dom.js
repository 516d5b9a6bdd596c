/** Small tools for building the page. Text goes in as text nodes only: nothing that was typed ever becomes markup. */

/**
 * @typedef {string | number | boolean | null | undefined} Attribute
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * Makes an element. `on` holds listeners, `value` and `checked` set properties, everything else is an attribute;
 * false, null and undefined leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Attribute | Record<string, (event: any) => void>>} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue
    if (typeof value === 'object')
      for (const [event, act] of Object.entries(value)) element.addEventListener(event, act)
    else if (name === 'value' || name === 'checked') Reflect.set(element, name, value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(
    .../** @type {(Node | string)[]} */ (
      children
        .filter((child) => child !== null && child !== undefined && child !== false)
        .map((child) => (child instanceof Node ? child : String(child)))
    ),
  )
  return element
}

/** Line drawings, 20 by 20. */
const PATHS = {
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5L5 15',
  beside: 'M3 4.5h14v11H3zM10 4.5v11',
  send: 'M10 16V4.5M5 9.2l5-5 5 5',
  hash: 'M8 3.5L6.5 16.5M13.5 3.5L12 16.5M4 7.5h12.5M3.5 12.5H16',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  good: 'M4.5 10.5l3.8 3.8 7.2-8',
  bad: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  waiting: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4.3l2.8 1.7',
  warning: 'M10 3.2L17.5 16.5h-15zM10 8v4M10 14.2v.1',
  next: 'M4 4.5l7 5.5-7 5.5zM15.5 4.5v11',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4.3l2.8 1.7',
  calendar: 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5',
  down: 'M10 4v11M5.5 11l4.5 4.5 4.5-4.5',
  clip: 'M15.5 9.3l-6 6a3.6 3.6 0 0 1-5.1-5.1l6.6-6.6a2.4 2.4 0 0 1 3.4 3.4l-6.5 6.5a1.2 1.2 0 0 1-1.7-1.7l5.6-5.6',
  file: 'M5.5 2.8h6l3.5 3.5v11h-9.5zM11.5 2.8v3.5H15',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4',
}

/**
 * A link that opens beside the chat and learns nothing of it; only words where it leads nowhere on the web.
 * @param {string} url
 * @param {string | false} look its class
 * @param {string} label
 */
export function outside(url, look, label) {
  if (!/^https?:\/\//i.test(url)) return document.createTextNode(`${label} (${url})`)
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', class: look }, label)
}

/** @param {string} name one of {@link PATHS} */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', Reflect.get(PATHS, name) ?? '')
  svg.append(path)
  return svg
}

/** @param {string} id */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}`)
  return element
}

/**
 * The sentence with its slots filled; `{count|day|days}` prints the word for the number.
 * @param {string} template
 * @param {Readonly<Record<string, string | number>>} values
 */
export function fill(template, values) {
  return template.replace(/\{([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g, (_, name, one, other) => {
    const value = values[name] ?? ''
    return one === undefined ? String(value) : Number(value) === 1 ? one : other
  })
}

/** How many colours avatars have; `style.css` has a class for each. */
const HUES = 8

/**
 * A round badge with the surname, or the initials of a Latin name.
 * @param {string} name
 * @param {{ small?: boolean }} [look]
 */
export function avatar(name, look = {}) {
  const latin = /^[\p{Script=Latin}\s.'-]+$/u.test(name)
  const words = name.trim().split(/\s+/)
  const letters = latin
    ? words
        .slice(0, 2)
        .map((word) => word[0] ?? '')
        .join('')
        .toUpperCase()
    : ([...name.trim()][0] ?? '?')
  let sum = 0
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return h('span', { class: `avatar hue-${sum % HUES}${look.small ? ' small' : ''}`, 'aria-hidden': 'true' }, letters)
}

/** The bot's own. */
export function botAvatar() {
  return h('img', { class: 'avatar bot', src: '/simulator/icon.svg', alt: '', width: 36, height: 36 })
}

/**
 * Says a word in passing, at the foot of the page.
 * @param {string} text
 * @param {'plain' | 'bad'} [tone]
 */
export function toast(text, tone = 'plain') {
  const line = h('p', { class: `toast ${tone}` }, text)
  byId('toasts').append(line)
  setTimeout(() => line.remove(), Math.min(12_000, 4_000 + text.length * 60))
}

/**
 * Shows a dialog and waits until it is closed. Takes it off the page afterwards.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<string>} its return value, empty when it was given up
 */
export function shown(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue)
    })
    document.body.append(dialog)
    dialog.showModal()
    const first = dialog.querySelector('[autofocus], .input, .pick input')
    if (first instanceof HTMLElement) first.focus()
  })
}

/**
 * Asks before something is done.
 * @param {{ title: string, text: string, yes: string, no: string, danger?: boolean }} ask
 * @returns {Promise<boolean>}
 */
export async function confirmed(ask) {
  const dialog = h('dialog', { class: 'dialog narrow', 'aria-labelledby': 'ask-title' })
  const finish = (/** @type {string} */ answer) => () => dialog.close(answer)
  dialog.append(
    h('h2', { id: 'ask-title' }, ask.title),
    h('p', { class: 'dialog-text' }, ask.text),
    h(
      'div',
      { class: 'dialog-buttons' },
      h('button', { type: 'button', class: 'button', on: { click: finish('') } }, ask.no),
      h(
        'button',
        {
          type: 'button',
          class: `button ${ask.danger ? 'danger' : 'primary'}`,
          autofocus: true,
          on: { click: finish('yes') },
        },
        ask.yes,
      ),
    ),
  )
  return (await shown(dialog)) === 'yes'
}
