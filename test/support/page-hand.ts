/** A hand on a form page, over HTTP, as a browser without JavaScript: opens the link, presses its button, fills in the form. */
import type { SentFile } from './stage.ts'

/** One thing that can be filled in, as the page shows it now. */
export interface PageField {
  readonly name: string
  readonly type: string
  readonly required: boolean
  /** What can be chosen, by value; absent where it is typed. */
  readonly options?: Readonly<Record<string, string>>
}

export interface PageAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface PageHand {
  readonly title: string
  /** Names, in the order of the page. */
  readonly fields: readonly PageField[]
  /** The address in the session, and the cookie of the session: for trying what should not work. */
  readonly url: string
  readonly cookie: string
  /**
   * Changes what is named, leaves the rest as it stands, and sends the form. For a list of people or a file field that is
   * a list; an option can be named by its value or by its words. What was uploaded before stays.
   * @returns the errors by field name, `""` for the form as a whole; empty when it was taken
   */
  fill(
    values: Readonly<Record<string, string | readonly string[]>>,
    files?: Readonly<Record<string, readonly SentFile[]>>,
  ): Promise<Readonly<Record<string, string>>>
  /** Sends the same once more as it was sent last, as a double click does. */
  again(): Promise<PageAnswer>
  get(): Promise<PageAnswer>
}

