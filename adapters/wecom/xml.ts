/** WeCom's XML: a flat list of fields. Nothing in it is ever expanded or fetched. */
import { XMLParser } from 'fast-xml-parser'
import { MalformedCall } from '#core/platform.ts'

const LISTS = new Set(['SelectedItem', 'OptionId'])
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (name) => LISTS.has(name),
})

export type Fields = Readonly<Record<string, unknown>>

/** The fields of `<xml>`. Throws `MalformedCall`: for a document type too, in which entities could be defined. */
export function readXml(text: string): Fields {
  if (declares(text)) throw new MalformedCall('A call of WeCom declares a document type')
  let read: unknown
  try {
    read = parser.parse(text, true)
  } catch (cause) {
    throw new MalformedCall('A call of WeCom is not XML', { cause })
  }
  const { xml } = fieldsOf(read)
  if (typeof xml !== 'object' || xml === null) throw new MalformedCall('A call of WeCom has no <xml>')
  return fieldsOf(xml)
}

/** Is there a declaration outside the quoted parts? In one pass: this is read before anybody knows who has written it. */
function declares(text: string): boolean {
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', at)) {
    if (!text.startsWith('[CDATA[', at + 2)) return true
    const end = text.indexOf(']]>', at)
    // It is cut off: the parser says so.
    if (end < 0) return false
    at = end
  }
  return false
}

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/** Text, or empty. */
export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}
export const listIn = (fields: Fields, name: string): readonly unknown[] => {
  const value = fields[name]
  return Array.isArray(value) ? value : []
}
