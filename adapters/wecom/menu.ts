/** The menu below the conversation with the app: https://developer.work.weixin.qq.com/document/path/90231. */
import { inLocale } from '#core/i18n.ts'
import type { CheckResult, CommandEntry } from '#core/platform.ts'
import type { Json, WecomClient } from './client.ts'
import { words } from './i18n.ts'
import * as max from './limits.ts'
import { beginningInBytes, bytesOf, oneLine } from './measure.ts'

const WHAT = 'WeCom menu'

/** In the order given, three times five. A press says the command's name, as if it had been typed. Throws `PlatformError`. */
export async function publishMenu(
  client: WecomClient,
  agentId: string,
  commands: readonly CommandEntry[],
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const { body, shown } = menuOf(commands)
  if (shown === 0)
    return [{ what: WHAT, ok: false, detail: 'there is no command to show: WeCom keeps the menu it has' }]
  await client.post('menu/create', body, signal, { agentid: agentId })
  const left = commands.length - shown
  const detail =
    left > 0 ? `${shown} commands; WeCom has no room for ${left} more, which can be typed` : `${shown} commands`
  return [{ what: WHAT, ok: true, detail }]
}

/** An enterprise's menu is the same for all its people: it is in Chinese. */
export function menuOf(commands: readonly CommandEntry[]): { readonly body: Json; readonly shown: number } {
  const entries = commands
    .map(({ name }) => oneLine(inLocale(name, 'zh-CN')))
    .filter((name) => name !== '' && bytesOf(name) <= max.MENU_KEY_BYTES_MAX)
    .slice(0, max.MENU_GROUPS_MAX * max.MENU_ENTRIES_MAX)
  const groups = (['menuFirst', 'menuSecond', 'menuThird'] as const).flatMap((group, n) => {
    const some = entries.slice(n * max.MENU_ENTRIES_MAX, (n + 1) * max.MENU_ENTRIES_MAX)
    if (some.length === 0) return []
    const name = beginningInBytes(words.say('zh-CN', group), max.MENU_GROUP_BYTES_MAX)
    return [{ name, sub_button: some.map(entryOf) }]
  })
  return { body: { button: groups }, shown: entries.length }
}

const entryOf = (name: string): Json => ({
  type: 'click',
  name: beginningInBytes(name, max.MENU_ENTRY_BYTES_MAX),
  key: name,
})
