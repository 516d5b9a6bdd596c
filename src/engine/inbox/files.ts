/** Files that come with words: taken at once when it is clear what they are for, asked about when it is not. */
import { type Button, button, type Card, select } from '#core/card.ts'
import { HOUR_MS } from '#core/clock.ts'
import { Refusal } from '#core/errors.ts'
import type { Say } from '#core/i18n.ts'
import type { FileRef } from '#core/platform.ts'
import type { FileOwner, PersonCtx, Reply } from '../context.ts'
import { type FilePlace, FilesFor } from '../files/events.ts'
import { refuseTooLarge } from '../files/files.ts'
import { tidyName } from '../files/kinds.ts'
import * as stored from '../files/repository.ts'
import { AttachChosen, AttachFiles, UndoFiles } from './contracts.ts'
import { messages } from './i18n.ts'
import * as repository from './repository.ts'
import { type Ran, read, said, type Words } from './words.ts'

/** Platforms let people send as many at once; more is a slip. */
export const FILES_MAX = 10
/** How long what was just taken can be taken back by its button; after that the feature decides. */
const UNDO_MS = HOUR_MS
/** More would not fit beside the way out. */
const BUTTONS_MAX = 4
const OPTIONS_MAX = 20
const LABEL_CHARS_MAX = 40

/** What a person sent, with or without words. @param event its row's id, which keeps the files until it is known what they are for */
export async function saidWithFiles(
  words: Words,
  ctx: PersonCtx,
  sent: { event: string; text: string; named: boolean; files: readonly FileRef[] },
): Promise<Ran> {
  const { event, text, named, files } = sent
  if (files.length > FILES_MAX) throw new Refusal(messages.later('files.too-many', { n: files.length, max: FILES_MAX }))
  const places = await placesFor(ctx)
  const meant = text.trim() === '' ? NOTHING : await meaningOf(words, ctx, text, named)
  const found = places.filter((place) => place.numbers.some((number) => meant.numbers.includes(number)))
  const [chosen] = found
  if (chosen && found.length === 1) return { reply: await taken(ctx, event, chosen, files), ran: null }
  const [unknown] = meant.numbers
  // A number was meant for something: what it is not is never guessed from there being only one place.
  if (unknown !== undefined && !chosen && !meant.answers)
    return { reply: offeredInstead(ctx, event, places, files, unknown), ran: null }
  if (meant.asks) {
    const ran = await said(words, ctx, text, named)
    await attachTo(ctx, event, ran, files)
    return ran
  }
  return { reply: await offered(ctx, event, places, files), ran: null }
}

/** A click on what the files are for. @param place undefined: for nothing */
export async function attach(
  ctx: PersonCtx,
  event: string,
  place: { feature: string; reference: string } | undefined,
): Promise<Reply> {
  const row = await repository.byId(ctx.sql, event)
  const files = row?.event.kind === 'said' ? (row.event.files ?? []) : []
  if (row?.personId !== ctx.actor.id || files.length === 0) return spoken(messages.later('question.over'), ctx)
  // A late click on another button of the same card: they lie somewhere already.
  const ids = files.map(({ id }) => id)
  if (await stored.takenFrom(ctx.sql, { platform: row.platform, by: ctx.actor.id, ids }))
    return spoken(messages.later('question.over'), ctx)
  if (!place) {
    await show(ctx, event, { title: messages.say(ctx.actor.locale, 'files.left') })
    return {}
  }
  const found = (await placesFor(ctx)).find((one) => sameplace(one, place))
  if (!found) throw new Refusal(messages.later('files.place-gone'))
  const reply = await taken(ctx, event, found, files, row.platform)
  if (reply.message?.card) await show(ctx, event, reply.message.card)
  return {}
}

/** `feature reference`, as an option of the select has it. */
export function placeOf(chosen: string | undefined): { feature: string; reference: string } | undefined {
  const [feature, reference] = chosen?.split(' ') ?? []
  return feature && reference ? { feature, reference } : undefined
}

