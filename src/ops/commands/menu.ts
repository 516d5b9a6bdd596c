/** `commands publish`: the menu or command panel of a platform, made from what the features declare. */
import { inEvery } from '#core/i18n.ts'
import type { CommandEntry } from '#core/platform.ts'
import type { Command } from '#engine/feature.ts'
import { messages as help } from '#engine/inbox/i18n.ts'
import { PLATFORMS } from '#engine/policy/channels.ts'
import { done, no, type OpsCommand } from '../command.ts'
import { platformIn, whyNot } from './lookup.ts'

/** Help is no feature's command, and a menu without it leads nowhere: among the first, after what is asked for most. */
const HELP: CommandEntry = { name: inEvery(help.later('word.help')), description: inEvery(help.later('help.line')) }
const HELP_AT = 4

/** A platform may take so long, in milliseconds of real time. */
const PUBLISH_MS = 60_000

export const commandsPublish: OpsCommand = {
  name: 'commands publish',
  about: 'tell a platform which commands there are, for its menu; what was there before is replaced',
  arguments: [{ name: 'PLATFORM', about: PLATFORMS.join(', ') }],
  async run(context, { values }) {
    const platform = platformIn(context, values['PLATFORM'] ?? '')
    if (!platform.publishCommands)
      return no([], [`${platform.name} cannot be told: its commands are written in its own settings, see its guide.`])
    const entries = [...context.app.registry.commands.values()].map(entryOf).toSpliced(HELP_AT, 0, HELP)
    try {
      const results = await platform.publishCommands(entries, AbortSignal.timeout(PUBLISH_MS))
      const lines = results.map(({ what, ok, detail }) => `${ok ? 'ok     ' : 'problem'}  ${what}: ${detail}`)
      return results.every(({ ok }) => ok) ? done(lines) : no(lines, [])
    } catch (error) {
      return no([], [`${platform.name} took no commands: ${whyNot(error)}`])
    }
  },
}

function entryOf({ id, names, help }: Command): CommandEntry {
  const [en, zh] = [names.en[0] ?? id, names.zh[0] ?? names.en[0] ?? id]
  return { name: { en, 'zh-CN': zh }, description: inEvery(help.line) }
}
