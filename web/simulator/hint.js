/** What a newcomer sees in an empty room: who they are, and three things to say. */
import { botAvatar, fill, h } from './dom.js'

/**
 * @param {Record<string, string>} words
 * @param {import('./api.js').Person} person
 * @param {boolean} group
 * @param {readonly import('./composer.js').Command[]} commands
 * @param {(text: string) => void} say
 */
export function drawHint(words, person, group, commands, say) {
  if (group) return h('li', { class: 'hint' }, botAvatar(), h('p', {}, words['hint-channel']))
  const chip = (/** @type {string} */ text, /** @type {string} */ look, /** @type {string} */ title = '') =>
    h('button', { type: 'button', class: `chip ${look}`, title, on: { click: () => say(text) } }, text)
  const tries = [words['try-leave'], words['try-chinese'], words['try-help']].filter((text) => text !== undefined)
  if (person.locale !== 'en') tries.splice(0, 2, ...tries.slice(0, 2).reverse())
  const plain = (/** @type {string} */ text) => text.replace(/^\//, '')
  const known = new Set(tries.map(plain))
  const more = commands.filter(({ say: name }) => !known.has(plain(name))).slice(0, 4)
  return h(
    'li',
    { class: 'hint' },
    botAvatar(),
    h('h3', {}, fill(words['hint-hello'] ?? '', { name: person.name })),
    h('p', {}, words['hint-about']),
    h('div', { class: 'chips' }, ...tries.map((text) => chip(text, 'strong'))),
    more.length > 0
      ? h(
          'p',
          { class: 'quiet more' },
          words['hint-more'],
          ' ',
          ...more.map(({ say: name, about }) => chip(`/${plain(name)}`, 'light', about)),
        )
      : null,
    h('p', { class: 'quiet' }, words['hint-switch']),
  )
}
