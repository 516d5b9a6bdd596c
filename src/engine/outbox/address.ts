/** Who is where: the addresses of people and channels, and in whose words they are written to. */

import type { Message } from '#core/card.ts'
import type { Platform } from '#core/platform.ts'
import type { Reader, To } from '../context.ts'
import type { Tx } from '../db/transaction.ts'
import { accountsOf, addressOf } from '../identity/accounts.ts'
import { peopleFor } from '../identity/people.ts'
import { ChannelsPolicy } from '../policy/channels.ts'
import type { LoadedPolicy } from '../policy/loaded.ts'
import { OrganisationPolicy } from '../policy/organisation.ts'
import { peopleIn } from './content.ts'
import { roomsOfChannel } from './rooms.ts'
import { type Address, type Content, directTo, roomOf } from './row.ts'

export interface AddressBook {
  readonly platforms: ReadonlyMap<string, Platform>
  readonly policy: () => LoadedPolicy
}

/** Who acts, and where: what they are told is an answer. */
export interface Actor {
  readonly person: string
  /** Absent where nobody spoke: a job that acts for somebody. */
  readonly platform?: string
}

/** How something may be said. */
export interface Manner {
  /** Platforms to be avoided while there is another way. */
  readonly notOn?: readonly string[]
  /** Also in the quiet hours of the person. */
  readonly urgent?: boolean
  /** An answer to them is said where they act, and waits for no quiet hours. */
  readonly by?: Actor | undefined
}

export interface Located {
  readonly reader: Reader
  /** One for a person, one a platform for a channel; none when `why` says so. */
  readonly addresses: readonly Address[]
  readonly why: string
}

/**
 * Where `to` is told now: a person on the platform they prefer, whoever acts where they do it, a channel in each of its rooms.
 * @param how.notOn platforms to be avoided while there is another way
 */
export async function locate(
  book: AddressBook,
  tx: Tx,
  to: To,
  { notOn = [], by }: { readonly notOn?: readonly string[]; readonly by?: Actor | undefined } = {},
): Promise<Located> {
  const reader = await readerOf(book, tx, to)
  const names = [...book.platforms.keys()]
  const first = names.filter((name) => !notOn.includes(name))
  if ('channel' in to) {
    const rooms = await roomsOf(book, tx, to.channel)
    const liked = rooms.filter(({ platform }) => first.includes(platform))
    const addresses = liked.length > 0 ? liked : rooms
    return { reader, addresses, why: `the channel ${to.channel} has a room on none of: ${names.join(', ')}` }
  }
  if (!reader.person) return { reader, addresses: [], why: `no person has the id ${to.person}` }
  if (!reader.person.active) return { reader, addresses: [], why: `${reader.person.staffNo} has left` }
  const asked = by?.person === to.person && by.platform !== undefined ? [by.platform] : []
  const here = asked.length > 0 ? await addressOf(tx, to.person, asked) : undefined
  const liked = here ?? (notOn.length > 0 ? await addressOf(tx, to.person, first) : undefined)
  const found = liked ?? (await addressOf(tx, to.person, names))
  const why = `${reader.person.staffNo} has an account on none of: ${names.join(', ')}`
  return { reader, addresses: found ? [directTo(found.platform, found.account)] : [], why }
}

/** In whose language and zone. People who left are still written to where something of theirs is shown. */
export async function readerOf(book: AddressBook, tx: Tx, to: To): Promise<Reader> {
  const policy = book.policy()
  const { language, zone } = policy.section(OrganisationPolicy)
  if ('channel' in to) return { locale: channelOf(policy, to.channel)?.language ?? language, zone }
  const person = await peopleFor(tx, policy).byId(to.person)
  return person ? { locale: person.locale, zone: person.zone, person } : { locale: language, zone }
}

/** What is said, with the accounts of those it names on the platform it is said on. */
export async function contentOn(tx: Tx, platform: string, reader: Reader, message: Message): Promise<Content> {
  if (message.file && message.card)
    throw new Error(`${message.file.name}: a file is a message of its own; say the card in another one`)
  return { message, locale: reader.locale, accounts: await accountsIn(tx, platform, message) }
}

export async function accountsIn(
  tx: Tx,
  platform: string,
  message: Message,
): Promise<Readonly<Record<string, string>>> {
  const people = peopleIn(message)
  return people.length === 0 ? {} : accountsOf(tx, people, platform)
}

async function roomsOf({ platforms, policy }: AddressBook, tx: Tx, id: string): Promise<readonly Address[]> {
  const rooms = await roomsOfChannel(tx, policy(), id)
  return [...platforms.keys()].flatMap((name) =>
    rooms.filter(({ platform }) => platform === name).map(({ room }) => roomOf(name, room)),
  )
}

function channelOf(policy: LoadedPolicy, id: string) {
  const channels = policy.section(ChannelsPolicy)
  return Object.hasOwn(channels, id) ? channels[id] : undefined
}
