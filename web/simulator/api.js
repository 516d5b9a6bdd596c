/** Calls to the server: reads, posts with the page's token, and the live stream. */

/**
 * @typedef {import('../../src/core/i18n.ts').Locale} Lang
 * @typedef {import('../../adapters/simulator/view.ts').MessageView} MessageView
 * @typedef {import('../../adapters/simulator/clock.ts').ClockView} ClockView
 * @typedef {import('../../adapters/simulator/host.ts').SimulatedPerson} Person
 * @typedef {import('../../adapters/simulator/host.ts').SimulatedRoom} Channel
 * @typedef {import('../../adapters/simulator/inbound.ts').Outcome} Outcome
 * @typedef {{ token: string, fileBytesMax: number, words: Record<string, string>, people: Person[], channels: Channel[],
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
  /** @param {Lang} lang */
  constructor(lang) {
    this.lang = lang
    this.token = ''
    this.fileBytesMax = 0
    /** @type {Record<string, string>} */
    this.words = {}
  }

  /** Everything the page needs to begin, and the token for what it will post. @returns {Promise<Boot>} */
  async boot() {
    const boot = await this.get('boot', {})
    this.token = boot.token
    this.fileBytesMax = boot.fileBytesMax
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
  post(path, body) {
    return this.#withToken(() => this.#post(path, body))
  }

  /**
   * Brings a file to the server, where it waits to be sent.
   * @param {string} account
   * @param {File} file
   * @param {{ signal: AbortSignal, progress: (part: number) => void }} on `part` from 0 to 1
   * @returns {Promise<import('../../adapters/simulator/shelf.ts').ShelvedFile>}
   */
  async upload(account, file, on) {
    return (await this.#withToken(() => this.#upload(account, file, on))).file
  }

  /** @param {() => Promise<any>} call */
  async #withToken(call) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'stale-page') throw error
      await this.boot()
      return call()
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
    // A page that the browser keeps for the way back would keep its connections too, and there are only six to a host.
    const leave = () => source.close()
    const comeBack = (/** @type {PageTransitionEvent} */ { persisted }) => {
      if (persisted) begin()
    }
    addEventListener('pagehide', leave)
    addEventListener('pageshow', comeBack)
    return () => {
      stopped = true
      source.close()
      removeEventListener('pagehide', leave)
      removeEventListener('pageshow', comeBack)
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
   * By the older means, which alone tells how far it has come.
   * @param {string} account
   * @param {File} file
   * @param {{ signal: AbortSignal, progress: (part: number) => void }} on
   */
  #upload(account, file, { signal, progress }) {
    const call = new XMLHttpRequest()
    call.open('POST', `${ROOT}upload?${new URLSearchParams({ account })}`)
    call.setRequestHeader('content-type', 'application/octet-stream')
    call.setRequestHeader('x-simulator-token', this.token)
    call.setRequestHeader('x-file-name', encodeURIComponent(file.name))
    call.setRequestHeader('accept-language', this.lang)
    call.upload.addEventListener('progress', (event) => progress(event.loaded / event.total))
    signal.addEventListener('abort', () => call.abort(), { once: true })
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Refused('no-server', this.words['no-server'] ?? 'The server does not answer.'))
      call.addEventListener('error', lost)
      call.addEventListener('abort', lost)
      call.addEventListener('load', () => {
        resolve(this.#answer(new Response(call.responseText, { status: call.status })))
      })
      call.send(file)
    })
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
