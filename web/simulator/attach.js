/** Files that wait to be sent: chosen, dropped or pasted, brought to the server one by one, and taken off again. */

import { fill, h, icon, toast } from './dom.js'
import { sizeOf } from './files.js'

/**
 * @typedef {import('../../adapters/simulator/shelf.ts').ShelvedFile} ShelvedFile
 * @typedef {{ api: import('./api.js').Api, words: Record<string, string>, account: string, countMax: number,
 *   changed: () => void }} About
 * @typedef {{ row: HTMLElement, stop: AbortController, file?: ShelvedFile }} Item
 */

export class Attachments {
  /** @param {About} about */
  constructor(about) {
    this.about = about
    const { words } = about
    /** @type {Item[]} */
    this.items = []
    this.tray = h('ul', { class: 'tray', 'aria-label': words['attached'], hidden: true })
    this.input = h('input', {
      type: 'file',
      multiple: about.countMax > 1,
      hidden: true,
      tabindex: -1,
      'aria-label': words['attach'],
    })
    this.input.addEventListener('change', () => {
      this.add([...(this.input.files ?? [])])
      this.input.value = ''
    })
    this.button = h(
      'button',
      {
        type: 'button',
        class: 'attach',
        'aria-label': words['attach'],
        title: words['attach'],
        on: { click: () => this.input.click() },
      },
      icon('clip'),
    )
  }

  /** Some are still on their way. */
  get busy() {
    return this.items.some(({ file }) => file === undefined)
  }

  /** The ids of what is here, to be sent. @returns {string[]} */
  get ids() {
    return this.items.flatMap(({ file }) => file?.id ?? [])
  }

  /** @param {readonly File[]} files */
  add(files) {
    const { words, countMax, api } = this.about
    for (const file of files) {
      if (this.items.length >= countMax) {
        toast(fill(words['attach-many'] ?? '', { count: countMax }), 'bad')
        break
      }
      if (file.size > api.fileBytesMax)
        toast(
          fill(words['attach-large'] ?? '', { name: file.name, max: Math.floor(api.fileBytesMax / 1_048_576) }),
          'bad',
        )
      else void this.bring(file)
    }
  }

  /** Pictures from the clipboard; text is left to the field. @param {ClipboardEvent} event */
  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    this.add(files)
  }

  /** @param {File} file */
  async bring(file) {
    const { api, account, words } = this.about
    const stop = new AbortController()
    const progress = h('progress', { max: 1, value: 0, 'aria-label': file.name })
    const state = h('span', { class: 'quiet' }, sizeOf(file.size))
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': fill(words['attach-remove'] ?? '', { name: file.name }),
        on: { click: () => this.remove(item) },
      },
      icon('close'),
    )
    const row = h(
      'li',
      { class: 'waiting-file' },
      h('span', { class: 'file-name' }, file.name),
      state,
      progress,
      remove,
    )
    /** @type {Item} */
    const item = { row, stop }
    this.items.push(item)
    this.tray.append(row)
    this.refresh()
    try {
      item.file = await api.upload(account, file, {
        signal: stop.signal,
        progress: (part) => {
          progress.value = part
        },
      })
      progress.remove()
    } catch (error) {
      this.items = this.items.filter((each) => each !== item)
      row.remove()
      if (!stop.signal.aborted) toast(error instanceof Error ? error.message : String(error), 'bad')
    }
    this.refresh()
  }

  /** @param {Item} item */
  remove(item) {
    const { api, account } = this.about
    item.stop.abort()
    if (item.file) void api.post('discard', { account, file: item.file.id }).catch(() => {})
    this.items = this.items.filter((each) => each !== item)
    item.row.remove()
    this.refresh()
    this.button.focus()
  }

  /** They were sent. */
  clear() {
    this.items = []
    this.tray.replaceChildren()
    this.refresh()
  }

  refresh() {
    this.tray.hidden = this.items.length === 0
    this.about.changed()
  }
}

/**
 * Whatever files are dropped on `place` are handed to `take`.
 * @param {HTMLElement} place
 * @param {(files: File[]) => void} take
 */
export function takeDrops(place, take) {
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false
  const over = (/** @type {DragEvent} */ event) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    place.classList.add('dropping')
  }
  place.addEventListener('dragenter', over)
  place.addEventListener('dragover', over)
  place.addEventListener('dragleave', (event) => {
    if (!(event.relatedTarget instanceof Node && place.contains(event.relatedTarget)))
      place.classList.remove('dropping')
  })
  place.addEventListener('drop', (event) => {
    place.classList.remove('dropping')
    if (!holdsFiles(event)) return
    event.preventDefault()
    take([...(event.dataTransfer?.files ?? [])])
  })
}
