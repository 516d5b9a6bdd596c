/** One side of the page: a person, a room, its messages as they come, and the composer. */
import { takeDrops } from './attach.js'
import { Composer } from './composer.js'
import { fill, h, icon, toast } from './dom.js'
import { End } from './end.js'
import { showForm } from './form.js'
import { drawHead } from './head.js'
import { drawHint } from './hint.js'
import { drawMessage } from './message.js'
import { dayOf } from './when.js'

/**
 * @typedef {import('./api.js').MessageView} MessageView
 * @typedef {import('./api.js').Outcome} Outcome
 * @typedef {import('./api.js').Person} Person
 * @typedef {import('./app.js').App} App
 */

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000

export class Pane {
  /**
   * @param {App} app
   * @param {Person} person
   * @param {string} room
   */
  constructor(app, person, room) {
    this.app = app
    this.person = person
    this.room = room
    /** @type {Map<string, MessageView>} */
    this.messages = new Map()
    this.more = false
    this.lastRead = 0
    /** @type {import('./composer.js').Command[]} */
    this.commands = []
    this.log = h('ol', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: 0 })
    this.newer = h(
      'button',
      { type: 'button', class: 'newer', hidden: true, on: { click: () => this.toEnd() } },
      icon('down'),
      app.words['newer'],
    )
    this.end = new End(this.log, () => this.seen())
    this.element = h('section', { class: 'pane' })
    takeDrops(this.element, (files) => this.composer.files.add(files))
    this.element.addEventListener('focusin', () => app.focus(this))
    this.element.addEventListener('pointerdown', () => app.focus(this))
    this.composer = this.draw()
    this.stop = app.api.listen(person.account, {
      ready: () => {
        app.connected(true)
        if (!this.loaded) void this.load()
      },
      reset: () => {
        app.connected(true)
        void app.restart()
      },
      message: (view) => this.take(view),
      unread: (news) => app.takeUnread(news),
      clock: (view) => app.takeClock(view),
      lost: () => app.connected(false),
    })
    void app.api.get('commands', { account: person.account }).then(
      ({ commands }) => {
        this.commands = commands
        this.drawEmpty()
      },
      () => {},
    )
  }

  get group() {
    return this.app.isGroup(this.room)
  }

  /** Goes to another room of the same person. @param {string} room */
  enter(room) {
    this.room = room
    this.messages.clear()
    this.composer = this.draw()
    void this.load()
  }

  close() {
    this.stop()
    this.element.remove()
  }

  draw() {
    const { words } = this.app
    const about = this.app.roomAbout(this.room)
    const composer = new Composer({
      words,
      name: this.person.name,
      group: this.group,
      commands: () => this.commands,
      attach: { api: this.app.api, account: this.person.account },
      say: (text, files) => this.say(text, files),
      change: (id, text) => this.post('edit', { room: this.room, message: id, text }),
    })
    this.element.setAttribute('aria-label', fill(words['pane-of'] ?? '', { name: this.person.name }))
    const head = drawHead(this.app, this.person, this.group, about, () => this.app.closePane(this))
    this.closeButton = head.close
    this.log.setAttribute('aria-label', about.name)
    this.log.replaceChildren()
    this.element.replaceChildren(head.element, this.log, this.newer, composer.element)
    this.app.dressPanes()
    return composer
  }

  async load() {
    const { room } = this
    this.loaded = true
    this.log.setAttribute('aria-busy', 'true')
    const { messages, more } =
      (await this.app.attempt(() => this.app.api.get('messages', { account: this.person.account, room }))) ?? {}
    if (room !== this.room || !messages) return
    this.more = more
    for (const view of messages) this.keep(view)
    this.log.removeAttribute('aria-busy')
    this.drawAll()
    this.toEnd()
  }

  async loadEarlier() {
    const { room } = this
    const [first] = this.sorted()
    const found = await this.app.attempt(() =>
      this.app.api.get('messages', { account: this.person.account, room, before: first?.seq }),
    )
    if (!found || room !== this.room) return
    const fromEnd = this.log.scrollHeight - this.log.scrollTop
    this.more = found.more
    for (const view of found.messages) this.keep(view)
    this.drawAll()
    this.log.scrollTop = this.log.scrollHeight - fromEnd
  }

  /** A message that is new or changed. @param {MessageView} view */
  take(view) {
    if (view.room !== this.room || !this.keep(view)) return
    const follow = this.atEnd() || view.from === this.person.account
    const old = this.log.querySelector(`[data-id="${CSS.escape(view.id)}"]`)
    if (view.deleted) {
      this.messages.delete(view.id)
      old?.remove()
    } else if (old) this.replace(/** @type {HTMLElement} */ (old), view)
    else {
      const [last] = this.sorted().slice(-1)
      if (last?.id === view.id) this.append(view, this.sorted().at(-2))
      else this.drawAll()
    }
    this.drawEmpty()
    if (follow) this.toEnd()
    else if (!old) this.newer.hidden = false
  }

  /** @param {MessageView} view @returns {boolean} whether it is newer than what was known */
  keep(view) {
    if ((this.messages.get(view.id)?.rev ?? -1) >= view.rev) return false
    this.messages.set(view.id, view)
    return true
  }

  sorted() {
    return [...this.messages.values()].sort((one, other) => one.seq - other.seq)
  }

  drawAll() {
    this.log.replaceChildren()
    if (this.more)
      this.log.append(
        h(
          'li',
          { class: 'earlier' },
          h(
            'button',
            { type: 'button', class: 'link', on: { click: () => this.loadEarlier() } },
            this.app.words['earlier'],
          ),
        ),
      )
    /** @type {MessageView | undefined} */
    let before
    for (const view of this.sorted()) {
      this.append(view, before)
      before = view
    }
    this.drawEmpty()
  }

  /** @param {MessageView} view @param {MessageView | undefined} before */
  append(view, before) {
    const zone = this.app.clock.zone
    const newDay = !before || dayOf(before.at, zone) !== dayOf(view.at, zone)
    if (newDay) this.log.append(h('li', { class: 'day' }, h('span', {}, this.app.dayName(view.at))))
    const together =
      !newDay && before?.from === view.from && before?.private === view.private && view.at - before.at < TOGETHER_MS
    const line = this.line(view)
    line.classList.toggle('together', together)
    this.log.append(line)
  }

  /** Changes a message in its place; whoever had a button of it under their fingers keeps the place. @param {HTMLElement} old @param {MessageView} view */
  replace(old, view) {
    const held = old.contains(document.activeElement)
    const line = this.line(view)
    line.classList.toggle('together', old.classList.contains('together'))
    line.classList.add('changed')
    old.replaceWith(line)
    if (held) /** @type {HTMLElement} */ (line.querySelector('button, select') ?? line).focus({ preventScroll: true })
  }

  /** @param {MessageView} view */
  line(view) {
    const { app, person, group } = this
    return drawMessage(view, {
      app,
      person,
      group,
      press: (path, body) => this.press(path, body),
      change: () => this.composer.change(view.id, String(view.text ?? '')),
    })
  }

  /** The invitation in a room where nothing was said yet. */
  drawEmpty() {
    const there = this.log.querySelector('.hint')
    if (this.messages.size > 0 || !this.loaded || this.log.hasAttribute('aria-busy')) return there?.remove()
    const hint = drawHint(
      this.app.words,
      this.person,
      this.group,
      this.commands,
      (text) => void this.say(text).catch(() => {}),
    )
    if (there) there.replaceWith(hint)
    else this.log.replaceChildren(hint)
  }

  /** @param {string} text @param {readonly string[]} [files] */
  async say(text, files = []) {
    await this.post('say', { room: this.room, text, ...(files.length > 0 ? { files } : {}) })
  }

  /** A click: a refusal is said in passing and the card stays as it is. @param {string} path @param {object} body */
  async press(path, body) {
    await this.post(path, body).catch(() => {})
  }

  /** One gesture; the same identity in every repeat. Says what was refused and throws it on. @param {string} path @param {object} body */
  async post(path, body) {
    const outcome = await this.app.attempt(() =>
      this.app.api.post(path, { id: crypto.randomUUID(), account: this.person.account, ...body }),
    )
    if (!outcome) throw new Error('refused')
    this.follow(outcome)
  }

  /** @param {Outcome} outcome */
  follow({ toast: words, form }) {
    if (words) toast(words)
    if (form) void this.fillIn(form)
  }

  /** @param {NonNullable<Outcome['form']>} opened */
  async fillIn({ handle, form }) {
    const { app, person } = this
    /** @type {Outcome} */
    let outcome = {}
    const around = { words: app.words, people: [...app.people.values()], person, api: app.api }
    await showForm(form, around, async (values) => {
      outcome = await app.api.post('submit', { id: crypto.randomUUID(), account: person.account, form: handle, values })
      return outcome.errors
    })
    this.follow(outcome)
  }

  atEnd() {
    return this.end.follows
  }

  toEnd() {
    this.end.go()
  }

  /** Tells the server that everything here was read, when somebody is looking. */
  seen() {
    this.newer.hidden = true
    const last = Math.max(0, ...[...this.messages.values()].map(({ seq }) => seq))
    if (document.visibilityState !== 'visible' || last === 0) return
    if (!this.app.unreadOf(this.person.account, this.room)) return
    void this.app.api.post('read', { account: this.person.account, room: this.room, seq: last }).catch(() => {})
  }
}
