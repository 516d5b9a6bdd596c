/** Which part of what was typed is meant for the bot. Pure. */

export interface Addressed {
  /** The words without the mention and without the command's name. */
  readonly text: string
  /** The name after a slash. */
  readonly command?: string
}

const MENTION = /(?<![A-Za-z0-9_.-])[@＠](?:班长|banzhang(?![A-Za-z0-9_]))/giu
const COMMAND = /^[/／](\S+)\s*([\s\S]*)$/u

/** In a direct room everything is meant for the bot; in a channel what mentions it or begins with a slash. */
export function addressed(typed: string, roomKind: 'direct' | 'group'): Addressed | undefined {
  const mentioned = typed.search(MENTION) >= 0
  // Only the gap that the mention leaves is closed: everything else stays as it was typed.
  const text = (mentioned ? typed.replace(MENTION, ' ').replace(/[ \t]{2,}/g, ' ') : typed).trim()
  const command = COMMAND.exec(text)
  if (command?.[1]) return { command: command[1], text: command[2]?.trim() ?? '' }
  return roomKind === 'direct' || mentioned ? { text } : undefined
}

/** A slash command is between the person and the bot, also in a channel: the others do not see it, as on other platforms. */
export const isPrivate = (typed: string): boolean => COMMAND.test(typed.trim())
