/** Slack as a platform: https://docs.slack.dev. How to get the tokens, and the quirks, are in README.md beside this file. */
import { type Instant, realNow } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Directory, Incoming, OpenedForm, Platform } from '#core/platform.ts'
import { checkSlack } from './check.ts'
import { createClient, type Self, type SlackClient } from './client.ts'
import { checkConfig, reachesPeople, type SlackConfig } from './config.ts'
import { readHandle } from './handle.ts'
import { limits } from './limits.ts'
import { SLACK_PATH } from './manifest.ts'
import { formView, messageView, placeholderView } from './modal.ts'
import { createReceive } from './receive.ts'
import { createSend } from './send.ts'

export type { SlackConfig } from './config.ts'

/**
 * Calls nobody until it is used. Throws `ConfigError` for a configuration that cannot work.
 * @param options.now real time; @param options.timeoutMs how long a call to Slack may take, 8 s when absent
 */
export function createSlack(
  config: SlackConfig,
  { now = realNow, timeoutMs }: { readonly now?: () => Instant; readonly timeoutMs?: number } = {},
): Platform {
  checkConfig(config)
  const client = createClient(config, timeoutMs === undefined ? {} : { timeoutMs })
  const self = onceKnown(() => client.installation(new AbortController().signal))
  const voice = createSend(client, now)
  return {
    name: 'slack',
    limits,
    paths: [SLACK_PATH],
    reachesPeople: reachesPeople(config.apiUrl),
    receive: createReceive(config, () => {
      // Slack names the bot with nearly every event. Where it does not, the answer to this question helps the next one.
      self.ask()
      return self.known()?.botUser
    }),
    openForm: (event, show, opened) => openForm(client, event, show, opened),
    send: voice.send,
    edit: voice.edit,
    find: voice.find,
    directory: directoryOf(client),
    check: (signal) => checkSlack(client, signal),
  }
}

/** Asks at most once at a time, and never again once it is known; failing is no harm, the next one asks again. */
function onceKnown(fetchSelf: () => Promise<Self>): { known(): Self | undefined; ask(): void } {
  let known: Self | undefined
  let asking: Promise<void> | undefined
  return {
    known: () => known,
    ask: () => {
      if (known || asking) return
      asking = fetchSelf().then(
        (self) => {
          known = self
          asking = undefined
        },
        () => {
          asking = undefined
        },
      )
    },
  }
}

async function openForm(
  client: SlackClient,
  event: Incoming,
  show: Parameters<NonNullable<Platform['openForm']>>[1],
  opened: OpenedForm | undefined,
): Promise<OpenedForm> {
  const view = viewOf(event, show)
  if (opened) {
    await client.updateView(opened.handle, view)
    return opened
  }
  const trigger = readHandle(event.replyHandle)?.trigger
  if (trigger === undefined)
    throw new PlatformError('refused', 'Slack opens a form on a command, a shortcut or a click only', {
      code: 'no_trigger',
    })
  return { handle: await client.openView(trigger, view) }
}

function viewOf(event: Incoming, show: Parameters<NonNullable<Platform['openForm']>>[1]) {
  if ('placeholder' in show) return placeholderView(show.placeholder)
  if ('message' in show) return messageView(show.message, show.locale)
  const { room, replyHandle } = event
  return formView(show.form, { room, ...(replyHandle === undefined ? {} : { reply: replyHandle }) })
}

function directoryOf(client: SlackClient): Directory {
  return {
    async byEmail(email, signal) {
      const user = await client.userByEmail(email, signal)
      return user && { account: user.id, email, ...(user.name === undefined ? {} : { name: user.name }) }
    },
    async members(room, signal) {
      return (await client.members(room, signal)).map((account) => ({ account }))
    },
  }
}
