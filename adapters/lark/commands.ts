/** The slash commands that Lark offers beside the text box. A command arrives as a message all the same: they only save typing. */
import { PlatformError } from '#core/errors.ts'
import { inLocale } from '#core/i18n.ts'
import type { CheckResult, CommandEntry } from '#core/platform.ts'
import type { CommandText, LarkClient, RegisteredCommand } from './client.ts'
import { short } from './cut.ts'
import { COMMANDS_MAX } from './limits.ts'

/** As {@link Platform.publishCommands}: what was there and is not named any more goes, what Lark refuses is told by name. */
export async function publishCommands(
  client: LarkClient,
  commands: readonly CommandEntry[],
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const wanted = wantedOf(commands)
  const there = await client.commands(signal)
  const results: CheckResult[] = []
  const typedOnly: string[] = []
  const attempt = async (what: string, done: string, work: Promise<void>) => {
    const refusal = await work.then(() => undefined, refusalIn)
    results.push(refusal === undefined ? { what, ok: true, detail: done } : { what, ok: false, detail: refusal })
  }
  // First what goes: its name may be wanted again, and there is room for so many only.
  for (const former of there.filter(({ command }) => !wanted.has(command)))
    await attempt(`/${former.command}`, 'taken away', client.removeCommand(former.command_id, signal))
  for (const [command, text] of [...wanted].slice(0, COMMANDS_MAX)) {
    const former = there.find((one) => one.command === command)
    if (!former && isAscii(command)) await attempt(`/${command}`, 'added', client.addCommand(text, signal))
    else if (!former) {
      // Whether a tenant takes Chinese names is not documented: none of them is something to be mended.
      const refusal = await client.addCommand(text, signal).then(() => undefined, refusalIn)
      if (refusal === undefined) results.push({ what: `/${command}`, ok: true, detail: 'added' })
      else typedOnly.push(`/${command}`)
    } else if (!isSame(former, text))
      await attempt(
        `/${command}`,
        'changed',
        client.changeCommand(former.command_id, { description: text.description }, signal),
      )
  }
  if (typedOnly.length > 0)
    results.push({
      what: 'Names in Chinese',
      ok: true,
      detail: `Lark offers none of ${typedOnly.join(', ')}; typed, they are understood all the same`,
    })
  const left = wanted.size - COMMANDS_MAX
  if (left > 0)
    results.push({ what: 'Lark commands', ok: false, detail: `${left} are not offered: Lark takes ${COMMANDS_MAX}` })
  if (results.length === 0)
    results.push({ what: 'Lark commands', ok: true, detail: `all ${wanted.size} are offered already` })
  return results
}

const DESCRIPTION_CHARS_MAX = 100

const isAscii = (name: string): boolean => /^[\x20-\x7e]*$/.test(name)

/** Under the English name and under the Chinese one, each once; English ones first, because only theirs are sure to be taken. */
function wantedOf(commands: readonly CommandEntry[]): ReadonlyMap<string, CommandText> {
  const entries = (['en', 'zh-CN'] as const).flatMap((locale) =>
    commands.map(({ name, description }): [string, CommandText] => {
      const command = inLocale(name, locale)
      const say = (language: 'en' | 'zh-CN') => short(inLocale(description, language), DESCRIPTION_CHARS_MAX)
      return [command, { command, description: { default_value: say(locale), i18n: { zh_cn: say('zh-CN') } } }]
    }),
  )
  // A name of several words is typed, not picked.
  return new Map(entries.filter(([command]) => !/\s/.test(command)))
}

function isSame({ description }: RegisteredCommand, text: CommandText): boolean {
  if (typeof description !== 'object' || description === null) return false
  const { default_value, i18n } = description as { default_value?: unknown; i18n?: Record<string, unknown> }
  return default_value === text.description.default_value && i18n?.['zh_cn'] === text.description.i18n['zh_cn']
}

/** In words, of what Lark refused for good; every other error ends the whole. */
function refusalIn(error: unknown): string {
  if (!(error instanceof PlatformError) || error.kind !== 'refused') throw error
  if (error.code === '40000000')
    return 'Lark refuses the name: it is taken, or has signs that Lark does not allow. Typed, it is understood all the same'
  return error.message
}
