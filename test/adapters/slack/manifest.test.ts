/** The manifest that people paste: what Slack checks, what it keeps for itself, and that the file is what the code says. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { limits } from '../../../adapters/slack/limits.ts'
import { BOT_SCOPES, manifest, SLACK_PATH } from '../../../adapters/slack/manifest.ts'
import { METADATA_TYPE } from '../../../adapters/slack/metadata.ts'

/**
 * The parts we use of Slack's published schema, `manifest.schema.2.0.0.json` of github.com/slackapi/manifest-schema as it
 * stood in 2026: strict, so that a key it does not know is an error here as it is there.
 */
const url = z
  .string()
  .regex(/^https?:\/\//)
  .max(3_000)
const names = (max: number) => z.array(z.string().max(50)).max(max)
const published = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int(), minor_version: z.int() }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().min(1).max(140),
    background_color: z.string().regex(/^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().min(1).max(80), always_online: z.boolean() }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\//).min(2).max(32),
          url: url.optional(),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000),
          should_escape: z.boolean(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: names(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: url.optional(),
      bot_events: names(100),
      metadata_subscriptions: z
        .array(z.strictObject({ app_id: z.string(), event_type: z.string().max(50) }))
        .min(1)
        .max(20),
    }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
})

/** Commands that Slack answers itself; an app that lists one is refused with its whole list. */
const SLACKS_OWN = [
  ...['archive', 'away', 'call', 'collapse', 'dnd', 'expand', 'feed', 'invite', 'join', 'leave', 'me', 'msg', 'mute'],
  ...['open', 'remind', 'rename', 'search', 'shortcuts', 'shrug', 'status', 'topic', 'who'],
]

const made = manifest('https://bot.example.com/')
const commands = made.features.slash_commands.map((command) => command.command)

describe('the manifest', () => {
  it("is one that Slack's published schema takes", () => {
    expect(published.safeParse(made).error?.issues).toBeUndefined()
  })

  it('for Socket Mode has no address anywhere, and is otherwise the same', () => {
    const socket = manifest(undefined)
    expect(published.safeParse(socket).error?.issues).toBeUndefined()
    expect(JSON.stringify(socket)).not.toMatch(/url/)
    expect(socket.settings.socket_mode_enabled).toBe(true)
    expect(made.settings.socket_mode_enabled).toBe(false)
    expect(socket.oauth_config).toEqual(made.oauth_config)
    expect(socket.settings.event_subscriptions.bot_events).toEqual(made.settings.event_subscriptions.bot_events)
    const file = new URL('../../../adapters/slack/manifest-socket-mode.json', import.meta.url)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(socket)
  })

  it('is the file that the guide tells people to paste', () => {
    const file = new URL('../../../adapters/slack/manifest.json', import.meta.url)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(manifest('https://banzhang.example.com'))
  })

  it('names commands in small ASCII letters, none of which Slack keeps for itself', () => {
    for (const command of commands) {
      expect(command).toMatch(/^\/[a-z0-9_-]+$/)
      expect(SLACKS_OWN).not.toContain(command.slice(1))
      expect(limits.reservedCommands).not.toContain(command.slice(1))
    }
    expect(commands).toEqual(['/banzhang', '/timeoff'])
  })

  it('has every word that Slack keeps for itself among the reserved ones', () => {
    expect(SLACKS_OWN.filter((word) => !limits.reservedCommands.includes(word))).toEqual([])
  })

  it('has commands written in help as they can be typed', () => {
    expect(commands).toContain(limits.writeCommand('leave 3 days').split(' ')[0])
  })

  it('sends everything to the one address', () => {
    const urls = JSON.stringify(made).match(/https:\/\/bot\.example\.com[^"]*/g)
    expect(new Set(urls)).toEqual(new Set([`https://bot.example.com${SLACK_PATH}`]))
    expect(urls).toHaveLength(4)
  })

  it('asks for mentions and direct messages, and for nothing else that people say', () => {
    expect(made.settings.event_subscriptions.bot_events).toEqual(['app_mention', 'message.im'])
    expect(made.features.app_home).toMatchObject({ messages_tab_enabled: true, messages_tab_read_only_enabled: false })
    expect(made.features.slash_commands.every((command) => command.should_escape)).toBe(true)
  })

  it('gives a reason for each scope, and has those that its events and calls need', () => {
    for (const [scope, reason] of Object.entries(BOT_SCOPES)) expect(reason.length, scope).toBeGreaterThan(15)
    const needed = [
      'app_mentions:read',
      'im:history',
      'chat:write',
      'commands',
      'im:write',
      'users:read.email',
      'channels:history',
      'files:read',
      'files:write',
    ]
    expect(needed.filter((scope) => !(scope in BOT_SCOPES))).toEqual([])
  })

  it('knows the metadata by a name that Slack does not drop', () => {
    expect(METADATA_TYPE).toMatch(/^[a-z_]{1,50}$/)
    expect(made.settings.event_subscriptions.metadata_subscriptions).toEqual([
      { app_id: '*', event_type: METADATA_TYPE },
    ])
  })
})

describe('the guide', () => {
  const guide = readFileSync(new URL('../../../adapters/slack/README.md', import.meta.url), 'utf8')
  it('explains every scope and names the settings to fill in', () => {
    for (const scope of Object.keys(BOT_SCOPES)) expect(guide).toContain(`\`${scope}\``)
    for (const name of [
      'SLACK_SIGNING_SECRET',
      'SLACK_BOT_TOKEN',
      'PUBLIC_URL',
      'SLACK_APP_TOKEN',
      'connections:write',
      'manifest.json',
      'manifest-socket-mode.json',
      '/invite @banzhang',
    ])
      expect(guide).toContain(name)
  })
})
