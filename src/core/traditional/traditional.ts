/** The product's own Chinese in traditional characters: a dictionary of whole sentences, derived while developing, never a conversion. */
import sentences from './sentences.json' with { type: 'json' }

const DICTIONARY: ReadonlyMap<string, string> = new Map(Object.entries(sentences))

/**
 * The traditional wording of a simplified sentence of the product's, slots included; any other text as it stands. Only
 * whole templates and names that ship with the product are looked up, never what a person typed.
 */
export function traditional(simplified: string): string {
  return DICTIONARY.get(simplified) ?? simplified
}

/** True when the dictionary knows the sentence: for the test that misses none. */
export const isDerived = (simplified: string): boolean => DICTIONARY.has(simplified)
