/** What a person sees of a message on Lark, and what Lark would act on in it: read from its JSON as Lark's documents say. */
import { type Json, list, object, string } from './fake-json.ts'

export interface Look {
  readonly words: string
  readonly live: readonly string[]
  readonly buttons: readonly string[]
  readonly options: readonly string[]
}
const nothing = { live: [], buttons: [], options: [] }

const joined = (looks: readonly Look[], by: string): Look => ({
  words: looks.map((look) => look.words).join(by),
  live: looks.flatMap((look) => look.live),
  buttons: looks.flatMap((look) => look.buttons),
  options: looks.flatMap((look) => look.options),
})

export function lookAt(type: string, content: Json): Look {
  if (type === 'interactive') return lookAtCard(content)
  if (type === 'post') return lookAtPost(content)
  return { ...nothing, words: string(content['text']) || string(content['file_name']) }
}

export function lookAtCard(card: Json): Look {
  const title = string(object(object(card['header'])['title'])['content'])
  const head: Look[] = title === '' ? [] : [{ ...nothing, words: title }]
  return joined([...head, ...list(object(card['body'])['elements']).map(lookAtElement)], '\n')
}

/** The components of a card, in the order of reading, wherever they lie. */
export function componentsOf(card: Json): readonly Json[] {
  const inside = (element: Json): readonly Json[] => [
    element,
    ...list(element['elements']).flatMap(inside),
    ...list(element['columns']).flatMap((column) => list(column['elements']).flatMap(inside)),
  ]
  return list(object(card['body'])['elements']).flatMap(inside)
}

function lookAtElement(element: Json): Look {
  switch (element['tag']) {
    case 'markdown':
      return lookAtMarkdown(string(element['content']))
    case 'div':
      return { ...nothing, words: string(object(element['text'])['content']) }
    case 'form':
      return joined(list(element['elements']).map(lookAtElement), '\n')
    case 'column_set':
      return joined(
        list(element['columns']).flatMap((column) => list(column['elements']).map(lookAtElement)),
        '  ',
      )
    case 'button':
      return lookAtButton(element)
    case 'select_static': {
      const options = list(element['options']).map((option) => string(object(option['text'])['content']))
      return { ...nothing, words: options.join(' '), options }
    }
    default:
      return { ...nothing, words: string(element['default_value']) }
  }
}

function lookAtButton(button: Json): Look {
  const label = string(object(button['text'])['content'])
  const url = list(button['behaviors']).map((behavior) => string(behavior['default_url']))[0]
  return { words: label, live: url ? [`link:${url}`] : [], buttons: url ? [] : [label], options: [] }
}

/** Whatever could act and is not written in an entity acts: what is ours is known, everything else is told as it is. */
function lookAtMarkdown(content: string): Look {
  const live: string[] = []
  const shown = content
    .replace(/<font color='grey'>|<\/font>/g, '')
    .replace(/<at id=([^>]*)><\/at>/g, (_, id: string) => {
      live.push(`mention:${id}`)
      return `@${id.replaceAll('_', '&#95;')}`
    })
    .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, label: string, url: string) => {
      live.push(`link:${url}`)
      return label
    })
    .replace(/\*\*([^*\n]+)\*\*/g, (_, bold: string) => {
      live.push(`bold:${unescaped(bold)}`)
      return bold
    })
    .replace(/^- /gm, '')
  for (const [sign] of shown.matchAll(/[<>*_~`[\]|$]|^\s*#|^\s*[-+]|^\s*\d+\.|:\/\/|:\w+:|www\.|&(?!#\d+;)/gm))
    live.push(`sign:${sign}`)
  return { ...nothing, words: unescaped(shown), live }
}

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

function lookAtPost(content: Json): Look {
  const languages = Object.values(content).map(object)
  const lines = languages.flatMap((language) => (Array.isArray(language['content']) ? language['content'] : []))
  return joined(
    lines.map((line: unknown) => joined(list(line).map(lookAtPostPart), '')),
    '\n',
  )
}

function lookAtPostPart(part: Json): Look {
  const words = string(part['text'])
  switch (part['tag']) {
    case 'text':
      return {
        ...nothing,
        words,
        live: Array.isArray(part['style']) && part['style'].includes('bold') ? [`bold:${words}`] : [],
      }
    case 'a':
      return { ...nothing, words, live: [`link:${string(part['href'])}`] }
    case 'at':
      return { ...nothing, words: `@${string(part['user_id'])}`, live: [`mention:${string(part['user_id'])}`] }
    default:
      return { ...nothing, words: '' }
  }
}

/** The field that a component stands for: its name says it behind the kind. */
export const fieldOf = (part: Json): string => string(part['name']).replace(/^[a-zA-Z]+_/, '')

/** Each component with the label above it. */
export function labelsOn(card: Json): readonly { readonly name: string; readonly label: string }[] {
  let label = ''
  return componentsOf(card).flatMap((part) => {
    if (part['tag'] === 'markdown') {
      const words = lookAtMarkdown(string(part['content'])).words
      label = words.split('\n')[0]?.replace(/ \(optional\)$|（(选填|選填)）$/, '') ?? ''
    }
    const isField = typeof part['name'] === 'string' && part['tag'] !== 'form' && part['tag'] !== 'button'
    if (isField) return [{ name: fieldOf(part), label }]
    return part['tag'] === 'markdown' ? [{ name: '', label }] : []
  })
}

/** What a toast tells of each field, as whoever reads it finds the field on the card. */
export function errorsIn(toast: string, card: Json): Readonly<Record<string, string>> {
  const fields = labelsOn(card).filter(({ name }) => name !== '')
  return Object.fromEntries(
    toast.split('\n').map((line) => {
      const field = fields.find(({ label }) => line.startsWith(`${label}: `) || line.startsWith(`${label}：`))
      return field ? [field.name, line.slice(field.label.length).replace(/^(: |：)/, '')] : ['', line]
    }),
  )
}
