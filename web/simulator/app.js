/** The simulator page: opens the panes, keeps who acts where in the address, and hands the news around. */
import { Api } from './api.js'
import { ClockBar } from './clock.js'
import { byId, fill, h, icon, toast } from './dom.js'
import { Pane } from './pane.js'
import { drawSide } from './side.js'
import { dateOf, dayOf } from './when.js'

/**
 * @typedef {import('./api.js').Boot} Boot
 * @typedef {import('./api.js').ClockView} ClockView
 */

const PANES_MAX = 2

export class App {
  /**
   * @param {Api} api
   * @param {Boot} boot
   */
  constructor(api, boot) {
    this.api = api
    this.lang = api.lang
    /** @type {Record<string, string>} */
    this.words = {}
    /** @type {Map<string, import('./api.js').Person>} */
    this.people = new Map()
    /** @type {Map<string, import('./api.js').Channel>} */
    this.channels = new Map()
    /** @type {Record<string, Record<string, number>>} */
    this.unread = {}
    this.know(boot)
    this.clock = new ClockBar(this, boot.clock)
    /** @type {Pane[]} */
    this.panes = []
    /** @type {Pane | undefined} the side that was used last */
    this.active = undefined
  }

  begin() {
    this.wireShell()
    const [first] = this.people.keys()
    if (first === undefined) return this.nobody()
    const asked = new URLSearchParams(location.search)
    this.openPane(
      this.people.has(asked.get('as') ?? '') ? (asked.get('as') ?? first) : first,
      asked.get('room') ?? undefined,
    )
    const other = asked.get('as2')
    if (other !== null && this.people.has(other)) this.openPane(other, asked.get('room2') ?? undefined)
    this.focus(/** @type {Pane} */ (this.panes[0]))
    document.addEventListener('visibilitychange', () => {
      for (const pane of this.panes) if (pane.atEnd()) pane.seen()
    })
  }

  /** After the server was restarted, or when too much was missed: everything again, the panes in their places. */
  async restart() {
    const boot = await this.attempt(() => this.api.boot())
    if (!boot) return
    this.know(boot)
    this.takeClock(boot.clock)
    for (const pane of this.panes) {
      pane.messages.clear()
      void pane.load()
    }
    drawSide(this)
  }

  /** @param {Boot} boot */
  know(boot) {
    this.words = boot.words
    this.people = new Map(boot.people.map((person) => [person.account, person]))
    this.channels = new Map(boot.channels.map((channel) => [channel.room, channel]))
    this.unread = boot.unread
  }

  /**
   * Does something that may be refused, and says so when it is.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T | undefined>}
   */
  async attempt(act) {
    try {
      return await act()
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad')
      return undefined
    }
  }

  /** @param {string} account @param {string | undefined} [room] */
  openPane(account, room) {
    const person = this.people.get(account)
    if (!person) return
    const rooms = this.roomsOf(account)
    const pane = new Pane(
      this,
      person,
      room !== undefined && rooms.includes(room) ? room : /** @type {string} */ (rooms[0]),
    )
    this.panes.push(pane)
    byId('panes').append(pane.element)
    this.focus(pane)
    this.dressPanes()
  }

  /** Becomes somebody else in the active side. @param {string} account */
  actAs(account) {
    const open = this.panes.find((pane) => pane.person.account === account)
    const { active } = this
    if (open) this.focus(open)
    else if (active) {
      const at = this.panes.indexOf(active)
      const wasGroup = active.group ? active.room : undefined
      active.close()
      this.panes.splice(at, 1)
      this.openPane(account, wasGroup)
      this.panes.splice(at, 0, .../** @type {Pane[]} */ ([this.panes.pop()]))
      byId('panes').replaceChildren(...this.panes.map((pane) => pane.element))
      this.remember()
    }
    this.toggleSide(false)
  }

  /** @param {string} account */
  openBeside(account) {
    const last = this.panes[PANES_MAX - 1]
    if (last) {
      last.close()
      this.panes.splice(PANES_MAX - 1, 1)
    }
    this.openPane(account)
    this.toggleSide(false)
  }

  /** @param {Pane} pane */
  closePane(pane) {
    if (this.panes.length < 2) return
    pane.close()
    this.panes.splice(this.panes.indexOf(pane), 1)
    this.focus(/** @type {Pane} */ (this.panes[0]))
    this.dressPanes()
  }

  /** @param {string} room */
  enter(room) {
    if (!this.active) return
    this.active.enter(room)
    this.toggleSide(false)
    drawSide(this)
    this.remember()
  }