/** Takes back what was just sent, by whoever sent it. */
export async function undoFiles(ctx: PersonCtx, about: { event: string; ids: readonly string[] }): Promise<Reply> {
  const dropped: stored.StoredFile[] = []
  for (const id of about.ids) {
    const file = await stored.byId(ctx.sql, id)
    if (file?.source?.by !== ctx.actor.id || (file.state !== 'stored' && file.state !== 'wanted')) continue
    if (ctx.clock.now() - file.createdAt > UNDO_MS) throw new Refusal(messages.later('files.undo-late'))
    await ctx.files.drop(id)
    dropped.push(file)
  }
  const { locale } = ctx.actor
  const [first] = dropped
  if (!first) return spoken(messages.later('files.undo-nothing'), ctx)
  const title = messages.say(locale, 'files.undone')
  const place = (await placesFor(ctx)).find((one) => sameplace(one, first))
  // Which files these were, and what they were for, stays readable: only the files are gone.
  await show(ctx, about.event, {
    title,
    ...(place ? { text: messages.say(locale, 'files.undone-from', { place: place.label(locale) }) } : {}),
    list: dropped.map(({ name }) => name),
  })
  return { toast: title }
}

const placesFor = (ctx: PersonCtx): Promise<readonly FilePlace[]> => ctx.ask(FilesFor, { personId: ctx.actor.id })

const sameplace = (one: FilePlace, other: { feature: string; reference: string }): boolean =>
  one.feature === other.feature && one.reference === other.reference

/** What the words beside files say. */
interface Meaning {
  /** Numbers of things, as `12`; empty when none is named. */
  readonly numbers: readonly string[]
  /** A command, or the answer to a question that is open. Everything else beside a file is a remark. */
  readonly asks: boolean
  /** A bare number while a question is open: its answer. */
  readonly answers: boolean
}
const NOTHING: Meaning = { numbers: [], asks: false, answers: false }

async function meaningOf(words: Words, ctx: PersonCtx, text: string, named: boolean): Promise<Meaning> {
  const { understanding, dialog } = await read(words, ctx, text, named)
  const isOpen = Boolean(dialog?.question && dialog.expiresAt.getTime() > ctx.clock.now())
  const isCommand = understanding.kind === 'command'
  return {
    numbers: numbersIn(text, isCommand && Object.values(understanding.values).some(isDated)),
    asks: isOpen || named || isCommand || understanding.kind === 'help',
    answers: isOpen && /^\d+$/.test(text.normalize('NFKC').trim()),
  }
}

