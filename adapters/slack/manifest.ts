/** The app as Slack is to know it: https://docs.slack.dev/reference/app-manifest. `manifest.json` and `manifest-socket-mode.json` beside it are made from this. */
import { METADATA_TYPE } from './metadata.ts'

/** All of Slack's traffic comes in here. */
export const SLACK_PATH = '/slack/events'

/** Each right that the bot asks for, and why. */
export const BOT_SCOPES: Readonly<Record<string, string>> = {
  'app_mentions:read': 'hears @banzhang in channels',
  'channels:history': 'looks whether a message arrived in a public channel after Slack did not answer',
  'channels:read': 'lists the members of a public channel',
  'chat:write': 'posts and edits its own messages',
  commands: 'offers /banzhang and /timeoff',
  'files:read': 'fetches the files that people send it, in messages and in forms',
  'files:write': 'sends files: sheets, charts, papers that were asked for',
  'groups:history': 'the same as channels:history, in private channels it was invited to',
  'groups:read': 'the same as channels:read, in private channels it was invited to',
  'im:history': 'hears direct messages, and looks whether its own arrived',
  'im:write': 'opens a direct message to someone',
  'metadata.message:read': 'recognises its own messages by the key they carry',
  'users:read': 'shows the people of the workspace in forms',
  'users:read.email': 'finds a person by the e-mail address in the people file',
}

/** @param publicUrl where the bot is reached from the internet, as `https://bot.example.com`; undefined for Socket Mode, which has no address */
export function manifest(publicUrl: string | undefined) {
  const address = publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}${SLACK_PATH}`
  const url = address === undefined ? {} : { url: address }
  const request = address === undefined ? {} : { request_url: address }
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Banzhang 班长',
      description:
        'Shifts, leave, handovers, meetings and complaints of the department. 排班、请假、交接、会议与投诉。',
      background_color: '#1f4e5f',
    },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'banzhang', always_online: true },
      slash_commands: [
        {
          command: '/banzhang',
          ...url,
          description: 'Every command of the department bot 部门助手的全部命令',
          usage_hint: 'leave 3 days · 请假 3天 · help · 帮助',
          should_escape: true,
        },
        {
          command: '/timeoff',
          ...url,
          description: 'Ask for leave 请假',
          usage_hint: '3 days from Monday · 3天 从下周一 探亲',
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(BOT_SCOPES) } },
    settings: {
      event_subscriptions: {
        ...request,
        bot_events: ['app_mention', 'message.im'],
        metadata_subscriptions: [{ app_id: '*', event_type: METADATA_TYPE }],
      },
      interactivity: { is_enabled: true, ...request },
      org_deploy_enabled: false,
      socket_mode_enabled: address === undefined,
      token_rotation_enabled: false,
    },
  }
}
