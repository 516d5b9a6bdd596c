/** People and rooms as the host tells them, asked again only when they may have changed. */
import type { Instant } from '#core/clock.ts'
import type { SimulatedPerson, SimulatedRoom, SimulatorHost } from './host.ts'
import { DIRECTORY_FRESH_MS } from './limits.ts'

export interface Place {
  readonly room: string
  readonly kind: 'direct' | 'group'
  readonly members: readonly string[]
}

interface Known {
  readonly people: readonly SimulatedPerson[]
  readonly channels: readonly SimulatedRoom[]
  readonly person: ReadonlyMap<string, SimulatedPerson>
  readonly place: ReadonlyMap<string, Place>
  /** The rooms each account is in, its direct room first. */
  readonly placesOf: ReadonlyMap<string, readonly Place[]>
}

const nobody: Known = { people: [], channels: [], person: new Map(), place: new Map(), placesOf: new Map() }

/** The direct room of an account with the bot. */
export const directRoomOf = (account: string): string => `dm-${account}`

export class Directory {
  readonly #host: SimulatorHost
  readonly #realNow: () => Instant
  #known = nobody
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<Known> | undefined

  constructor(host: SimulatorHost, realNow: () => Instant) {
    this.#host = host
    this.#realNow = realNow
  }

  /** As last heard, for those who cannot wait. */
  get latest(): Known {
    return this.#known
  }

  /** At most {@link DIRECTORY_FRESH_MS} old. */
  async now(): Promise<Known> {
    return this.#realNow() - this.#askedAt < DIRECTORY_FRESH_MS ? this.#known : this.#ask()
  }

  /** A person, also one who came a moment ago. */
  async person(account: string): Promise<SimulatedPerson | undefined> {
    return (await this.now()).person.get(account) ?? (await this.#ask()).person.get(account)
  }

  /** A room, also one that came a moment ago. */
  async place(room: string): Promise<Place | undefined> {
    return (await this.now()).place.get(room) ?? (await this.#ask()).place.get(room)
  }

  #ask(): Promise<Known> {
    this.#asking ??= this.#read().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #read(): Promise<Known> {
    const [people, channels] = await Promise.all([this.#host.people(), this.#host.rooms()])
    const direct = people.map(
      ({ account }): Place => ({ room: directRoomOf(account), kind: 'direct', members: [account] }),
    )
    const groups = channels.map(({ room, members }): Place => ({ room, kind: 'group', members }))
    // A direct room wins over a channel of the same name: nobody else may read it.
    const place = new Map([...groups, ...direct].map((each) => [each.room, each]))
    const placesOf = new Map(
      people.map(({ account }) => [account, [...place.values()].filter(({ members }) => members.includes(account))]),
    )
    for (const places of placesOf.values())
      places.sort((one, other) => Number(one.kind === 'group') - Number(other.kind === 'group'))
    this.#known = {
      people,
      channels,
      person: new Map(people.map((person) => [person.account, person])),
      place,
      placesOf,
    }
    this.#askedAt = this.#realNow()
    return this.#known
  }
}