/** `病假 #12`, `leave 12`, `12`. @param dated the words name a day: without a `#` a number is part of it, as in `leave Oct 12` */
function numbersIn(text: string, dated: boolean): readonly string[] {
  const folded = text.normalize('NFKC').trim()
  const marked = [...folded.matchAll(/#\s*0*(\d{1,20})/g)].map(([, number]) => number ?? '')
  if (marked.length > 0 || dated) return marked
  const alone = /^[^\d#]{0,12}0*(\d{1,9})$/.exec(folded)?.[1]
  return alone === undefined ? [] : [alone]
}

const isDated = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('from' in value || 'to' in value)

/** The command has run: the files go to what it made, or it is asked about them apart. */
async function attachTo(ctx: PersonCtx, event: string, { reply, ran }: Ran, files: readonly FileRef[]): Promise<void> {
  const places = await placesFor(ctx)
  const feature = ran?.split('.')[0]
  const { about } = reply
  const made =
    about === undefined ? undefined : places.find((place) => place.feature === feature && place.numbers.includes(about))
  const told = made ? await taken(ctx, event, made, files) : await offered(ctx, event, places, files)
  const { message } = told
  const card = message?.card
  if (card) await show(ctx, event, card)
  else if (message) await ctx.outbox.send({ person: ctx.actor.id }, () => message, { key: `inbox.files-said:${event}` })
}

async function offered(
  ctx: PersonCtx,
  event: string,
  places: readonly FilePlace[],
  files: readonly FileRef[],
): Promise<Reply> {
  const open = openOf(places)
  const [only, ...more] = open
  if (!only) throw new Refusal(nowhere(places))
  if (more.length === 0) return taken(ctx, event, only, files)
  const title = messages.say(ctx.actor.locale, 'files.which', { n: files.length })
  return { message: { card: whichCard(ctx, event, open, files, { title }) }, as: keyOf(event) }
}

/** The number beside the files is of nothing that this person could send them for: nothing is taken, and what is theirs is shown. */
function offeredInstead(
  ctx: PersonCtx,
  event: string,
  places: readonly FilePlace[],
  files: readonly FileRef[],
  number: string,
): Reply {
  if (places.length === 0) throw new Refusal(messages.later('files.no-such-none', { number }))
  const { locale } = ctx.actor
  const open = openOf(places)
  const head = {
    title: messages.say(locale, 'files.no-such', { number }),
    text: messages.say(locale, 'files.no-such-text'),
  }
  return {
    message: { card: whichCard(ctx, event, open.length > 0 ? open : places, files, head) },
    as: keyOf(event),
  }
}

const openOf = (places: readonly FilePlace[]) => places.filter(({ onlyNamed }) => !onlyNamed)

/** Why nothing is taken, with a number that is really theirs as the way out. */
function nowhere(places: readonly FilePlace[]): Say {
  const number = places.flatMap(({ numbers }) => numbers)[0]
  return number === undefined ? messages.later('files.none') : messages.later('files.none-open', { number })
}

/** Asks what the files are for. */
function whichCard(
  ctx: PersonCtx,
  event: string,
  open: readonly FilePlace[],
  files: readonly FileRef[],
  head: Pick<Card, 'title' | 'text'>,
): Card {
  const { locale } = ctx.actor
  const label = (place: FilePlace) => [...place.label(locale)].slice(0, LABEL_CHARS_MAX).join('')
  const none = button(AttachFiles, { event }, messages.say(locale, 'files.nothing'))
  return {
    ...head,
    tone: 'waiting',
    list: files.map(({ name }) => tidyName(name)),
    ...(open.length > BUTTONS_MAX
      ? {
          select: select(
            AttachChosen,
            { event },
            {
              label: messages.say(locale, 'files.choose'),
              options: open.slice(0, OPTIONS_MAX).map((place) => ({
                value: `${place.feature} ${place.reference}`,
                label: label(place),
              })),
            },
          ),
          buttons: [none],
        }
      : {
          buttons: [
            ...open.map(
              ({ feature, reference }, index): Button =>
                button(AttachFiles, { event, place: { feature, reference } }, label(open[index] as FilePlace)),
            ),
            none,
          ],
        }),
  }
}

/** Takes what can be taken and says so, with a way back. */
async function taken(
  ctx: PersonCtx,
  event: string,
  place: FilePlace,
  files: readonly FileRef[],
  platform = ctx.origin.platform,
): Promise<Reply> {
  const { locale } = ctx.actor
  const { feature, reference, permission, keepUntil } = place
  const owner: FileOwner = { feature, reference, permission, keepUntil, personId: ctx.actor.id }
  const ids: string[] = []
  const names: string[] = []
  const problems: Say[] = []
  for (const file of files) {
    try {
      refuseTooLarge(ctx, file)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      problems.push(error.say)
      continue
    }
    ids.push(await ctx.files.take(owner, platform, file))
    names.push(tidyName(file.name))
  }
  if (ids.length === 0) throw new Refusal((to) => problems.map((problem) => problem(to)).join('\n'))
  const card: Card = {
    title: messages.say(locale, 'files.taken', { n: ids.length, place: place.label(locale) }),
    list: [...names, ...problems.map((problem) => problem(locale))],
    buttons: [button(UndoFiles, { event, ids }, messages.say(locale, 'files.undo'))],
    note: messages.say(locale, 'files.who'),
  }
  return { message: { card }, as: keyOf(event) }
}

const keyOf = (event: string): string => `inbox.files:${event}`

const show = (ctx: PersonCtx, event: string, card: Card): Promise<void> =>
  ctx.outbox.show(keyOf(event), { person: ctx.actor.id }, () => ({ card }))

const spoken = (say: Say, ctx: PersonCtx): Reply => ({ message: { text: say(ctx.actor.locale) } })
