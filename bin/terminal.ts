/** Questions at the terminal, one after the other; answers that are piped in are taken in their order. */
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** @returns asks one question; undefined when nobody answers any more */
export function askAt(input: Readable, output: Writable): (question: string) => Promise<string | undefined> {
  const ahead: string[] = []
  let isOver = false
  let waiting: ((line: string | undefined) => void) | undefined
  let isOpen = false
  const open = () => {
    isOpen = true
    createInterface({ input })
      .on('line', (line) => (waiting ? waiting(line) : ahead.push(line)))
      .on('close', () => {
        isOver = true
        waiting?.(undefined)
      })
  }
  return (question) => {
    // Not before it is needed: another command reads the same input as a whole.
    if (!isOpen) open()
    output.write(question)
    const [typed] = ahead.splice(0, 1)
    if (typed !== undefined || isOver) return Promise.resolve(typed)
    return new Promise((resolve) => {
      waiting = (line) => {
        waiting = undefined
        resolve(line)
      }
    })
  }
}
