/** Forms as dialogs with the browser's own inputs. Errors stand beside their field; the form stays open until it is right. */
import { Attachments, takeDrops } from './attach.js'
import { avatar, fill, h, outside, shown } from './dom.js'

/**
 * @typedef {import('../../src/core/form.ts').Form} Form
 * @typedef {import('../../src/core/form.ts').Field} Field
 * @typedef {import('./api.js').Person} Person
 * @typedef {{ words: Record<string, string>, people: Person[], person: Person, api: import('./api.js').Api }} Around
 * @typedef {{ field: Field, block: HTMLElement, error: HTMLElement, focus: () => void, read: () => string | string[],
 *   mark: (wrong: boolean) => void }} Drawn
 */

/**
 * Shows a form until it is sent or given up.
 * @param {Form} form
 * @param {Around} around
 * @param {(values: Record<string, string | string[]>) => Promise<Record<string, string> | undefined>} send
 *   gives the errors by field name, or undefined when the form is done
 */
export async function showForm(form, around, send) {
  const { words, person } = around
  const drawn = form.fields.map((field) => drawField(field, around))
  const whole = h('p', { class: 'form-error', role: 'alert', hidden: true })
  const submit = h('button', { type: 'submit', class: 'button primary' }, form.submit)
  const body = h(
    'form',
    { class: 'form', novalidate: true },
    h(
      'header',
      { class: 'form-head' },
      h('h2', { id: 'form-title' }, form.title),
      h(
        'p',
        { class: 'form-as' },
        avatar(person.name, { small: true }),
        fill(words['form-as'] ?? '', { name: person.name }),
      ),
    ),
    h(
      'div',
      { class: 'form-body' },
      form.intro ? h('p', { class: 'form-intro' }, form.intro) : null,
      form.page ? h('p', {}, outside(form.page, 'link', words['form-page'] ?? '')) : null,
      whole,
      ...drawn.map(({ block }) => block),
    ),
  )
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'form-title' }, body)
  body.append(
    h(
      'footer',
      { class: 'dialog-buttons' },
      h('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, form.cancel),
      submit,
    ),
  )
  const show = (/** @type {Record<string, string>} */ errors) => showErrors(errors, drawn, whole)
  body.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (submit.disabled) return
    submit.disabled = true
    submit.classList.add('working')
    try {
      const errors = await send(valuesOf(drawn))
      if (errors) show(errors)
      else dialog.close('sent')
    } catch (error) {
      show({ '': error instanceof Error ? error.message : String(error) })
    } finally {
      submit.disabled = false
      submit.classList.remove('working')
    }
  })
  await shown(dialog)
}

/** @param {Drawn[]} drawn */
function valuesOf(drawn) {
  const given = drawn.map(({ field, read }) => /** @type {const} */ ([field.name, read()]))
  return Object.fromEntries(given.filter(([, value]) => value.length > 0))
}

/**
 * @param {Record<string, string>} errors
 * @param {Drawn[]} drawn
 * @param {HTMLElement} whole
 */
function showErrors(errors, drawn, whole) {
  const known = new Set(drawn.map(({ field }) => field.name))
  const rest = Object.entries(errors)
    .filter(([name]) => !known.has(name))
    .map(([, words]) => words)
  whole.textContent = rest.join('\n')
  whole.hidden = rest.length === 0
  for (const { field, error, mark } of drawn) {
    const words = errors[field.name]
    error.textContent = words ?? ''
    error.hidden = words === undefined
    mark(words !== undefined)
  }
  drawn.find(({ field }) => errors[field.name] !== undefined)?.focus()
}

/** In one field when the form does not say. */
const FILES_MAX = 10

let count = 0

/**
 * @param {Field} field
 * @param {Around} around
 * @returns {Drawn}
 */
