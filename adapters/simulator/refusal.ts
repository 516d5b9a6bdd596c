/** "No", as an HTTP answer that the page can show. */
import type { Say } from '#core/i18n.ts'

/** Thrown inside the simulator's own HTTP side only, never to the engine. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: 400 | 403 | 404 | 409 | 413 | 503
  readonly say: Say
  /** What the page's script decides by: `stale-page` makes it fetch a new token, `form-closed` close the form. */
  readonly code: 'refused' | 'stale-page' | 'form-closed'

  constructor(status: Refused['status'], say: Say, options: { code?: Refused['code'] } = {}) {
    super(say('en'))
    this.status = status
    this.say = say
    this.code = options.code ?? 'refused'
  }
}
