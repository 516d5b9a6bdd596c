/** Where a person types: grows with the text, completes commands, changes an earlier message. Safe with input methods. */
import { Attachments } from './attach.js'
import { fill, h, icon } from './dom.js'

/**
 * @typedef {{ say: string, about: string }} Command
 * @typedef {{ words: Record<string, string>, name: string, group: boolean, commands: () => readonly Command[],
 *   attach: { api: import('./api.js').Api, account: string },
 *   say: (text: string, files: readonly string[]) => Promise<void>, change: (id: string, text: string) => Promise<void> }} About
 */

/** More than this is not a choice any more. */
const OPTIONS_MAX = 8
const HEIGHT_MAX_PX = 180
/** In one message, as on the server. */
const FILES_MAX = 10

let count = 0

export class Composer {
  /** @param {About} about */
  constructor(about) {
    this.about = about
    const { words } = about
    this.listId = `completion-${++count}`
    /** @type {Command[]} */
    this.options = []
    this.active = 0
    /** @type {string | undefined} the message being changed */
    this.changing = undefined
    const label = fill((about.group ? words['write-channel'] : words['write']) ?? '', { name: about.name })
    this.input = h('textarea', {
      rows: 1,
      placeholder: label,
      'aria-label': label,
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      'aria-controls': this.listId,
      maxlength: 4000,
      enterkeyhint: 'send',
      autocomplete: 'off',
    })
    this.list = h('ul', {
      class: 'completion',
      id: this.listId,
      role: 'listbox',
      'aria-label': words['commands'],
      hidden: true,
    })
    this.button = h(
      'button',
      { type: 'submit', class: 'send', 'aria-label': words['send'], title: words['send'] },
      icon('send'),
    )
    this.files = new Attachments({
      words,
      api: about.attach.api,
      account: about.attach.account,
      countMax: FILES_MAX,
      changed: () => this.refreshButton(),
    })
    this.banner = h(
      'div',
      { class: 'editing', hidden: true },
      h('span', {}, words['editing']),
      h('button', { type: 'button', class: 'link', on: { click: () => this.stopChanging() } }, words['cancel']),
    )
    this.element = h(
      'form',
      { class: 'composer' },
      this.list,
      this.banner,
      this.files.tray,
      h('div', { class: 'writing' }, this.files.button, this.files.input, this.input, this.button),
    )
    this.element.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.send()
    })
    this.input.addEventListener('input', () => this.refresh())
    this.input.addEventListener('paste', (event) => this.files.paste(event))
    this.input.addEventListener('keydown', (event) => this.onKey(event))
    this.input.addEventListener('blur', () => setTimeout(() => this.offer([]), 150))
    this.refresh()
  }

  /**
   * Begins to change a message.
   * @param {string} id
   * @param {string} text
   */
  change(id, text) {
    this.changing = id
    this.banner.hidden = false
    this.input.value = text
    this.refresh()
    this.offer([])
    this.input.focus()
  }

  stopChanging() {
    this.changing = undefined
    this.banner.hidden = true
    this.input.value = ''
    this.refresh()
    this.input.focus()
  }

  async send() {
    const text = this.input.value
    const id = this.changing
    const files = id === undefined ? this.files.ids : []
    if ((text.trim() === '' && files.length === 0) || this.sending || this.files.busy) return
    this.sending = true
    this.button.classList.add('working')
    // Cleared at once, so that the next sentence can be typed; given back when it was refused and nothing new stands there.
    this.input.value = ''
    this.refresh()
    try {
      await (id === undefined ? this.about.say(text, files) : this.about.change(id, text))
      if (files.length > 0) this.files.clear()
      if (id !== undefined) {
        this.changing = undefined
        this.banner.hidden = true
      }
    } catch {
      if (this.input.value === '') this.input.value = text
      this.refresh()
      this.offer([])
    } finally {
      this.sending = false
      this.button.classList.remove('working')
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    // An input method is choosing characters: Enter and the arrows are its own. 229 is what Safari says then.
    if (event.isComposing || event.keyCode === 229) return
    const open = this.options.length > 0
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const step = event.key === 'ArrowDown' ? 1 : -1
      this.point((this.active + step + this.options.length) % this.options.length)
    } else if (open && (event.key === 'Tab' || (event.key === 'Enter' && !this.isWhole())) && !event.shiftKey)
      this.take(this.active)
    else if (open && event.key === 'Escape') this.offer([])
    else if (event.key === 'Escape' && this.changing !== undefined) this.stopChanging()
    else if (event.key === 'Enter' && !event.shiftKey) void this.send()
    else return
    event.preventDefault()
  }

  /** The command under the cursor of the list is typed out already: Enter says it, whatever else begins alike. */
  isWhole() {
    return this.options[this.active]?.say.toLowerCase() === this.input.value.trim().toLowerCase()
  }

  refresh() {
    const { input } = this
    input.style.height = 'auto'
    if (input.scrollHeight > 0) input.style.height = `${Math.min(input.scrollHeight, HEIGHT_MAX_PX)}px`
    this.refreshButton()
    this.offer(this.changing === undefined ? this.matches(input.value) : [])
  }

  refreshButton() {
    const { files } = this
    this.button.disabled = files.busy || (this.input.value.trim() === '' && files.ids.length === 0)
  }

  /** What completes the text as it stands: names after a slash, and in a channel the bot after an @. @param {string} text */
  matches(text) {
    if (text.includes('\n')) return []
    if (this.about.group && /^[@＠]\S{0,3}$/u.test(text)) {
      const bot = `@${this.about.words['bot']}`
      return bot.toLowerCase().startsWith(text.replace('＠', '@').toLowerCase())
        ? [{ say: bot, about: this.about.words['mention-about'] ?? '' }]
        : []
    }
    if (!/^[/／]/u.test(text)) return []
    const typed = text.slice(1).toLowerCase()
    const named = this.about.commands().map(({ say, about }) => ({ say: `/${say.replace(/^\//, '')}`, about }))
    const begin = named.filter(({ say }) => say.slice(1).toLowerCase().startsWith(typed))
    const inside = named.filter(
      (each) => !begin.includes(each) && typed.length > 0 && `${each.say} ${each.about}`.toLowerCase().includes(typed),
    )
    const isTyped = (/** @type {Command} */ { say }) => say.slice(1).toLowerCase() === typed
    const found = [...begin.filter(isTyped), ...begin.filter((each) => !isTyped(each)), ...inside]
    // Nothing is left to complete: Enter sends.
    return found.length === 1 && found[0]?.say.slice(1).toLowerCase() === typed ? [] : found.slice(0, OPTIONS_MAX)
  }

  /** @param {Command[]} options */
  offer(options) {
    this.options = options
    this.list.hidden = options.length === 0
    this.input.setAttribute('aria-expanded', String(options.length > 0))
    this.list.replaceChildren(
      ...options.map((option, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${this.listId}-${index}`,
            on: {
              pointerdown: (event) => {
                event.preventDefault()
                this.take(index)
              },
            },
          },
          h('span', { class: 'say' }, option.say),
          h('span', { class: 'quiet' }, option.about),
        ),
      ),
    )
    if (options.length > 0) this.point(0)
    else this.input.removeAttribute('aria-activedescendant')
  }

  /** @param {number} index */
  point(index) {
    this.active = index
    this.input.setAttribute('aria-activedescendant', `${this.listId}-${index}`)
    ;[...this.list.children].forEach((child, at) => {
      child.setAttribute('aria-selected', String(at === index))
      if (at === index) child.scrollIntoView({ block: 'nearest' })
    })
  }

  /** @param {number} index */
  take(index) {
    const option = this.options[index]
    if (!option) return
    this.input.value = `${option.say} `
    this.refresh()
    this.offer([])
    this.input.focus()
  }
}
