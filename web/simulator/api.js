/** Calls to the server: reads, posts with the page's token, and the live stream. */

/**
 * @typedef {import('../../adapters/simulator/view.ts').MessageView} MessageView
 * @typedef {import('../../adapters/simulator/clock.ts').ClockView} ClockView
 * @typedef {import('../../adapters/simulator/host.ts').SimulatedPerson} Person
 * @typedef {import('../../adapters/simulator/host.ts').SimulatedRoom} Channel
 * @typedef {import('../../adapters/simulator/inbound.ts').Outcome} Outcome
 * @typedef {{ token: string, words: Record<string, string>, people: Person[], channels: Channel[],
 *   unread: Record<string, Record<string, number>>, clock: ClockView }} Boot
 */

const ROOT = '/simulator/api/'
/** Between two attempts to listen when the server has refused one. */
const RETRY_MS = 3_000

/** What the server refused, in the page's language. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

export class Api {
  /** @param {'zh-CN' | 'en'} lang */
  constructor(lang) {
    this.lang = lang
    this.token = ''
    /** @type {Record<string, string>} */
    this.words = {}
  }

  /** Everything the page needs to begin, and the token for what it will post. @returns {Promise<Boot>} */
  async boot() {
    const boot = await this.get('boot', {})
    this.token = boot.token
    this.words = boot.words
    return boot
  }

  /**
   * @param {string} path
   * @param {Record<string, string | number | undefined>} query
   */
  async get(path, query) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    return this.#answer(await this.#call(`${path}?${search}`, {}))
  }

  /**
   * Posts once; a second time only with a new token, after the server was restarted: the first call then did nothing.
   * @param {string} path
   * @param {object} body
   */
  async post(path, body) {
    try {
      return await this.#post(path, body)
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'stale-page') throw error
      await this.boot()
      return this.#post(path, body)
    }
  }

  /**
   * Listens for one person. After a break it goes on where it was: the browser does that by itself, except when the server
   * has refused it, then it is begun again here.
   * @param {string} account
   * @param {{ ready: () => void, reset: () => void, message: (view: MessageView) => void, unread: (news: any) => void,
   *   clock: (view: ClockView) => void, lost: () => void }} on
   * @returns {() => void} stops listening
   */
  listen(account, on) {
    let since = ''
    let stopped = false
    /** @type {EventSource} */
    let source
    const begin = () => {
      if (stopped) return
      source = new EventSource(`${ROOT}stream?${new URLSearchParams(since === '' ? { account } : { account, since })}`)
      const hear = (/** @type {string} */ name, /** @type {(data: any) => void} */ act) =>
        source.addEventListener(name, (event) => {
          since = event.lastEventId
          act(JSON.parse(event.data))
        })
      hear('ready', on.ready)
      hear('reset', on.reset)
      hear('message', on.message)
      hear('unread', on.unread)
      hear('clock', on.clock)
      source.addEventListener('error', () => {
        on.lost()
        if (source.readyState === EventSource.CLOSED) setTimeout(begin, RETRY_MS)
      })
    }
    begin()
    return () => {
      stopped = true
      source.close()
    }
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async #post(path, body) {
    const headers = { 'content-type': 'application/json', 'x-simulator-token': this.token }
    return this.#answer(await this.#call(path, { method: 'POST', headers, body: JSON.stringify(body) }))
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #call(path, init) {
    try {
      return await fetch(ROOT + path, { ...init, headers: { ...init.headers, 'accept-language': this.lang } })
    } catch {
      throw new Refused('no-server', this.words['no-server'] ?? 'The server does not answer.')
    }
  }

  /** @param {Response} response */
  async #answer(response) {
    const json = await response.json().catch(() => ({}))
    if (response.ok) return json
    throw new Refused(json.error?.code ?? 'failed', json.error?.message ?? this.words['failed'] ?? response.statusText)
  }
}
