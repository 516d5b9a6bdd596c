/** What a person sees of a Slack message, and what Slack would act on in it: read from the blocks as Slack's documents say. */
import { list, object, string } from './fake-blocks.ts'

export interface Look {
  readonly words: string
  readonly live: readonly string[]
  readonly buttons: readonly string[]
  readonly options: readonly string[]
}

export function lookAt(text: string, blocks: unknown): Look {
  const parts = list(blocks).map(lookAtBlock)
  // Beside blocks, the text is only for notifications: not on the screen, but mentions and broadcasts in it would ring.
  const notification = lookAtMarkup(text)
  const body = parts.length > 0 ? parts : [notification]
  return {
    words: body.map((part) => part.words).join('\n'),
    live: [...body.flatMap((part) => part.live), ...(parts.length > 0 ? notification.live.filter(rings) : [])],
    buttons: body.flatMap((part) => part.buttons),
    options: body.flatMap((part) => part.options),
  }
}

const rings = (live: string): boolean => /^(mention|everyone|link)/.test(live)
const nothing = { live: [], buttons: [], options: [] }

function lookAtBlock(block: Readonly<Record<string, unknown>>): Look {
  switch (block['type']) {
    case 'rich_text':
      return lookAtRich(list(block['elements']))
    case 'context':
      return joined(list(block['elements']).map(lookAtText), ' ')
    case 'actions':
      return joined(list(block['elements']).map(lookAtElement), '  ')
    case 'section':
      return joined([lookAtText(object(block['text'])), lookAtElement(object(block['accessory']))], '  ')
    default:
      return lookAtText(object(block['text']))
  }
}

const joined = (looks: readonly Look[], by: string): Look => ({
  words: looks.map((look) => look.words).join(by),
  live: looks.flatMap((look) => look.live),
  buttons: looks.flatMap((look) => look.buttons),
  options: looks.flatMap((look) => look.options),
})

function lookAtText(text: Readonly<Record<string, unknown>>): Look {
  const words = string(text['text'])
  return text['type'] === 'mrkdwn' ? lookAtMarkup(words) : { ...nothing, words }
}

function lookAtElement(element: Readonly<Record<string, unknown>>): Look {
  if (element['type'] === 'button') {
    const label = string(object(element['text'])['text'])
    const url = string(element['url'])
    if (url !== '') return { ...nothing, words: label, live: [`link:${url}`] }
    return { ...nothing, words: label, buttons: [label] }
  }
  const all = [
    ...list(element['options']),
    ...list(element['option_groups']).flatMap((group) => list(group['options'])),
  ]
  const options = all.map((option) => string(object(option['text'])['text']))
  return { ...nothing, words: options.join(' '), options }
}

/** Rich text: `text` is shown as it is, whatever stands in it. */
function lookAtRich(sections: readonly Readonly<Record<string, unknown>>[]): Look {
  const looks = sections.map((section): Look => {
    if (section['type'] === 'rich_text_list') return lookAtRich(list(section['elements']))
    return joined(list(section['elements']).map(lookAtRichElement), '')
  })
  return joined(looks, '\n')
}

function lookAtRichElement(element: Readonly<Record<string, unknown>>): Look {
  const words = string(element['text'])
  switch (element['type']) {
    case 'text': {
      const style = object(element['style'])
      return { ...nothing, words, live: style['bold'] === true ? [`bold:${words}`] : [] }
    }
    case 'link':
      return { ...nothing, words: words || string(element['url']), live: [`link:${string(element['url'])}`] }
    case 'user':
      return { ...nothing, words: `@${string(element['user_id'])}`, live: [`mention:${string(element['user_id'])}`] }
    default:
      return { ...nothing, words: '@everyone', live: ['everyone'] }
  }
}

/** Slack's own markup. https://docs.slack.dev/messaging/formatting-message-text */
function lookAtMarkup(text: string): Look {
  const live: string[] = []
  const shown = text.replace(/<([^<>]*)>/g, (_, inside: string) => {
    const [target = '', label = ''] = inside.split('|')
    if (target.startsWith('@')) live.push(`mention:${target.slice(1)}`)
    else if (target.startsWith('!')) live.push('everyone')
    else live.push(`link:${unescaped(target)}`)
    return label || target
  })
  for (const [, bold] of shown.matchAll(/(?<![\w*])\*([^*\s][^*\n]*)\*(?!\w)/g)) live.push(`bold:${bold}`)
  return { ...nothing, words: unescaped(shown), live }
}

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
