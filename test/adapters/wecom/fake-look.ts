/** What people see of a message on WeCom, and what WeCom would act on. */
import { cardProblems, type Json, list, object, string } from './fake-cards.ts'

export interface Look {
  readonly words: string
  readonly live: readonly string[]
  readonly buttons: readonly string[]
  readonly options: readonly string[]
  readonly problems: readonly string[]
}

/** Nothing of these can be seen. */
const INVISIBLE = /[\u200B\u2060\uFEFF]/g

/** @param isGroup there `<@userid>` mentions, and `<a>` is nothing */
export function lookAtText(content: string, isGroup: boolean): Look {
  const live: string[] = []
  const shown = isGroup
    ? content.replaceAll(/<@([^<>\s]+)>/g, (_, account: string) => {
        live.push(`mention:${account}`)
        return `@${account}`
      })
    : content.replaceAll(/<\s*a\s[^>]*?href="([^"]*)"[^>]*>(.*?)<\s*\/\s*a\s*>/gis, (_, url: string, label: string) => {
        live.push(`link:${url}`)
        return label
      })
  const problems = Buffer.byteLength(content) > 2_048 ? [`a text of ${Buffer.byteLength(content)} bytes`] : []
  return { words: shown.replaceAll(INVISIBLE, ''), live, buttons: [], options: [], problems }
}

export function lookAtCard(card: Json): Look {
  const title = object(card['main_title'])
  const selection = object(card['button_selection'])
  const options = [...list(selection['option_list']), ...list(object(card['checkbox'])['option_list'])].map((option) =>
    string(option['text']),
  )
  const drawn = card['replace_text'] === undefined ? list(card['button_list']) : []
  // The button that sends a choice off belongs to the menu.
  const pressed = drawn.filter((button) => button['type'] !== 1 && !string(button['key']).startsWith('s'))
  const words = [
    string(title['title']),
    string(title['desc']),
    string(card['sub_title_text']),
    ...list(card['horizontal_content_list']).map((field) => `${string(field['keyname'])} ${string(field['value'])}`),
    string(selection['title']),
    ...options,
    ...drawn.map((button) => string(button['text'])),
    string(card['replace_text']),
  ]
  return {
    words: words
      .filter((word) => word !== '')
      .join('\n')
      .replaceAll(INVISIBLE, ''),
    live: drawn.flatMap((button) => (button['type'] === 1 ? [`link:${string(button['url'])}`] : [])),
    buttons: pressed.map((button) => string(button['text'])),
    options,
    problems: cardProblems(card),
  }
}

export function together(looks: readonly Look[]): Look {
  return {
    words: looks.map((look) => look.words).join('\n'),
    live: looks.flatMap((look) => look.live),
    buttons: looks.flatMap((look) => look.buttons),
    options: looks.flatMap((look) => look.options),
    problems: looks.flatMap((look) => look.problems),
  }
}