  /** @param {Pane} pane */
  focus(pane) {
    if (this.active === pane) return
    this.active = pane
    this.dressPanes()
    drawSide(this)
    this.remember()
  }

  /** The active side is marked; a side can be closed when there are two; a narrow page shows one and the way to the other. */
  dressPanes() {
    const two = this.panes.length > 1
    byId('panes').classList.toggle('two', two)
    for (const pane of this.panes) {
      pane.element.classList.toggle('active', pane === this.active)
      if (pane.closeButton) pane.closeButton.hidden = !two
    }
    byId('panes').querySelector('.switch')?.remove()
    if (!two) return
    const tabs = this.panes.map((pane) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': String(pane === this.active), on: { click: () => this.focus(pane) } },
        pane.person.name,
      ),
    )
    byId('panes').prepend(h('div', { class: 'switch', role: 'group' }, ...tabs))
  }

  /** Who acts where stands in the address: a reload, or the other language, finds it again. */
  remember() {
    const now = new URLSearchParams()
    const lang = new URLSearchParams(location.search).get('lang')
    if (lang) now.set('lang', lang)
    this.panes.forEach((pane, index) => {
      const nth = index === 0 ? '' : '2'
      now.set(`as${nth}`, pane.person.account)
      now.set(`room${nth}`, pane.room)
    })
    history.replaceState(null, '', `?${now}`)
  }

  /** @param {{ room: string, counts: Record<string, number> }} news */
  takeUnread({ room, counts }) {
    for (const [account, count] of Object.entries(counts))
      this.unread[account] = { ...this.unread[account], [room]: count }
    drawSide(this)
    for (const pane of this.panes) if (pane.room === room && pane.atEnd()) pane.seen()
  }

  /** @param {ClockView} view */
  takeClock(view) {
    this.clock.take(view)
  }

  /** @param {boolean} connected */
  connected(connected) {
    byId('lost').hidden = connected
  }

  /** How much this account has not read, in one room or in all. @param {string} account @param {string} [room] */
  unreadOf(account, room) {
    const counts = this.unread[account] ?? {}
    return room === undefined ? Object.values(counts).reduce((sum, count) => sum + count, 0) : (counts[room] ?? 0)
  }

  /** @param {string} account */
  roomsOf(account) {
    return [
      `dm-${account}`,
      ...[...this.channels.values()].filter(({ members }) => members.includes(account)).map(({ room }) => room),
    ]
  }

  /** @param {string} room */
  isGroup(room) {
    return this.channels.has(room)
  }

  /** @param {string} room */
  roomAbout(room) {
    const channel = this.channels.get(room)
    if (!channel) return { name: this.words['direct'] ?? '', about: this.words['direct-about'] ?? '' }
    return {
      name: channel.name[this.lang],
      about: fill(this.words['members'] ?? '', { count: channel.members.length }),
    }
  }

  /** @param {string} account */
  nameOf(account) {
    return this.people.get(account)?.name ?? account
  }

  /** @param {number} at */
  dayName(at) {
    const { zone } = this.clock
    const today = this.clock.now()
    const date = dateOf(at, this.lang, zone)
    if (dayOf(at, zone) === dayOf(today, zone)) return `${this.words['today']} · ${date}`
    return dayOf(at, zone) === dayOf(today - 86_400_000, zone) ? `${this.words['yesterday']} · ${date}` : date
  }

  nobody() {
    byId('panes').replaceChildren(
      h('div', { class: 'empty' }, h('h2', {}, this.words['nobody-title']), h('p', {}, this.words['nobody-about'])),
    )
  }

  wireShell() {
    byId('menu').append(icon('menu'))
    byId('menu').addEventListener('click', () => this.toggleSide(!document.body.classList.contains('side-open')))
    byId('shade').addEventListener('click', () => this.toggleSide(false))
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && document.body.classList.contains('side-open')) this.toggleSide(false)
    })
  }

  /** On a narrow page the column slides in. @param {boolean} open */
  toggleSide(open) {
    document.body.classList.toggle('side-open', open)
    byId('shade').hidden = !open
    byId('menu').setAttribute('aria-expanded', String(open))
  }
}

// Before anything is asked of the server: whoever cannot read the page can change its language.
byId('language').addEventListener('change', ({ target }) => {
  const now = new URLSearchParams(location.search)
  now.set('lang', /** @type {HTMLSelectElement} */ (target).value)
  location.search = now.toString()
})
const api = new Api(/** @type {import('./api.js').Lang} */ (document.documentElement.lang))
try {
  new App(api, await api.boot()).begin()
} catch (error) {
  byId('panes').replaceChildren(h('p', { class: 'empty' }, error instanceof Error ? error.message : String(error)))
  throw error
}
