/** The rehearsal clock as the page sees and moves it. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '#core/clock.ts'
import { inEvery, inLocale, type Text } from '#core/i18n.ts'
import type { ClockBody } from './gestures.ts'
import type { SimulatorHost } from './host.ts'
import { messages } from './i18n.ts'
import { ADVANCE_DAYS_MAX } from './limits.ts'
import { Refused } from './refusal.ts'

export interface ClockView {
  readonly kind: 'real' | 'manual' | 'rehearsal'
  readonly zone: string
  readonly now: Instant
  /** It is on its way; nobody else can move it. */
  readonly moving: boolean
  readonly next?: { readonly at: Instant; readonly what: Text }
}

export class ClockHand {
  readonly #clock: SimulatorHost['clock']
  #moving = false

  constructor(clock: SimulatorHost['clock']) {
    this.#clock = clock
  }

  get moving(): boolean {
    return this.#moving
  }

  async view(): Promise<ClockView> {
    const next = await this.#clock.next()
    if (!next) return this.glance()
    // The page reads it in whatever language it is in: every one of them goes along.
    return { ...this.glance(), next: { at: next.at, what: inEvery((locale) => inLocale(next.what, locale)) } }
  }

  /** What can be said without asking for the next thing due. */
  glance(): ClockView {
    const { kind, zone } = this.#clock
    return { kind, zone, now: this.#clock.now(), moving: this.#moving }
  }

  /** Runs everything up to there. Refuses outside a rehearsal, backwards, too far, and while it is moving already. */
  async move(body: ClockBody): Promise<void> {
    if (this.#clock.kind !== 'rehearsal') throw new Refused(409, messages.later('clock-fixed'))
    if (this.#moving) throw new Refused(409, messages.later('clock-moving'))
    // Set before the first await: of two calls in the same moment only one moves the clock.
    this.#moving = true
    try {
      await this.#clock.advanceTo(await this.#target(body))
    } finally {
      this.#moving = false
    }
  }

  async #target(body: ClockBody): Promise<Instant> {
    const now = this.#clock.now()
    const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(this.#clock.zone)
    if ('to' in body) return this.#wallTime(body.to, here)
    // A day is the same wall time tomorrow, also when the clocks are changed in between.
    if (body.by !== 'next') return here.add(body.by === 'hour' ? { hours: 1 } : { days: 1 }).epochMilliseconds
    const next = await this.#clock.next()
    if (!next) throw new Refused(409, messages.later('clock-nothing'))
    return Math.max(now, next.at)
  }

  #wallTime(value: string, here: Temporal.ZonedDateTime): Instant {
    let to: Temporal.ZonedDateTime
    try {
      to = Temporal.PlainDateTime.from(value).toZonedDateTime(here.timeZoneId)
    } catch {
      throw new Refused(400, messages.later('clock-unread', { value }))
    }
    const shown = here.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
    if (Temporal.ZonedDateTime.compare(to, here) <= 0)
      throw new Refused(400, messages.later('clock-back', { now: shown }))
    if (Temporal.ZonedDateTime.compare(to, here.add({ days: ADVANCE_DAYS_MAX })) > 0)
      throw new Refused(400, messages.later('clock-far', { max: ADVANCE_DAYS_MAX }))
    return to.epochMilliseconds
  }
}
