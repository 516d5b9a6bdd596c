/** From Slack's way of writing to what the person wrote. https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages */

/**
 * The words as typed: entities are undone, links give their label, channels and broadcasts their name. Mentions of people
 * stay as `<@U123>`: the engine knows whose account that is. Mentions of the bot itself fall away.
 */
export function readWords(text: string, bot: string | undefined): string {
  const replaced = text.replace(/<([^<>]*)>/g, (_, inside: string) => readReference(inside, bot))
  const typed = replaced.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return typed.trim()
}

/** Does the text mention this account? */
export const mentions = (text: string, account: string): boolean =>
  text.includes(`<@${account}>`) || text.includes(`<@${account}|`)

function readReference(inside: string, bot: string | undefined): string {
  const bar = inside.indexOf('|')
  const target = bar < 0 ? inside : inside.slice(0, bar)
  const label = bar < 0 ? '' : inside.slice(bar + 1)
  if (target.startsWith('@')) return target === `@${bot}` ? '' : `<${target}>`
  if (target.startsWith('#')) return `#${label || target.slice(1)}`
  if (target.startsWith('!')) return readSpecial(target.slice(1), label)
  return label || target.replace(/^mailto:/, '')
}

/** `!here`, `!subteam^S1|@team`, `!date^…|the fallback`. */
function readSpecial(target: string, label: string): string {
  if (label !== '') return label
  const [name] = target.split('^')
  return `@${name}`
}
