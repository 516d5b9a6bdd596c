/** Slack's limits on blocks and views, written down a second time from its documents, so that the adapter's own numbers are checked. */

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
export const object = (value: unknown): Json => (isObject(value) ? value : {})
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Measured once by an app's author and undocumented: about 13,200 characters of blocks in one message. */
const MESSAGE_CHARS_MAX = 13_200

/** What Slack would answer `invalid_blocks` or `msg_blocks_too_long` for, in words. */
export function messageProblems(blocks: unknown): readonly string[] {
  const all = list(blocks)
  const chars = JSON.stringify(all).length
  return [
    ...(all.length > 50 ? [`${all.length} blocks, at most 50`] : []),
    ...(chars > MESSAGE_CHARS_MAX ? [`${chars} characters of blocks, at most ${MESSAGE_CHARS_MAX}`] : []),
    ...blocksProblems(all),
  ]
}

export function viewProblems(view: Json): readonly string[] {
  const blocks = list(view['blocks'])
  const inputs = blocks.some((block) => block['type'] === 'input')
  return [
    ...(blocks.length > 100 ? [`${blocks.length} blocks in a view, at most 100`] : []),
    ...(JSON.stringify(view).length > 250_000 ? ['a view of more than 250 kB'] : []),
    ...(view['title'] === undefined ? ['a view without a title'] : plain(view['title'], 24, 'view title')),
    ...(view['submit'] === undefined
      ? inputs
        ? ['a view with inputs and no submit']
        : []
      : plain(view['submit'], 24, 'submit')),
    ...(view['close'] === undefined ? [] : plain(view['close'], 24, 'close')),
    ...atMost(string(view['private_metadata']), 3_000, 'private_metadata'),
    ...atMost(string(view['callback_id']), 255, 'callback_id'),
    ...blocksProblems(blocks),
  ]
}

function blocksProblems(blocks: readonly Json[]): readonly string[] {
  const ids = blocks.map((block) => string(block['block_id'])).filter((id) => id !== '')
  return [
    ...(new Set(ids).size < ids.length ? ['two blocks of the same block_id'] : []),
    ...ids.flatMap((id) => atMost(id, 255, 'block_id')),
    ...blocks.flatMap(blockProblems),
  ]
}

function blockProblems(block: Json): readonly string[] {
  switch (block['type']) {
    case 'header':
      return plain(block['text'], 150, 'header')
    case 'section':
      return [
        ...text(block['text'], 3_000, 'section'),
        ...(block['accessory'] === undefined ? [] : elementProblems(object(block['accessory']))),
      ]
    case 'context':
      return [
        ...count(block['elements'], 1, 10, 'context elements'),
        ...list(block['elements']).flatMap((element) => text(element, 3_000, 'context')),
      ]
    case 'actions': {
      const elements = list(block['elements'])
      const ids = elements.map((element) => element['action_id'])
      return [
        ...count(elements, 1, 25, 'actions'),
        ...(new Set(ids).size < ids.length ? ['two actions of the same action_id'] : []),
        ...elements.flatMap(elementProblems),
      ]
    }
    case 'input':
      return [
        ...plain(block['label'], 2_000, 'label'),
        ...(block['hint'] === undefined ? [] : plain(block['hint'], 2_000, 'hint')),
        ...elementProblems(object(block['element'])),
      ]
    case 'rich_text':
      return [...count(block['elements'], 1, 1_000, 'rich text'), ...list(block['elements']).flatMap(richProblems)]
    default:
      return [`a block of type ${String(block['type'])}`]
  }
}

function richProblems(element: Json): readonly string[] {
  const parts = list(element['elements'])
  if (element['type'] === 'rich_text_list') return [...count(parts, 1, 1_000, 'list'), ...parts.flatMap(richProblems)]
  if (element['type'] !== 'rich_text_section') return [`a rich text part of type ${String(element['type'])}`]
  return [
    ...count(parts, 1, 1_000, 'rich text section'),
    ...parts.flatMap((part) => {
      if (part['type'] === 'text') return string(part['text']) === '' ? ['an empty rich text'] : []
      if (part['type'] === 'link')
        return [...atMost(string(part['url']), 3_000, 'link'), ...(part['url'] ? [] : ['a link to nowhere'])]
      return part['type'] === 'user' && string(part['user_id']) !== '' ? [] : [`a rich text ${String(part['type'])}`]
    }),
  ]
}

