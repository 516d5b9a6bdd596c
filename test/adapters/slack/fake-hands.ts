/** A person's hands on Slack: finding what is clicked in what was drawn, and filling in a view. */
import { list, object, string } from './fake-blocks.ts'
import type { StoredMessage, StoredView } from './fake-store.ts'

interface Place {
  readonly block_id: string
  readonly element: Readonly<Record<string, unknown>>
}

function elementsOf(message: StoredMessage): readonly Place[] {
  return list(message.blocks).flatMap((block) => {
    const elements = block['type'] === 'actions' ? list(block['elements']) : [object(block['accessory'])]
    return elements.map((element) => ({ block_id: string(block['block_id']), element }))
  })
}

const labelOf = (part: Readonly<Record<string, unknown>>): string => string(object(part['text'])['text'])

export function buttonOf(message: StoredMessage, label: string): Readonly<Record<string, unknown>> {
  const found = elementsOf(message).find(({ element }) => element['type'] === 'button' && labelOf(element) === label)
  if (!found) throw new Error(`The message ${message.ts} has no button "${label}"`)
  const { action_id, value, text } = found.element
  return { type: 'button', block_id: found.block_id, action_id, value, text }
}

export function choiceOf(message: StoredMessage, label: string): Readonly<Record<string, unknown>> {
  for (const { block_id, element } of elementsOf(message)) {
    const all = [
      ...list(element['options']),
      ...list(element['option_groups']).flatMap((group) => list(group['options'])),
    ]
    const selected_option = all.find((option) => labelOf(option) === label)
    if (selected_option) return { type: 'static_select', block_id, action_id: element['action_id'], selected_option }
  }
  throw new Error(`The message ${message.ts} has no option "${label}"`)
}

/** The state of a view after these fields were filled in: every input has its place, empty ones too. */
export function stateOf(
  view: StoredView,
  values: Readonly<Record<string, string | readonly string[]>>,
  fileOf: (id: string) => object | undefined = () => undefined,
): unknown {
  const inputs = list(view.view['blocks']).filter((block) => block['type'] === 'input')
  return Object.fromEntries(
    inputs.map((block) => {
      const name = string(block['block_id'])
      const element = object(block['element'])
      return [
        name,
        {
          [string(element['action_id'])]: {
            type: element['type'],
            ...filled(string(element['type']), values[name], fileOf),
          },
        },
      ]
    }),
  )
}

function filled(
  type: string,
  value: string | readonly string[] | undefined,
  fileOf: (id: string) => object | undefined,
): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'datepicker':
      return { selected_date: value ?? null }
    case 'timepicker':
      return { selected_time: value ?? null }
    case 'static_select':
      return { selected_option: value === undefined ? null : { value } }
    case 'multi_users_select':
      return { selected_users: value ?? [] }
    case 'file_input':
      return { files: (Array.isArray(value) ? value : []).map((id: string) => fileOf(id) ?? { id }) }
    default:
      return { value: value ?? null }
  }
}
