/** The tables of simplified sentences, typed once more as people in Taiwan and in Hong Kong type them. */
import { Converter } from 'opencc-js'
import { understand } from '#core/parser/understand.ts'
import type { Moment } from '#core/parser/understanding.ts'
import { simplified } from '#core/traditional/characters.ts'
import { tell } from './tell.ts'
import { VOCABULARY } from './vocabulary.ts'

const inTaiwan = Converter({ from: 'cn', to: 'tw' })
const inHongKong = Converter({ from: 'cn', to: 'hk' })

/**
 * Each sentence whose traditional form is understood differently from what the table says, with what was made of it.
 * Reasons come back as they were typed, so both sides are compared in simplified characters.
 */
export function differentInTraditional(
  table: readonly (readonly [said: string, understood: string])[],
  moment: Moment,
) {
  return table.flatMap(([said, understood]) =>
    [...new Set([inTaiwan(said), inHongKong(said)])].flatMap((typed) => {
      const made = tell(understand(typed, VOCABULARY, moment))
      return simplified(made) === simplified(understood) ? [] : [`${typed} → ${made}, not ${understood}`]
    }),
  )
}
