/** Whom a message names: asked of the database only when it may be a command that takes a person. */
import { fold } from '#core/parser/fold.ts'
import type { Vocabulary } from '#core/parser/understanding.ts'
import type { Sql } from '../db/transaction.ts'
import type { Registry } from './registry.ts'

/** More would be a list of people and no command. */
const PEOPLE_MAX = 50
/** So much of a text is looked through. */
const CHARS_MAX = 2_000

/** @param asked a question is open that a person answers */
export async function peopleNamed(
  sql: Sql,
  registry: Pick<Registry, 'words'>,
  text: string,
  asked: boolean,
): Promise<Vocabulary['people']> {
  const folded = fold(text.slice(0, CHARS_MAX))
  const mayName = registry.words.some(
    ({ args, names }) =>
      Object.values(args).some(({ arg }) => arg.kind === 'person') &&
      [...names.en, ...names.zh].some((name) => folded.includes(fold(name))),
  )
  if (!mayName && !asked) return []
  const rows = await sql<{ id: string; name: string; staffNo: string }>(
    `SELECT id, name, staff_no AS "staffNo" FROM person
     WHERE active AND (strpos($1, lower(name)) > 0 OR strpos($1, lower(staff_no)) > 0)
     ORDER BY length(name) DESC, staff_no LIMIT ${PEOPLE_MAX}`,
    // As it was typed, and as the parser reads it: in full width, or in the other script.
    [`${text.slice(0, CHARS_MAX).toLowerCase()}\n${folded}`.replaceAll('\u0000', ' ')],
  )
  return rows.map(({ id, name, staffNo }) => ({ id, names: [name, staffNo] }))
}
