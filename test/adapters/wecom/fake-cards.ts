/** What WeCom says of a template card that is not as documented: https://developer.work.weixin.qq.com/document/path/90236 and 90313. */

export type Json = Readonly<Record<string, unknown>>
export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : [])
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')

const bytes = (text: string) => Buffer.byteLength(text)

/** The first number that WeCom answers with; undefined for a card that it takes. */
export function cardError(card: Json, isChange: boolean): number | undefined {
  const type = card['card_type']
  if (type !== 'button_interaction' && type !== 'vote_interaction') return 42031
  if (!isChange && !/^[\w@-]{1,128}$/.test(string(card['task_id']))) return 42014
  if (string(object(card['main_title'])['title']) === '') return 42033
  return type === 'vote_interaction' ? voteError(card) : buttonCardError(card)
}

function buttonCardError(card: Json): number | undefined {
  const fields = list(card['horizontal_content_list'])
  if (fields.length > 6) return 42035
  if (fields.some((field) => string(field['keyname']) === '')) return 42027
  const buttons = list(card['button_list'])
  if (buttons.length === 0 || buttons.length > 6) return 42038
  if (buttons.some((button) => string(button['text']) === '')) return 42038
  const keys = buttons.filter((button) => button['type'] !== 1).map((button) => string(button['key']))
  if (keys.some((key) => key === '' || bytes(key) > 1_024) || new Set(keys).size !== keys.length) return 42039
  if (buttons.some((button) => button['type'] === 1 && !/^https?:/.test(string(button['url'])))) return 42028
  const selection = card['button_selection']
  return selection === undefined ? undefined : optionsError(object(selection), 10)
}

function voteError(card: Json): number | undefined {
  const submit = object(card['submit_button'])
  if (string(submit['key']) === '' || bytes(string(submit['key'])) > 1_024) return 42046
  if (string(submit['text']) === '') return 42049
  return optionsError(object(card['checkbox']), 20)
}

function optionsError(question: Json, countMax: number): number | undefined {
  if (string(question['question_key']) === '') return 42043
  const options = list(question['option_list'])
  if (options.length === 0 || options.length > countMax) return 42037
  const ids = options.map((option) => string(option['id']))
  if (ids.some((id) => id === '' || bytes(id) > 128) || new Set(ids).size !== ids.length) return 42040
  return options.some((option) => string(option['text']) === '') ? 42041 : undefined
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** As wide as a Chinese character is 1. Counted apart from the adapter's own measure. */
const width = (text: string): number =>
  [...graphemes.segment(text)].reduce((sum, { segment }) => sum + ((segment.codePointAt(0) ?? 0) < 0x1100 ? 0.5 : 1), 0)

/** What a reader would see cut off: WeCom only suggests these lengths. */
export function cardProblems(card: Json): readonly string[] {
  const title = object(card['main_title'])
  const isVote = card['card_type'] === 'vote_interaction'
  const checks: readonly (readonly [what: string, text: unknown, widthMax: number])[] = [
    ['title', title['title'], isVote ? 16 : 36],
    ['title note', title['desc'], 44],
    ['sub title', card['sub_title_text'], 160],
    ...list(card['horizontal_content_list']).flatMap(
      (field) =>
        [
          ['field name', field['keyname'], 5],
          ['field value', field['value'], 30],
        ] as const,
    ),
    ...list(card['button_list']).map((button) => ['button', button['text'], 10] as const),
    ...list(object(card['button_selection'])['option_list']).map((option) => ['option', option['text'], 16] as const),
    ...list(object(card['checkbox'])['option_list']).map((option) => ['option', option['text'], 17] as const),
  ]
  return checks.flatMap(([what, text, widthMax]) =>
    width(string(text)) > widthMax ? [`the ${what} is ${width(string(text))} wide, of ${widthMax}`] : [],
  )
}
