/** The calls that Slack makes to an app, as its documents show them: bodies, and the signed requests around them. */
import { createHmac } from 'node:crypto'
import type { RawRequest } from '#core/platform.ts'

export interface Signing {
  readonly secret: string
  /** When Slack signs it and when it arrives; real time in milliseconds. */
  readonly signedAt: number
  readonly receivedAt: number
  /** Headers beside the ordinary ones, or instead of them. */
  readonly headers?: Readonly<Record<string, string>>
}

export type Body = { readonly json: unknown } | { readonly form: Readonly<Record<string, string>> }

export const JSON_TYPE = 'application/json'
export const FORM_TYPE = 'application/x-www-form-urlencoded'

export const bytesOf = (body: Body): string =>
  'json' in body ? JSON.stringify(body.json) : new URLSearchParams(body.form).toString()

/** A request with its v0 signature, as it stands on the edge's doorstep. */
export function signed(text: string, type: string, { secret, signedAt, receivedAt, headers }: Signing): RawRequest {
  const stamp = String(Math.floor(signedAt / 1_000))
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${text}`).digest('hex')}`
  return {
    method: 'POST',
    url: '/slack/events',
    headers: {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
      ...headers,
    },
    body: Buffer.from(text),
    receivedAt,
  }
}

/** `&`, `<` and `>` reach an app as entities. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export interface Workspace {
  readonly team: string
  readonly app: string
  readonly bot: string
  readonly botId: string
}

/** An Events API envelope around one event. */
export function envelope(workspace: Workspace, eventId: string, event: Readonly<Record<string, unknown>>): Body {
  return {
    json: {
      token: 'unused',
      team_id: workspace.team,
      api_app_id: workspace.app,
      event,
      type: 'event_callback',
      event_id: eventId,
      event_time: 1_790_000_000,
      authorizations: [
        {
          enterprise_id: null,
          team_id: workspace.team,
          user_id: workspace.bot,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
    },
  }
}

export const messageEvent = (channel: string, user: string, ts: string, text: string) => ({
  type: 'message',
  channel,
  channel_type: channel.startsWith('D') ? 'im' : 'channel',
  user,
  ts,
  event_ts: ts,
  text,
  client_msg_id: `client-${ts}`,
})

export const mentionEvent = (channel: string, user: string, ts: string, text: string) => ({
  type: 'app_mention',
  channel,
  user,
  ts,
  event_ts: ts,
  text,
})

/** What a message has besides when files came along. */
export const withFiles = (files: readonly unknown[] | undefined) =>
  files === undefined ? {} : { subtype: 'file_share', upload: true, display_as_bot: false, files }

export const changedEvent = (
  channel: string,
  user: string,
  ts: string,
  before: string,
  after: string,
  editedTs: string,
) => ({
  type: 'message',
  subtype: 'message_changed',
  hidden: true,
  channel,
  channel_type: channel.startsWith('D') ? 'im' : 'channel',
  ts: editedTs,
  event_ts: editedTs,
  message: { type: 'message', user, text: after, ts, edited: { user, ts: editedTs } },
  previous_message: { type: 'message', user, text: before, ts },
})

export const removedEvent = (channel: string, user: string, ts: string, before: string, eventTs: string) => ({
  type: 'message',
  subtype: 'message_deleted',
  hidden: true,
  channel,
  channel_type: channel.startsWith('D') ? 'im' : 'channel',
  deleted_ts: ts,
  ts: eventTs,
  event_ts: eventTs,
  previous_message: { type: 'message', user, text: before, ts },
})

export function slashCommand(
  workspace: Workspace,
  call: { channel: string; user: string; command: string; text: string; trigger: string; responseUrl: string },
): Body {
  return {
    form: {
      token: 'unused',
      team_id: workspace.team,
      team_domain: 'department',
      channel_id: call.channel,
      channel_name: call.channel.startsWith('D') ? 'directmessage' : 'general',
      user_id: call.user,
      user_name: call.user.toLowerCase(),
      command: call.command,
      text: call.text,
      api_app_id: workspace.app,
      is_enterprise_install: 'false',
      response_url: call.responseUrl,
      trigger_id: call.trigger,
    },
  }
}

const interaction = (payload: unknown): Body => ({ form: { payload: JSON.stringify(payload) } })
const person = (workspace: Workspace, user: string) => ({
  id: user,
  username: user.toLowerCase(),
  team_id: workspace.team,
})

export function blockActions(
  workspace: Workspace,
  call: {
    channel: string
    user: string
    ts: string
    ephemeral: boolean
    message: unknown
    action: Readonly<Record<string, unknown>>
    trigger: string
    responseUrl: string
  },
): Body {
  return interaction({
    type: 'block_actions',
    user: person(workspace, call.user),
    api_app_id: workspace.app,
    token: 'unused',
    container: { type: 'message', message_ts: call.ts, channel_id: call.channel, is_ephemeral: call.ephemeral },
    trigger_id: call.trigger,
    team: { id: workspace.team, domain: 'department' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: call.channel, name: call.channel.startsWith('D') ? 'directmessage' : 'general' },
    ...(call.ephemeral ? {} : { message: call.message }),
    response_url: call.responseUrl,
    actions: [call.action],
  })
}

export function viewSubmission(
  workspace: Workspace,
  call: { user: string; view: Readonly<Record<string, unknown>>; values: unknown; trigger: string },
): Body {
  return interaction({
    type: 'view_submission',
    team: { id: workspace.team, domain: 'department' },
    user: person(workspace, call.user),
    api_app_id: workspace.app,
    token: 'unused',
    trigger_id: call.trigger,
    view: { ...call.view, state: { values: call.values } },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  })
}

export function shortcut(workspace: Workspace, call: { user: string; callback: string; trigger: string }): Body {
  return interaction({
    type: 'shortcut',
    token: 'unused',
    action_ts: '1790000000.000001',
    team: { id: workspace.team, domain: 'department' },
    user: person(workspace, call.user),
    callback_id: call.callback,
    trigger_id: call.trigger,
  })
}
