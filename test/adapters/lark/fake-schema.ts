/** What Lark refuses in a card of JSON 2.0: unknown properties, forms in wrong places, names, counts and sizes. Read from its pages, part by part. */
import { type Json, list, object, string } from './fake-json.ts'

const COMMON = ['tag', 'element_id', 'margin']
const INPUT = [...COMMON, 'name', 'required', 'disabled', 'placeholder', 'width', 'behaviors', 'confirm', 'type']
/** The properties that each component knows. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  plain_text: ['tag', 'content', 'i18n_content', 'text_size', 'text_color', 'text_align', 'lines'],
  div: [...COMMON, 'text', 'icon', 'width'],
  markdown: [...COMMON, 'content', 'text_size', 'text_align', 'icon'],
  button: [...INPUT, 'text', 'size', 'icon', 'hover_tips', 'disabled_tips', 'form_action_type'],
  column_set: [
    ...COMMON,
    'columns',
    'flex_mode',
    'horizontal_spacing',
    'horizontal_align',
    'background_style',
    'action',
  ],
  column: [
    ...COMMON,
    'elements',
    'width',
    'weight',
    'vertical_align',
    'vertical_spacing',
    'padding',
    'background_style',
  ],
  form: [...COMMON, 'name', 'elements', 'direction', 'vertical_spacing', 'horizontal_spacing', 'padding', 'confirm'],
  input: [
    ...INPUT,
    'default_value',
    'max_length',
    'input_type',
    'rows',
    'auto_resize',
    'max_rows',
    'label',
    'label_position',
  ],
  select_static: [...INPUT, 'options', 'initial_option', 'initial_index'],
  select_person: [...INPUT, 'options', 'initial_option'],
  multi_select_person: [...INPUT, 'options', 'selected_values'],
  date_picker: [...INPUT, 'initial_date'],
  picker_time: [...INPUT, 'initial_time'],
}
const FIELDS = ['input', 'select_static', 'select_person', 'multi_select_person', 'date_picker', 'picker_time']
const CARD = ['schema', 'config', 'card_link', 'header', 'body']
const CONFIG = ['update_multi', 'summary', 'style', 'enable_forward', 'locales', 'width_mode']
const HEADER = ['title', 'subtitle', 'text_tag_list', 'template', 'icon', 'padding']
const TEMPLATES = 'blue wathet turquoise green yellow orange red carmine violet purple indigo grey default'.split(' ')

/** In words; empty when Lark takes the card. */
export function cardProblems(card: Json, knownUser: (id: string) => boolean = () => true): string[] {
  const problems: string[] = []
  const say = (problem: string) => void problems.push(problem)
  const known = (part: Json, names: readonly string[], where: string) => {
    for (const name of Object.keys(part)) if (!names.includes(name)) say(`${where} has no property ${name}`)
  }
  known(card, CARD, 'a card')
  if (card['schema'] !== '2.0') say('the schema is not 2.0')
  const config = object(card['config'])
  known(config, CONFIG, 'config')
  if (config['update_multi'] !== true) say('a card of 2.0 is shared: update_multi must be true')
  if (card['header'] !== undefined) {
    const header = object(card['header'])
    known(header, HEADER, 'the header')
    if (!TEMPLATES.includes(string(header['template']))) say(`no template ${string(header['template'])}`)
    checkText(object(header['title']), say)
  }
  const elements = object(card['body'])['elements']
  if (!Array.isArray(elements)) say('the body has no list of elements')
  for (const element of list(elements)) checkElement(element, { place: 'root', say, names: new Set(), knownUser })
  const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(card)))
  if (bytes > 30 * 1024) say(`${bytes} bytes, more than 30 KB`)
  const count = tagsIn(card)
  if (count > 200) say(`${count} elements, more than 200`)
  return problems
}

interface Look {
  readonly place: 'root' | 'form' | 'column'
  readonly say: (problem: string) => void
  /** Of the components of the form that this lies in. */
  readonly names: Set<string>
  readonly knownUser: (id: string) => boolean
}