/** @param base where the server listens; the host of `url` may be another one */
export async function pageHand(base: string, url: string): Promise<PageHand> {
  const link = base.replace(/\/+$/, '') + new URL(url).pathname
  const shown = await answerOf(await fetch(link))
  if (shown.status !== 200) throw new Error(`The link shows ${shown.status}: ${wordsOf(shown.text)}`)
  const given = await fetch(link, { method: 'POST', redirect: 'manual', headers: own(base) })
  const cookie = (given.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  if (given.status !== 303) throw new Error(`The button shows ${given.status}: ${wordsOf(await given.text())}`)
  const page = new URL(given.headers.get('location') ?? '', link).href
  const get = async () => answerOf(await fetch(page, { headers: { cookie } }))
  let text = (await get()).text
  let last: () => Promise<PageAnswer> = get
  return {
    get title() {
      return wordsOf(/<h1>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? '')
    },
    get fields() {
      return fieldsIn(text)
    },
    url: page,
    cookie,
    get,
    again: () => last(),
    async fill(values, files = {}) {
      const body = bodyOf(text, values, files)
      last = async () =>
        answerOf(await fetch(page, { method: 'POST', redirect: 'manual', headers: { ...own(base), cookie }, body }))
      const answer = await last()
      if (answer.status === 303) return {}
      text = answer.text
      const errors = errorsOf(text)
      if (Object.keys(errors).length > 0) return errors
      throw new Error(`The form was answered with ${answer.status}: ${wordsOf(text)}`)
    },
  }
}

/** What a browser says of a call that comes from the page itself. */
const own = (base: string) => ({ origin: new URL(base).origin, 'sec-fetch-site': 'same-origin' })

async function answerOf(response: Response): Promise<PageAnswer> {
  return { status: response.status, text: await response.text(), headers: response.headers }
}

interface Input extends PageField {
  /** Sent as it stands: ticked, selected, or typed. */
  readonly chosen: readonly string[]
}

/** Several inputs of one name are one field. */
function fieldsIn(text: string): readonly PageField[] {
  const fields = new Map<string, PageField>()
  for (const { chosen: _, ...field } of inputsOf(text)) {
    if (field.name.startsWith('_') || field.name === '') continue
    const before = fields.get(field.name)
    const options = { ...before?.options, ...field.options }
    fields.set(field.name, before === undefined ? field : { ...before, options })
  }
  return [...fields.values()]
}

/** Everything of the page that a browser would send, in its order. */
function inputsOf(text: string): readonly Input[] {
  const tags = /<(input)\b([^>]*)>|<(select|textarea)\b([^>]*)>([\s\S]*?)<\/\3>/g
  return [...text.matchAll(tags)].map((found): Input => {
    const [whole, input, ofInput = '', tag = input ?? '', attributes = ofInput, inner = ''] = found
    const name = attributeOf(attributes, 'name') ?? ''
    const required = /\brequired\b/.test(attributes)
    if (tag === 'select') return { name, type: tag, required, ...chosenIn(inner, /\bmultiple\b/.test(attributes)) }
    if (tag === 'textarea') return { name, type: tag, required, chosen: [unescaped(inner.replace(/^\n/, ''))] }
    const type = attributeOf(attributes, 'type') ?? 'text'
    const value = attributeOf(attributes, 'value') ?? ''
    if (type !== 'radio' && type !== 'checkbox') return { name, type, required, chosen: [value] }
    const label = wordsOf(text.slice(found.index + whole.length).split('</label>')[0] ?? '')
    const isChosen = /\bchecked\b/.test(attributes)
    return { name, type, required, chosen: isChosen ? [value] : [], options: { [value]: label } }
  })
}

/** Where nothing is selected a browser takes the first, unless several can be. */
function chosenIn(inner: string, isMultiple: boolean): Pick<Input, 'options' | 'chosen'> {
  const options = [...inner.matchAll(/<option\b([^>]*)>([\s\S]*?)<\/option>/g)].map(([, about = '', words = '']) => ({
    value: attributeOf(about, 'value') ?? '',
    words: wordsOf(words),
    isSelected: /\bselected\b/.test(about),
  }))
  const selected = options.filter(({ isSelected }) => isSelected)
  const taken = selected.length > 0 || isMultiple ? selected : options.slice(0, 1)
  return {
    options: Object.fromEntries(options.map(({ value, words }) => [value, words])),
    chosen: taken.map(({ value }) => value),
  }
}

function bodyOf(
  text: string,
  values: Readonly<Record<string, string | readonly string[]>>,
  files: Readonly<Record<string, readonly SentFile[]>>,
): FormData {
  const body = new FormData()
  const inputs = inputsOf(text)
  const known = new Set(inputs.map(({ name }) => name))
  for (const name of [...Object.keys(values), ...Object.keys(files)])
    if (!known.has(name)) throw new Error(`The page has no field ${name}; it has ${[...known].join(', ')}`)
  for (const { name, type, chosen } of inputs)
    if (type !== 'file' && values[name] === undefined) for (const one of chosen) body.append(name, one)
  for (const [name, value] of Object.entries(values)) {
    const options = inputs.flatMap((input) => (input.name === name ? Object.entries(input.options ?? {}) : []))
    const meant = (said: string) => options.find(([own, words]) => own === said || words === said)?.[0] ?? said
    for (const one of typeof value === 'string' ? [value] : value) body.append(name, meant(one))
  }
  for (const [name, sent] of Object.entries(files))
    for (const { name: fileName, mediaType, bytes } of sent)
      body.append(name, new File([Uint8Array.from(bytes)], fileName, { type: mediaType }))
  return body
}

/** From the paragraphs beside the fields; what stands in the list at the top alone is of the whole. */
function errorsOf(text: string): Readonly<Record<string, string>> {
  const beside = [...text.matchAll(/<p class="error" id="f-([A-Za-z0-9]+)-error">([\s\S]*?)<\/p>/g)].map(
    ([, name = '', words = '']) => [name, wordsOf(words)] as const,
  )
  const list = /<section class="problem"[\s\S]*?<\/section>/.exec(text)?.[0] ?? ''
  const whole = [...list.matchAll(/<li>(?!<a)([\s\S]*?)<\/li>/g)].map(([, words = '']) => wordsOf(words))
  return { ...Object.fromEntries(beside), ...(whole.length > 0 ? { '': whole.join('\n') } : {}) }
}

const attributeOf = (attributes: string, name: string): string | undefined => {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]
  return found === undefined ? undefined : unescaped(found)
}
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
const wordsOf = (markup: string): string =>
  unescaped(markup.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
