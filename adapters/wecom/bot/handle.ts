/** How a card can still be changed: by answering the click on it, at once. Pure. */
import type { Instant } from '#core/clock.ts'

export interface ClickHandle {
  /** Of the frame that brought the click. */
  readonly reqId: string
  readonly taskId: string
  /** Real time after which WeCom takes no answer. */
  readonly until: Instant
}

export const writeHandle = ({ reqId, taskId, until }: ClickHandle): string => JSON.stringify([reqId, taskId, until])

/** Undefined for anything else, as a response code of the app. */
export function readHandle(handle: string | undefined): ClickHandle | undefined {
  try {
    const [reqId, taskId, until]: unknown[] = JSON.parse(handle ?? '')
    if (typeof reqId !== 'string' || typeof taskId !== 'string' || typeof until !== 'number') return undefined
    return { reqId, taskId, until }
  } catch {
    return undefined
  }
}
