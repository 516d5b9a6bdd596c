/** The left column: whom to act as, and the conversations of the one who acts now. */
import { avatar, botAvatar, byId, fill, h, icon } from './dom.js'

/** @typedef {import('./app.js').App} App */

/** A search is worth its place from this many people on. */
const SEARCH_FROM = 10

/** Draws the whole column. Keeps the search, the place in the list and the focus. @param {App} app */
export function drawSide(app) {
  const side = byId('side')
  const people = side.querySelector('.people')
  const focused = document.activeElement?.getAttribute('data-focus')
  const top = people?.scrollTop ?? 0
  const sought = side.querySelector('input')?.value ?? ''
  side.replaceChildren(peopleBlock(app, sought), roomsBlock(app))
  const list = side.querySelector('.people')
  if (list) list.scrollTop = top
  if (focused)
    /** @type {HTMLElement | null} */ (side.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus({
      preventScroll: true,
    })
}

/** @param {App} app @param {string} sought */
function peopleBlock(app, sought) {
  const { words } = app
  const rows = [...app.people.values()].map((person) => personRow(app, person))
  const search = h('input', {
    type: 'search',
    class: 'input',
    value: sought,
    placeholder: words['people-find'],
    'aria-label': words['people-find'],
    'data-focus': 'search',
  })
  const sift = () => {
    const wanted = search.value.trim().toLowerCase()
    for (const row of rows) row.hidden = !(row.textContent ?? '').toLowerCase().includes(wanted)
  }
  search.addEventListener('input', sift)
  sift()
  /** @type {Node[]} */
  const list = []
  let department = ''
  for (const [index, person] of [...app.people.values()].entries()) {
    const row = rows[index]
    if (person.department !== department) list.push(h('li', { class: 'department' }, person.department))
    department = person.department
    if (row) list.push(row)
  }
  const several = new Set([...app.people.values()].map((person) => person.department)).size > 1
  return h(
    'section',
    { class: 'side-block grow', 'aria-labelledby': 'side-people' },
    h('h2', { id: 'side-people' }, words['people']),
    rows.length >= SEARCH_FROM ? search : null,
    h('ul', { class: several ? 'people' : 'people one-department' }, ...list),
  )
}

/** @param {App} app @param {import('./api.js').Person} person */
function personRow(app, person) {
  const { words } = app
  const here = app.panes.findIndex((pane) => pane.person.account === person.account)
  const active = app.active?.person.account === person.account
  const count = app.unreadOf(person.account)
  const beside = fill(words['beside'] ?? '', { name: person.name })
  return h(
    'li',
    { class: `row${active ? ' active' : ''}${here >= 0 ? ' open' : ''}` },
    h(
      'button',
      {
        type: 'button',
        class: 'row-main',
        'aria-current': active ? 'true' : false,
        'data-focus': `p-${person.account}`,
        on: { click: () => app.actAs(person.account) },
      },
      avatar(person.name),
      h(
        'span',
        { class: 'row-words' },
        h('span', { class: 'row-name' }, person.name),
        h('span', { class: 'row-about' }, person.title),
      ),
      badge(count, words),
    ),
    here < 0 &&
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button beside',
          'aria-label': beside,
          title: beside,
          'data-focus': `b-${person.account}`,
          on: { click: () => app.openBeside(person.account) },
        },
        icon('beside'),
      ),
  )
}

/** @param {App} app */
function roomsBlock(app) {
  const { words, active } = app
  if (!active) return h('section')
  const { person } = active
  const rows = app.roomsOf(person.account).map((room) => {
    const about = app.roomAbout(room)
    const current = active.room === room
    return h(
      'li',
      { class: `row${current ? ' active' : ''}` },
      h(
        'button',
        {
          type: 'button',
          class: 'row-main',
          'aria-current': current ? 'true' : false,
          'data-focus': `r-${room}`,
          on: { click: () => app.enter(room) },
        },
        app.isGroup(room) ? h('span', { class: 'avatar channel' }, icon('hash')) : botAvatar(),
        h(
          'span',
          { class: 'row-words' },
          h('span', { class: 'row-name' }, about.name),
          h('span', { class: 'row-about' }, about.about),
        ),
        badge(app.unreadOf(person.account, room), words),
      ),
    )
  })
  return h(
    'section',
    { class: 'side-block', 'aria-labelledby': 'side-rooms' },
    h('h2', { id: 'side-rooms' }, fill(words['rooms'] ?? '', { name: person.name })),
    h('ul', { class: 'rooms' }, ...rows),
  )
}

/** @param {number} count @param {Record<string, string>} words */
function badge(count, words) {
  if (count === 0) return null
  const label = fill(words['unread'] ?? '', { count })
  return h('span', { class: 'badge', 'aria-label': label, role: 'img' }, count > 99 ? '99+' : count)
}
