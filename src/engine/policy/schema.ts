/** The JSON Schema of policy files, for editors that complete and underline. */
import { z } from 'zod'
import type { PolicySection } from '../context.ts'
import { COMMON_SECTIONS } from './loaded.ts'

type Schema = Readonly<Record<string, unknown>>

/** Draft 2020-12 as JSON; the same sections give the same text. It asks for no key, because a preset may have given it. */
export function policyJsonSchema(sections: readonly PolicySection[]): Schema {
  const names = sections.map(({ section }) => section)
  const refs = (of: readonly string[]) => Object.fromEntries(of.map((name) => [name, { $ref: `#/$defs/${name}` }]))
  const own = closed(refs(names.filter((name) => !COMMON_SECTIONS.includes(name))))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Banzhang policy',
    ...closed({
      extends: {
        description: 'Presets that lie under this file, the later above the earlier.',
        type: 'array',
        items: { type: 'string' },
      },
      ...refs(names),
      departments: { description: 'What a department changes, and with it every department below.', ...mapOf(own) },
      posts: { description: 'What a post changes, above its department.', ...mapOf(own) },
    }),
    $defs: Object.fromEntries(sections.map(({ section, schema }) => [section, layered(jsonSchemaOf(schema))])),
  }
}

/** What a schema takes, before defaults and transformations. */
export function jsonSchemaOf(schema: z.ZodType): Schema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  return rest
}

const closed = (properties: Schema): Schema => ({ type: 'object', properties, additionalProperties: false })
const mapOf = (schema: Schema): Schema => ({ type: 'object', additionalProperties: schema })

/** A layer may leave out any key of a map, and take one away with null. What stands in a list is whole. */
function layered(schema: unknown): Schema {
  const { required, properties, additionalProperties, ...rest } = schema as Record<string, unknown>
  const nullable = (value: unknown): unknown => ({ anyOf: [layered(value), { type: 'null' }] })
  return {
    ...rest,
    ...(isSchema(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, nullable(value)])) }
      : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties: isSchema(additionalProperties) ? nullable(additionalProperties) : additionalProperties,
        }),
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
