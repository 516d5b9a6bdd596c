/** Draws one message of a room with its author, its time and its marks. */
import { drawCard, drawMarkup } from './card.js'
import { avatar, botAvatar, confirmed, h, icon } from './dom.js'
import { drawFiles } from './files.js'
import { timeOf, whenOf } from './when.js'

/**
 * @typedef {import('./api.js').MessageView} MessageView
 * @typedef {{ app: import('./app.js').App, person: import('./api.js').Person, group: boolean,
 *   press: (path: string, body: object) => Promise<void>, change: () => void }} Around
 */

/**
 * One line of the log: who, when, what, and what its own person can do with it.
 * @param {MessageView} view
 * @param {Around} around
 */
export function drawMessage(view, around) {
  const { app, person, group, press } = around
  const { words, lang, clock } = app
  const mine = view.from === person.account
  const author = view.from === undefined ? (words['bot'] ?? '') : app.nameOf(view.from)
  const when = timeOf(view.at, lang, clock.zone)
  const reader = {
    me: person.account,
    accounts: view.accounts ?? {},
    words,
    click: (/** @type {string} */ action, /** @type {string} */ value) =>
      press('click', { room: view.room, message: view.id, action, value }),
    chosen: (/** @type {string} */ action, /** @type {string} */ value, /** @type {string} */ option) =>
      press('choose', { room: view.room, message: view.id, action, value, chosen: option }),
  }
  const content = [
    view.card ? drawCard(view.card, reader) : null,
    view.card || (view.files && !view.text)
      ? null
      : h('div', { class: 'bubble' }, ...drawMarkup(view.text ?? '', reader)),
    view.files ? drawFiles(view.files, person.account, words) : null,
  ]
  const marks = [
    view.private && group ? words['private'] : '',
    view.edited ? words[view.from === undefined ? 'updated' : 'edited'] : '',
  ].filter(Boolean)
  return h(
    'li',
    {
      class: `message ${mine ? 'mine' : view.from === undefined ? 'from-bot' : 'theirs'}`,
      'data-id': view.id,
      tabindex: -1,
    },
    view.from === undefined ? botAvatar() : avatar(author),
    h(
      'div',
      { class: 'message-body' },
      h(
        'p',
        { class: 'message-head' },
        h('span', { class: 'author' }, author),
        ' ',
        h('time', { datetime: new Date(view.at).toISOString(), title: whenOf(view.at, lang, clock.zone) }, when),
      ),
      ...content,
      h(
        'div',
        { class: 'message-foot' },
        marks.length > 0
          ? h('span', { class: 'marks' }, view.private && group ? icon('lock') : null, marks.join(' · '))
          : null,
        mine ? ownActions(view, around) : null,
      ),
    ),
  )
}

/**
 * @param {MessageView} view
 * @param {Around} around
 */
function ownActions(view, { app: { words }, press, change }) {
  const remove = async () => {
    const sure = {
      title: words['delete-ask'] ?? '',
      text: words['delete-about'] ?? '',
      yes: words['delete'] ?? '',
      no: words['cancel'] ?? '',
      danger: true,
    }
    if (await confirmed(sure)) await press('delete', { room: view.room, message: view.id })
  }
  return h(
    'span',
    { class: 'own' },
    h('button', { type: 'button', class: 'link', on: { click: change } }, words['edit']),
    h('button', { type: 'button', class: 'link', on: { click: remove } }, words['delete']),
  )
}