function drawField(field, around) {
  const id = `field-${++count}`
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true })
  const describedby = `${id}-error${field.hint ? ` ${id}-hint` : ''}`
  const aside = [
    field.optional ? around.words['optional'] : '',
    field.kind === 'people' && field.countMax ? fill(around.words['people-max'] ?? '', { count: field.countMax }) : '',
  ]
    .filter(Boolean)
    .join(' · ')
  const label = [field.label, aside ? h('span', { class: 'quiet' }, ` ${aside}`) : null]
  const hint = field.hint ? h('p', { class: 'field-hint', id: `${id}-hint` }, field.hint) : null
  if (field.kind === 'people' || field.kind === 'file') {
    const picker = field.kind === 'people' ? drawPeople(field, around) : drawFilePicker(field, around)
    const block = h(
      'fieldset',
      { class: 'field', 'aria-describedby': describedby },
      h('legend', {}, ...label),
      picker.box,
      hint,
      error,
    )
    return {
      field,
      block,
      error,
      focus: picker.focus,
      read: picker.read,
      mark: (wrong) => block.classList.toggle('wrong', wrong),
    }
  }
  const input = drawInput(field, around.words)
  input.id = id
  input.setAttribute('aria-describedby', describedby)
  if (!field.optional) input.setAttribute('aria-required', 'true')
  const block = h('div', { class: 'field' }, h('label', { for: id }, ...label), input, hint, error)
  const mark = (/** @type {boolean} */ wrong) => {
    block.classList.toggle('wrong', wrong)
    input.setAttribute('aria-invalid', String(wrong))
  }
  return { field, block, error, focus: () => input.focus(), read: () => input.value, mark }
}

/**
 * @param {Exclude<Field, { kind: 'people' | 'file' }>} field
 * @param {Record<string, string>} words
 */
function drawInput(field, words) {
  const value = field.initial ?? ''
  if (field.kind === 'longText') return h('textarea', { class: 'input', rows: 4, maxlength: field.charsMax, value })
  if (field.kind === 'choice') {
    const empty = field.optional || field.initial === undefined
    return h(
      'select',
      { class: 'input' },
      empty ? h('option', { value: '', selected: value === '' }, words['choose']) : null,
      ...field.options.map((option) =>
        h('option', { value: option.value, selected: option.value === value }, option.label),
      ),
    )
  }
  if (field.kind === 'number')
    return h('input', {
      class: 'input',
      type: 'number',
      inputmode: 'decimal',
      step: 'any',
      min: field.min,
      max: field.max,
      value,
    })
  if (field.kind === 'text')
    return h('input', { class: 'input', type: 'text', maxlength: field.charsMax, autocomplete: 'off', value })
  return h('input', { class: 'input', type: field.kind, value })
}

/**
 * A button that takes files, and what it has taken.
 * @param {Extract<Field, { kind: 'file' }>} field
 * @param {Around} around
 */
function drawFilePicker(field, { words, person, api }) {
  const countMax = Math.min(field.countMax ?? FILES_MAX, FILES_MAX)
  const files = new Attachments({ words, api, account: person.account, countMax, changed: () => {} })
  files.button.append(words['attach'] ?? '')
  files.button.className = 'button'
  const box = h('div', {}, files.button, files.input, files.tray)
  takeDrops(box, (dropped) => files.add(dropped))
  return { box, focus: () => files.button.focus(), read: () => files.ids }
}

/**
 * A list with a box beside each person, and a search when it is long.
 * @param {Extract<Field, { kind: 'people' }>} field
 * @param {Around} around
 */
function drawPeople(field, { words, people }) {
  const max = field.countMax ?? Number.POSITIVE_INFINITY
  const boxes = people.map((person) =>
    h('input', { type: 'checkbox', value: person.account, checked: field.initial?.includes(person.account) ?? false }),
  )
  const rows = people.map((person, index) =>
    h(
      'label',
      { class: 'pick' },
      boxes[index],
      avatar(person.name, { small: true }),
      h('span', {}, person.name),
      h('span', { class: 'quiet' }, person.title),
    ),
  )
  const chosen = () => boxes.filter((box) => box.checked)
  const bound = () => {
    const full = chosen().length >= max
    for (const box of boxes) box.disabled = full && !box.checked
  }
  const search = h('input', {
    class: 'input',
    type: 'search',
    placeholder: words['choose-people'],
    'aria-label': words['choose-people'],
  })
  search.addEventListener('input', () => {
    people.forEach((person, index) => {
      const row = rows[index]
      if (row)
        row.hidden = !`${person.name} ${person.title} ${person.department}`
          .toLowerCase()
          .includes(search.value.trim().toLowerCase())
    })
  })
  bound()
  const list = h('div', { class: 'picks', on: { change: bound } }, ...rows)
  return {
    box: h('div', {}, people.length > 8 ? search : null, list),
    focus: () => boxes[0]?.focus(),
    read: () => chosen().map((box) => box.value),
  }
}