function elementProblems(element: Json): readonly string[] {
  const id = string(element['action_id'])
  const own = [...(id === '' ? ['an element without action_id'] : []), ...atMost(id, 255, 'action_id')]
  switch (element['type']) {
    case 'button':
      return [
        ...own,
        ...plain(element['text'], 75, 'button'),
        ...atMost(string(element['value']), 2_000, 'button value'),
        ...confirm(element['confirm']),
      ]
    case 'static_select':
      return [...own, ...menuProblems(element)]
    case 'plain_text_input': {
      const max = Number(element['max_length'] ?? 3_000)
      return [
        ...own,
        ...(max > 3_000 || max < 1 ? [`max_length ${max}`] : []),
        ...atMost(string(element['initial_value']), max, 'initial_value'),
      ]
    }
    case 'file_input':
      return [...own, ...(Number(element['max_files'] ?? 1) > 10 ? ['max_files over 10'] : [])]
    case 'number_input':
      return [
        ...own,
        ...(typeof element['is_decimal_allowed'] === 'boolean' ? [] : ['number_input without is_decimal_allowed']),
      ]
    case 'datepicker':
    case 'timepicker':
    case 'multi_users_select':
      return own
    default:
      return [`an element of type ${String(element['type'])}`]
  }
}

function menuProblems(element: Json): readonly string[] {
  const groups = list(element['option_groups'])
  const options = list(element['options'])
  const all = [...options, ...groups.flatMap((group) => list(group['options']))]
  const initial = element['initial_option']
  return [
    ...(groups.length > 0
      ? [
          ...count(groups, 1, 100, 'option groups'),
          ...groups.flatMap((group) => [
            ...plain(group['label'], 75, 'group'),
            ...count(group['options'], 1, 100, 'options of a group'),
          ]),
        ]
      : count(options, 1, 100, 'options')),
    ...all.flatMap((option) => [
      ...plain(option['text'], 75, 'option'),
      ...atMost(string(option['value']), 75, 'option value'),
      ...(option['value'] ? [] : ['an option without value']),
    ]),
    ...(new Set(all.map((option) => option['value'])).size < all.length ? ['two options of the same value'] : []),
    ...(element['placeholder'] === undefined ? [] : plain(element['placeholder'], 150, 'placeholder')),
    ...(initial === undefined || all.some((option) => JSON.stringify(option) === JSON.stringify(initial))
      ? []
      : ['an initial option that is none of the options']),
  ]
}

function confirm(value: unknown): readonly string[] {
  if (value === undefined) return []
  const dialog = object(value)
  return [
    ...plain(dialog['title'], 100, 'confirm title'),
    ...text(dialog['text'], 300, 'confirm text'),
    ...plain(dialog['confirm'], 30, 'confirm'),
    ...plain(dialog['deny'], 30, 'deny'),
  ]
}

const plain = (value: unknown, charsMax: number, what: string) => [
  ...(object(value)['type'] === 'plain_text' ? [] : [`${what} is no plain_text`]),
  ...text(value, charsMax, what),
]

function text(value: unknown, charsMax: number, what: string): readonly string[] {
  const words = string(object(value)['text'])
  return [...(words === '' ? [`${what} is empty`] : []), ...atMost(words, charsMax, what)]
}

const atMost = (words: string, charsMax: number, what: string) =>
  words.length > charsMax ? [`${what} has ${words.length} characters, at most ${charsMax}`] : []

function count(value: unknown, least: number, most: number, what: string): readonly string[] {
  const length = Array.isArray(value) ? value.length : 0
  return length < least || length > most ? [`${length} ${what}, ${least} to ${most}`] : []
}
