/** The clock bar: what time it is in the department, what is due next, and the ways forward. */
import { byId, fill, h, icon, shown, toast } from './dom.js'
import { dateOf, dayOf, inputOf, timeOf, whenOf } from './when.js'

/**
 * @typedef {import('./api.js').ClockView} ClockView
 * @typedef {import('./app.js').App} App
 */

export class ClockBar {
  /**
   * @param {App} app
   * @param {ClockView} view
   */
  constructor(app, view) {
    this.app = app
    const { words } = app
    this.date = h('span', { class: 'clock-date' })
    this.time = h('span', { class: 'clock-time' })
    this.kind = h('span', { class: 'clock-kind' })
    this.nextWhat = h('span', { class: 'clock-what' })
    this.next = h(
      'button',
      { type: 'button', class: 'clock-button next', on: { click: () => this.move({ by: 'next' }) } },
      icon('next'),
      this.nextWhat,
    )
    const step = (/** @type {'hour' | 'day'} */ by) =>
      h('button', { type: 'button', class: 'clock-button', on: { click: () => this.move({ by }) } }, words[by])
    const jump = h('button', { type: 'button', class: 'clock-button', on: { click: () => this.jump() } }, words['jump'])
    this.steps = [this.next, step('hour'), step('day'), jump]
    byId('clock').replaceChildren(
      h(
        'div',
        { class: 'clock-face' },
        icon('clock'),
        h('div', { class: 'clock-words' }, this.kind, h('span', { class: 'clock-now' }, this.date, ' ', this.time)),
      ),
      h('div', { class: 'clock-steps' }, ...this.steps),
    )
    this.view = view
    this.heardAt = performance.now()
    this.take(view)
    setInterval(() => this.tick(), 1_000)
  }

  get zone() {
    return this.view.zone
  }

  now() {
    return this.view.kind === 'manual' || this.view.moving
      ? this.view.now
      : this.view.now + performance.now() - this.heardAt
  }

  /** @param {ClockView} view */
  take(view) {
    const { words, lang } = this.app
    // While it moves only the time is told: what is due next stays as it was said last.
    /** @type {ClockView['next']} */
    const next = view.moving ? this.view?.next : view.next
    /** @type {ClockView} */
    this.view = next ? { ...view, next } : view
    this.heardAt = performance.now()
    const busy = view.moving || this.asking === true
    this.kind.textContent = words[`clock-${view.kind}`] ?? ''
    const steps = byId('clock').querySelector('.clock-steps')
    if (steps instanceof HTMLElement) steps.hidden = view.kind !== 'rehearsal'
    for (const button of this.steps) button.disabled = busy
    if (next) {
      const sameDay = dayOf(next.at, view.zone) === dayOf(view.now, view.zone)
      const when = sameDay ? timeOf(next.at, lang, view.zone) : whenOf(next.at, lang, view.zone)
      this.nextWhat.textContent = `${words['next']} · ${when} ${next.what[lang]}`
      this.next.title = fill(words['next-go'] ?? '', { when: whenOf(next.at, lang, view.zone), what: next.what[lang] })
    } else {
      this.nextWhat.textContent = words['next-none'] ?? ''
      this.next.removeAttribute('title')
      this.next.disabled = true
    }
    byId('progress').hidden = !busy
    document.body.classList.toggle('moving', busy)
    this.tick()
  }

  tick() {
    const now = this.now()
    this.date.textContent = dateOf(now, this.app.lang, this.zone)
    this.time.textContent = timeOf(now, this.app.lang, this.zone)
  }

  /** Moves the clock once: until it has arrived no other way forward is open. @param {{ by: string } | { to: string }} body */
  async move(body) {
    if (this.asking) return
    this.asking = true
    this.take({ ...this.view, now: this.now() })
    const answer = await this.app.attempt(() => this.app.api.post('clock', body))
    this.asking = false
    this.take(answer?.clock ?? { ...this.view, moving: false })
    if (answer)
      toast(fill(this.app.words['arrived'] ?? '', { when: whenOf(answer.clock.now, this.app.lang, this.zone) }))
  }

  async jump() {
    const { words } = this.app
    const input = h('input', {
      class: 'input',
      id: 'jump-to',
      type: 'datetime-local',
      value: inputOf(this.now() + 3_600_000, this.zone),
      min: inputOf(this.now(), this.zone),
      required: true,
    })
    const dialog = h('dialog', { class: 'dialog narrow', 'aria-labelledby': 'jump-title' })
    const body = h(
      'form',
      { class: 'form', method: 'dialog' },
      h('h2', { id: 'jump-title' }, words['jump']),
      h('p', { class: 'dialog-text' }, words['jump-about']),
      h('div', { class: 'field' }, h('label', { for: 'jump-to' }, words['jump-to']), input),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', on: { click: () => dialog.close('') } }, words['cancel']),
        h('button', { type: 'submit', class: 'button primary', value: 'go' }, words['go']),
      ),
    )
    // Taken here: a form that the browser sends by itself would be refused by the page's own security policy.
    body.addEventListener('submit', (event) => {
      event.preventDefault()
      dialog.close('go')
    })
    dialog.append(body)
    if ((await shown(dialog)) === 'go') await this.move({ to: input.value })
  }
}
