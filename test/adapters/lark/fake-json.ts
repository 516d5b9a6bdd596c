/** Reading JSON that somebody else wrote, without believing it. */
export type Json = Readonly<Record<string, unknown>>

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : [])
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')

export function parsed(text: string): Json {
  try {
    return object(JSON.parse(text))
  } catch {
    return {}
  }
}
