/** What people write into the cells of a table: headings in either script, days in their usual forms, several things in one cell. */
import { isCivilDate } from '../calendar/civil.ts'
import type { CivilDate } from '../command-args.ts'
import { fold } from '../parser/fold.ts'

/** A heading or a name, comparable: width, case, traditional characters, spaces and punctuation make no difference. */
export function wordKey(text: string): string {
  return fold(text).replaceAll(/[\s.,:;*#()"'·_/-]/g, '')
}

/** `2026-10-01`, `2026/10/1`, `2026.10.1`, `2026年10月1日`, `20261001`, with or without an hour of nought; undefined for everything else. */
export function dayIn(text: string): CivilDate | undefined {
  const folded = fold(text.trim()).replace(/ 0?0:00(:00)?$/, '')
  const found =
    /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(folded) ??
    /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(folded) ??
    /^(\d{4})\.(\d{1,2})\.(\d{1,2})$/.exec(folded) ??
    /^(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?$/.exec(folded) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(folded)
  if (!found) return undefined
  const [, year = '', month = '', day = ''] = found
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isCivilDate(date) ? date : undefined
}

/** The things in a cell, separated by `、`, a comma, a semicolon or a new line; spaces separate too where no thing holds any. */
export function listIn(text: string, spaces: 'separate' | 'belong' = 'belong'): readonly string[] {
  const separator = spaces === 'separate' ? /[、,，;；\s]+/ : /[、,，;；\n]+/
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
