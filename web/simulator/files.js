/** Files that came with a message: pictures as they are, everything else as a name to be downloaded. */
import { fill, h, icon } from './dom.js'

/** @typedef {import('../../adapters/simulator/shelf.ts').ShelvedFile} ShelvedFile */

/** `3.4 MB`, `12 KB`. @param {number} bytes */
export function sizeOf(bytes) {
  return bytes >= 1_048_576
    ? `${Math.round(bytes / 104_857.6) / 10} MB`
    : `${Math.max(1, Math.round(bytes / 1_024))} KB`
}

/**
 * @param {readonly ShelvedFile[]} files
 * @param {string} account whoever looks
 * @param {Record<string, string>} words
 */
export function drawFiles(files, account, words) {
  return h('ul', { class: 'files' }, ...files.map((file) => h('li', {}, drawFile(file, account, words))))
}

/**
 * @param {ShelvedFile} file
 * @param {string} account
 * @param {Record<string, string>} words
 */
function drawFile({ id, name, size, picture }, account, words) {
  const href = `/simulator/api/file?${new URLSearchParams({ account, id })}`
  const about = fill(words['download'] ?? '', { name, size: sizeOf(size) })
  if (picture)
    return h(
      'a',
      { class: 'picture', href, download: name, 'aria-label': about, title: about },
      h('img', { src: href, alt: name, loading: 'lazy' }),
    )
  return h(
    'a',
    { class: 'file', href, download: name, 'aria-label': about },
    icon('file'),
    h('span', { class: 'file-name' }, name),
    h('span', { class: 'quiet' }, sizeOf(size)),
  )
}
