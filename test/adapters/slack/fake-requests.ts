/** The requests that the fake makes to an app, signed, for everything that people do on it. */
import type { RawRequest } from '#core/platform.ts'
import * as calls from './fake-calls.ts'
import type { FakeFiles, FileObject } from './fake-files.ts'
import { buttonOf, choiceOf, stateOf } from './fake-hands.ts'
import { type FakeStore, type StoredMessage, type StoredView, WORKSPACE } from './fake-store.ts'

export interface Requests {
  /** Signs a body of the app's own making. */
  sign(body: calls.Body, signing?: Partial<calls.Signing>): RawRequest
  slashCommand(call: { user: string; room: string; command: string; text: string }): RawRequest
  message(call: { user: string; room?: string; text: string; ts?: string; files?: readonly FileObject[] }): RawRequest
  mention(call: { user: string; room: string; text: string; ts?: string; files?: readonly FileObject[] }): RawRequest
  click(call: { user: string; on: StoredMessage; label: string }): RawRequest
  choose(call: { user: string; on: StoredMessage; option: string }): RawRequest
  submit(call: {
    user: string
    view: StoredView
    values: Readonly<Record<string, string | readonly string[]>>
  }): RawRequest
  edit(call: { user: string; room?: string; ts: string; before: string; after: string }): RawRequest
  remove(call: { user: string; room?: string; ts: string; before: string }): RawRequest
  shortcut(call: { user: string; callback: string }): RawRequest
  /** Slack tells the app of a message that the app has posted. */
  echo(message: StoredMessage): RawRequest
}

export function requestsOf(
  store: FakeStore,
  files: FakeFiles,
  { secret, origin }: { secret: string; origin: string },
): Requests {
  const sign: Requests['sign'] = (body, signing = {}) => {
    const at = store.now()
    return calls.signed(calls.bytesOf(body), 'json' in body ? calls.JSON_TYPE : calls.FORM_TYPE, {
      secret,
      signedAt: at,
      receivedAt: at,
      ...signing,
    })
  }
  const responseUrl = (room: string, user: string, original?: string) =>
    `${origin}/response/${store.responseUrl(room, user, original)}`
  const event = (body: Readonly<Record<string, unknown>>) => sign(calls.envelope(WORKSPACE, `Ev${store.next()}`, body))
  const actions = (user: string, on: StoredMessage, action: Readonly<Record<string, unknown>>) =>
    sign(
      calls.blockActions(WORKSPACE, {
        channel: on.channel,
        user,
        ts: on.ts,
        ephemeral: on.onlyFor !== undefined,
        message: on,
        action: { ...action, action_ts: store.ts() },
        trigger: store.trigger(user),
        responseUrl: responseUrl(on.channel, user, on.ts),
      }),
    )

  return {
    sign,
    slashCommand: ({ user, room, command, text }) =>
      sign(
        calls.slashCommand(WORKSPACE, {
          channel: room,
          user,
          command,
          text: calls.escaped(text),
          trigger: store.trigger(user),
          responseUrl: responseUrl(room, user),
        }),
      ),
    message: ({ user, room = store.direct(user), text, ts = store.ts(), files: sent }) =>
      event({ ...calls.messageEvent(room, user, ts, calls.escaped(text)), ...calls.withFiles(sent) }),
    mention: ({ user, room, text, ts = store.ts(), files: sent }) =>
      event({
        ...calls.mentionEvent(room, user, ts, `<@${WORKSPACE.bot}> ${calls.escaped(text)}`),
        ...calls.withFiles(sent),
      }),
    click: ({ user, on, label }) => actions(user, on, buttonOf(on, label)),
    choose: ({ user, on, option }) => actions(user, on, choiceOf(on, option)),
    submit: ({ user, view, values }) =>
      sign(
        calls.viewSubmission(WORKSPACE, {
          user,
          view: { ...view.view, id: view.id, hash: view.hash },
          values: stateOf(view, values, (id) => files.of(id)?.file),
          trigger: store.trigger(user),
        }),
      ),
    edit: ({ user, room = store.direct(user), ts, before, after }) =>
      event(calls.changedEvent(room, user, ts, calls.escaped(before), calls.escaped(after), store.ts())),
    remove: ({ user, room = store.direct(user), ts, before }) =>
      event(calls.removedEvent(room, user, ts, calls.escaped(before), store.ts())),
    shortcut: ({ user, callback }) => sign(calls.shortcut(WORKSPACE, { user, callback, trigger: store.trigger(user) })),
    echo: (message) =>
      event({
        ...calls.messageEvent(message.channel, WORKSPACE.bot, message.ts, message.text),
        bot_id: WORKSPACE.botId,
        app_id: WORKSPACE.app,
      }),
  }
}
