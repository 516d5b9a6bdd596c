/** The contract of an adapter's ears: what people do arrives as it was meant, once, and from nobody else. */
import { expect } from 'vitest'
import { PlatformError } from '#core/errors.ts'
import { type Answer, type Deliver, type Incoming, MalformedCall } from '#core/platform.ts'
import { everyField, HOSTILE, MIXED, outgoing, PICTURE, requestCard } from './samples.ts'
import type { ContractSubject, Gesture, Seen, Shown, Spoilt } from './subject.ts'

/** Makes the gesture and tells what was delivered. */
export async function hear(subject: ContractSubject, gesture: Gesture, answer: Answer = {}) {
  const heard: Incoming[] = []
  const deliver: Deliver = async (event) => {
    heard.push(event)
    return answer
  }
  const seen: Seen = await subject.perform(gesture, deliver)
  return { heard, event: heard[0], seen }
}

/** A card with a select and a button, as it was put into the person's direct room. */
export async function sendCard(subject: ContractSubject, key = 'card-1'): Promise<Shown> {
  const sent = await subject.platform.send(
    outgoing(key, { account: subject.person }, { card: requestCard() }),
    new AbortController().signal,
  )
  const shown = subject.shown().find((message) => message.messageId === sent.messageId)
  if (!shown) throw new Error(`The platform does not show the message ${sent.messageId} that send() gave`)
  return shown
}

/** One gesture of each kind that the platform has and that the bot must hear, with what it needs made beforehand. */
async function everyGesture(subject: ContractSubject, id: string): Promise<readonly Gesture[]> {
  const on = await sendCard(subject, `card-${id}`)
  const form = await subject.showForm(everyField())
  await hear(subject, { id: `${id}-first`, kind: 'direct', text: 'leave 3 days' })
  const all: readonly Gesture[] = [
    { id: `${id}-direct`, kind: 'direct', text: 'leave 3 days' },
    { id: `${id}-command`, kind: 'command', command: 'timeoff', text: '3 days' },
    { id: `${id}-mention`, kind: 'mention', text: 'leave 3 days' },
    { id: `${id}-click`, kind: 'click', on, label: 'Approve' },
    { id: `${id}-choose`, kind: 'choose', on, option: 'Option 1' },
    { id: `${id}-submit`, kind: 'submit', form, values: { title: 'Trip', days: '3' } },
    { id: `${id}-edit`, kind: 'edit', of: `${id}-first`, text: 'leave 2 days' },
    { id: `${id}-delete`, kind: 'delete', of: `${id}-first` },
  ]
  return all.filter((gesture) => subject.gestures.includes(gesture.kind))
}

/** Handles are opaque and may say when they were handed out; everything else is the event. */
function withoutHandles(event: Incoming): unknown {
  const { replyHandle: _, ...rest } = event
  return rest.kind === 'clicked' ? { ...rest, on: { address: rest.on.address, messageId: rest.on.messageId } } : rest
}

async function refuses(subject: ContractSubject, spoilt: Spoilt, proves: (error: unknown) => void): Promise<void> {
  const gestures = await everyGesture(subject, spoilt.replaceAll(' ', '-'))
  expect(gestures.length).toBeGreaterThan(0)
  for (const gesture of gestures) {
    let delivered = 0
    const deliver: Deliver = async () => {
      delivered += 1
      return {}
    }
    const error = await subject.perform(gesture, deliver, spoilt).then(
      () => expect.fail(`A ${spoilt} ${gesture.kind} was accepted`),
      (reason: unknown) => reason,
    )
    proves(error)
    expect(delivered, `${spoilt} ${gesture.kind} was delivered`).toBe(0)
  }
}
const notAuthentic = (error: unknown) => {
  expect(error).toBeInstanceOf(PlatformError)
  expect(error).toMatchObject({ kind: 'not-authentic' })
}

type Test = (subject: ContractSubject) => Promise<void>

