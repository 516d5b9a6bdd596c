/** The JSON Schemas beside the policies are those of this program; `npm run schemas` writes them anew. */
import { describe, expect, it } from 'vitest'
import { policySections } from '../../../src/app.ts'
import { peopleJsonSchema } from '../../../src/engine/identity/people-file.ts'
import { policyJsonSchema } from '../../../src/engine/policy/schema.ts'
import { ALL } from './files.ts'

const text = (schema: unknown) => `${JSON.stringify(schema, null, 2)}\n`
type Schema = {
  $defs: Record<string, Schema>
  properties: Record<string, Schema>
  additionalProperties: Schema
  anyOf: Schema[]
  required?: string[]
}

describe('the schemas that editors read', () => {
  it('policies/policy.schema.json is current', async () => {
    await expect(text(policyJsonSchema(policySections()))).toMatchFileSnapshot('../../../policies/policy.schema.json')
  })
  it('policies/people.schema.json is current', async () => {
    await expect(text(peopleJsonSchema())).toMatchFileSnapshot('../../../policies/people.schema.json')
  })
  it('ask for no key that a preset may have given, and let null take one away', () => {
    const schema = policyJsonSchema(ALL) as unknown as Schema
    const organisation = schema.$defs['organisation']
    expect(organisation?.required).toBeUndefined()
    expect(organisation?.properties['fallbackRole']?.anyOf).toContainEqual({ type: 'null' })
    const leave = schema.properties['departments']?.additionalProperties.properties['leave']
    expect(leave).toEqual({ $ref: '#/$defs/leave' })
    expect(schema.$defs['leave']?.properties['chains']).toBeDefined()
    expect(schema.properties['departments']?.additionalProperties.properties).not.toHaveProperty('organisation')
  })
})