function checkElement(element: Json, look: Look): void {
  const { say, place } = look
  const tag = string(element['tag'])
  const known = PARTS[tag]
  if (!known || tag === 'plain_text' || tag === 'column') {
    say(`no component ${tag}`)
    return
  }
  for (const name of Object.keys(element)) if (!known.includes(name)) say(`${tag} has no property ${name}`)
  for (const part of ['text', 'placeholder', 'label'])
    if (element[part] !== undefined) checkText(object(element[part]), say)
  if (tag === 'form') {
    if (place !== 'root') say('a form stands at the root of a card only')
    if (string(element['name']) === '') say('a form has no name')
    const inside = { ...look, place: 'form' as const, names: new Set([string(element['name'])]) }
    for (const inner of list(element['elements'])) checkElement(inner, inside)
    const submits = list(element['elements']).filter((inner) => inner['form_action_type'] === 'submit')
    if (submits.length !== 1) say(`a form has ${submits.length} buttons that send it in`)
  }
  if (tag === 'column_set')
    for (const column of list(element['columns'])) {
      for (const name of Object.keys(column))
        if (!PARTS['column']?.includes(name)) say(`column has no property ${name}`)
      for (const inner of list(column['elements']))
        checkElement(inner, { ...look, place: place === 'form' ? 'form' : 'column' })
    }
  if (tag === 'markdown') checkMarkdown(element, look)
  if (FIELDS.includes(tag) || tag === 'button') checkInteractive(tag, element, look)
}

function checkText(text: Json, say: (problem: string) => void): void {
  if (text['tag'] !== 'plain_text') say(`a text is ${string(text['tag'])}`)
  if (string(text['content']) === '') say('a text is empty')
  for (const name of Object.keys(text)) if (!PARTS['plain_text']?.includes(name)) say(`a text has no property ${name}`)
}

function checkMarkdown(element: Json, { say, knownUser }: Look): void {
  const content = string(element['content'])
  if (content === '') say('a markdown is empty')
  for (const [, id = ''] of content.matchAll(/<at id=([^>]*)><\/at>/g)) if (!knownUser(id)) say(`100290: no user ${id}`)
}

function checkInteractive(tag: string, element: Json, { place, say, names }: Look): void {
  const name = string(element['name'])
  if (place === 'form') {
    if (name === '') say(`200530: a ${tag} in a form has no name`)
    if (names.has(name)) say(`the name ${name} stands twice in a form`)
    names.add(name)
  } else if (element['form_action_type'] !== undefined) say('a button sends in a form that it is not in')
  if (tag === 'input') {
    const chars = Number(element['max_length'])
    if (chars < 1 || chars > 1_000) say(`an input of ${chars} characters`)
    if (string(element['default_value']).length > chars) say('an input begins with more than it takes')
  }
  const values = list(element['options']).map((option) => {
    checkText(object(option['text']), say)
    for (const part of Object.keys(option))
      if (!['text', 'value', 'icon'].includes(part)) say(`an option has no ${part}`)
    return option['value']
  })
  if (tag === 'select_static' && values.length === 0) say('a menu has no options')
  if (new Set(values).size !== values.length) say('two options have one value')
  const initial = element['initial_option']
  if (tag === 'select_static' && initial !== undefined && !values.includes(initial)) say('no such initial option')
  for (const part of ['title', 'text'])
    if (element['confirm'] !== undefined) checkText(object(object(element['confirm'])[part]), say)
  for (const behavior of list(element['behaviors'])) {
    const isLink = behavior['type'] === 'open_url' && /^https?:/.test(string(behavior['default_url']))
    if (!isLink && !(behavior['type'] === 'callback' && typeof behavior['value'] === 'object'))
      say(`a ${tag} does nothing known`)
  }
}

function tagsIn(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0
  const inside = Object.values(part).reduce<number>((sum, inner) => sum + tagsIn(inner), 0)
  return inside + ('tag' in part ? 1 : 0)
}