export const receiving = {
  'a direct message arrives as said': async (subject) => {
    const { heard, event } = await hear(subject, { id: 'd1', kind: 'direct', text: '请假 3天' })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({
      kind: 'said',
      text: '请假 3天',
      person: subject.person,
      room: subject.direct,
      roomKind: 'direct',
    })
    expect(event && 'command' in event).toBe(false)
  },
  'a slash command arrives as said, with its name': async (subject) => {
    const { heard, event } = await hear(subject, { id: 'c1', kind: 'command', command: 'timeoff', text: '3 days' })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({ kind: 'said', command: 'timeoff', text: '3 days', person: subject.person })
  },
  'a slash command with a Chinese name arrives with that name': async (subject) => {
    const { event } = await hear(subject, { id: 'c2', kind: 'command', command: '请假', text: '三天半' })
    expect(event).toMatchObject({ kind: 'said', command: '请假', text: '三天半' })
  },
  'a mention in a group arrives without the mention': async (subject) => {
    const { heard, event } = await hear(subject, { id: 'm1', kind: 'mention', text: 'leave 3 days' })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({
      kind: 'said',
      text: 'leave 3 days',
      person: subject.person,
      room: subject.group,
      roomKind: 'group',
    })
  },
  'talk in a group that is not addressed to the bot is left alone': async (subject) => {
    const { heard, seen } = await hear(subject, { id: 't1', kind: 'chatter', text: '请假 3天' })
    expect(heard).toEqual([])
    expect(seen.accepted).toBe(true)
  },
  'the bot never hears itself': async (subject) => {
    const { heard, seen } = await hear(subject, { id: 'o1', kind: 'own', text: '/leave 3 days' })
    expect(heard).toEqual([])
    expect(seen.accepted).toBe(true)
  },
  'a click arrives with its action, its value, its message and the key it was sent under': async (subject) => {
    const on = await sendCard(subject, 'key-of-card')
    const { heard, event } = await hear(subject, { id: 'k1', kind: 'click', on, label: 'Approve' })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({
      kind: 'clicked',
      action: 'contract.approve',
      value: JSON.stringify({ requestId: 'R1' }),
      person: subject.person,
      on: { address: on.room, messageId: on.messageId },
      sentKey: 'key-of-card',
    })
    expect(event && 'chosen' in event).toBe(false)
  },
  'a choice arrives with the option chosen': async (subject) => {
    const on = await sendCard(subject, 'key-of-choice')
    const { event } = await hear(subject, { id: 'k2', kind: 'choose', on, option: 'Option 2' })
    expect(event).toMatchObject({
      kind: 'clicked',
      action: 'contract.pick',
      value: JSON.stringify({ requestId: 'R1' }),
      chosen: 'o2',
      sentKey: 'key-of-choice',
    })
  },
  'a submitted form arrives with its value and its fields by name': async (subject) => {
    const form = await subject.showForm(everyField())
    const values = { title: 'Trip home', from: '2026-09-28', at: '16:30', days: '3', type: 'o2' }
    const { heard, event } = await hear(subject, { id: 'f1', kind: 'submit', form, values })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({
      kind: 'filled',
      form: 'contract.ask',
      value: JSON.stringify({ requestId: 'R1' }),
      person: subject.person,
    })
    expect(event?.kind === 'filled' && event.values, 'an empty optional field is absent').toEqual(values)
  },
  'several people in a form arrive as a list': async (subject) => {
    const form = await subject.showForm(everyField())
    const values = { title: 'Trip', days: '3', standIns: [subject.other, subject.person] }
    const { event } = await hear(subject, { id: 'f2', kind: 'submit', form, values })
    expect(event?.kind === 'filled' && event.values['standIns']).toEqual([subject.other, subject.person])
  },
  'an edited message arrives as edited and names the message': async (subject) => {
    const said = await hear(subject, { id: 'e1', kind: 'direct', text: 'leave 3 days' })
    const { heard, event } = await hear(subject, { id: 'e2', kind: 'edit', of: 'e1', text: 'leave 2 days' })
    expect(heard).toHaveLength(1)
    expect(event).toMatchObject({ kind: 'edited', text: 'leave 2 days', person: subject.person })
    expect(event?.kind === 'edited' && event.messageId).toBe(said.event?.kind === 'said' && said.event.messageId)
    expect(event?.key).not.toBe(said.event?.key)
  },
  'a deleted message arrives as deleted and names the message': async (subject) => {
    const said = await hear(subject, { id: 'x1', kind: 'direct', text: 'leave 3 days' })
    const { event } = await hear(subject, { id: 'x2', kind: 'delete', of: 'x1' })
    expect(event).toMatchObject({ kind: 'deleted', person: subject.person })
    expect(event?.kind === 'deleted' && event.messageId).toBe(said.event?.kind === 'said' && said.event.messageId)
  },
  'what people type arrives as they typed it': async (subject) => {
    for (const [n, text] of [MIXED, HOSTILE.replace('<@U1> ', '')].entries()) {
      const { event } = await hear(subject, { id: `w${n}`, kind: 'direct', text })
      expect(event).toMatchObject({ kind: 'said', text })
    }
  },
  'a file arrives with the message it was sent with, and can be fetched': async (subject) => {
    const { heard, event } = await hear(subject, { id: 'i1', kind: 'direct', text: '', files: [PICTURE] })
    expect(heard).toHaveLength(1)
    const [file, ...more] = (event?.kind === 'said' && event.files) || []
    expect(more).toEqual([])
    expect(file?.name).toBe(PICTURE.name)
    if (!file || !subject.platform.fetchFile) throw new Error('The platform gives no file, or cannot fetch one')
    const stream = await subject.platform.fetchFile(file, new AbortController().signal)
    expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(PICTURE.bytes)
  },
  'a repeat has the same key and the same content': async (subject) => {
    for (const gesture of await everyGesture(subject, 'again')) {
      const first = await hear(subject, gesture)
      const second = await hear(subject, gesture)
      expect(first.event, gesture.kind).toBeDefined()
      expect(second.event && withoutHandles(second.event), gesture.kind).toEqual(
        first.event && withoutHandles(first.event),
      )
    }
  },
  'each gesture has a key of its own, at most 200 characters long': async (subject) => {
    const keys: string[] = []
    for (const round of ['one', 'two']) {
      for (const gesture of await everyGesture(subject, round))
        keys.push((await hear(subject, gesture)).event?.key ?? '')
    }
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) {
      expect(key).not.toBe('')
      expect(key.length).toBeLessThanOrEqual(200)
    }
  },
  'nothing is sent while an event is received': async (subject) => {
    const gestures = await everyGesture(subject, 'quiet')
    const before = subject.shown().length
    for (const gesture of gestures) await hear(subject, gesture)
    expect(subject.shown()).toHaveLength(before)
  },
  'a forged call is refused and never delivered': (subject) => refuses(subject, 'forged', notAuthentic),
  'a stale call is refused and never delivered': (subject) => refuses(subject, 'stale', notAuthentic),
  'a call from the future is refused and never delivered': (subject) =>
    refuses(subject, 'from the future', notAuthentic),
  'an authentic call that cannot be read is told apart and never delivered': (subject) =>
    refuses(subject, 'malformed', (error) => expect(error).toBeInstanceOf(MalformedCall)),
  'an oversized call is refused and never delivered': (subject) =>
    refuses(subject, 'oversized', (error) => expect(error).toBeInstanceOf(MalformedCall)),

  'the answer waits for the handler': async (subject) => {
    for (const gesture of await everyGesture(subject, 'wait')) {
      let finish: (answer: Answer) => void = () => {}
      let answered = false
      const called = new Promise<void>((reached) => {
        const deliver: Deliver = () => {
          reached()
          return new Promise((resolve) => {
            finish = resolve
          })
        }
        void subject.perform(gesture, deliver).then(() => {
          answered = true
        })
      })
      await called
      await new Promise((turn) => setImmediate(turn))
      expect(answered, `${gesture.kind} was answered before it was handled`).toBe(false)
      finish({})
      await expect.poll(() => answered, { message: `${gesture.kind} was never answered` }).toBe(true)
    }
  },
  'a reply is carried in the answer wherever the event says it can be': async (subject) => {
    let carried = 0
    for (const gesture of await everyGesture(subject, 'carry')) {
      const { event, seen } = await hear(subject, gesture, {
        message: { text: 'You have 3 days left.' },
        key: 'reply-1',
      })
      const can = event?.canCarry.includes('message') ?? false
      expect(seen.message !== undefined, `${gesture.kind} says ${can ? 'it can' : 'it cannot'} carry a reply`).toBe(can)
      if (!can) continue
      carried += 1
      expect(seen.message?.words).toContain('You have 3 days left.')
      expect(seen.message?.problems).toEqual([])
    }
    expect(carried, 'no event can carry a reply').toBeGreaterThan(0)
  },
  'a reply carried in the answer is seen by the person alone and its buttons work': async (subject) => {
    const gesture: Gesture = { id: 'p1', kind: 'command', command: 'timeoff', text: '3 days' }
    const { seen } = await hear(subject, gesture, { message: { card: requestCard('R2') }, key: 'reply-2' })
    const on = seen.message
    if (!on) throw new Error('The reply was not carried')
    expect(on.onlyFor).toBe(subject.person)
    const { event } = await hear(subject, { id: 'p2', kind: 'click', on, label: 'Approve' })
    expect(event).toMatchObject({ kind: 'clicked', value: JSON.stringify({ requestId: 'R2' }), sentKey: 'reply-2' })
  },
  'form errors are carried in the answer, and the form stays open': async (subject) => {
    const form = await subject.showForm(everyField())
    const gesture: Gesture = { id: 'v1', kind: 'submit', form, values: { title: 'Trip', days: '99' } }
    const { event, seen } = await hear(subject, gesture, { errors: { days: 'At most 30 days.' } })
    expect(event?.canCarry).toContain('errors')
    expect(seen.accepted).toBe(true)
    expect(seen.errors).toEqual({ days: 'At most 30 days.' })
  },
  'an error of the form as a whole is seen too': async (subject) => {
    const form = await subject.showForm(everyField())
    const gesture: Gesture = { id: 'v2', kind: 'submit', form, values: { title: 'Trip', days: '3' } }
    const { seen } = await hear(subject, gesture, { errors: { '': 'You have no days left.' } })
    expect(Object.values(seen.errors ?? {})).toEqual(['You have no days left.'])
  },
  'what the handler throws makes the platform repeat': async (subject) => {
    for (const gesture of await everyGesture(subject, 'throw')) {
      const seen = await subject.perform(gesture, async () => {
        throw new Error('the database is away')
      })
      expect(seen.accepted, gesture.kind).toBe(false)
      expect((await hear(subject, gesture)).seen.accepted, `${gesture.kind}, repeated`).toBe(true)
    }
  },
} satisfies Record<string, Test>
