/** The head of a side: which room it is, who is acting, and the way to close it. */
import { avatar, h, icon } from './dom.js'

/**
 * @param {import('./app.js').App} app
 * @param {import('./api.js').Person} person
 * @param {boolean} group
 * @param {{ name: string, about: string }} about the room
 * @param {() => void} closing
 */
export function drawHead({ words }, person, group, about, closing) {
  const close = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': words['close'],
      title: words['close'],
      on: { click: closing },
    },
    icon('close'),
  )
  const element = h(
    'header',
    { class: 'pane-head' },
    h(
      'div',
      { class: 'pane-room' },
      h('h2', {}, group ? icon('hash') : null, about.name),
      h('p', { class: 'quiet' }, about.about),
    ),
    h(
      'div',
      { class: 'pane-person' },
      h(
        'div',
        {},
        h('span', { class: 'quiet' }, words['acting-as']),
        ' ',
        h('strong', {}, person.name),
        h('span', { class: 'quiet pane-title' }, person.title),
      ),
      avatar(person.name, { small: true }),
    ),
    close,
  )
  return { element, close }
}
