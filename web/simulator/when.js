/** Instants as people read them, always in the clock's zone. */

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map()

/**
 * @param {string} lang
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} look
 */
function format(lang, zone, look) {
  const key = JSON.stringify([lang, zone, look])
  const known = formats.get(key) ?? new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { timeZone: zone, ...look })
  formats.set(key, known)
  return known
}

/** `09:05` @param {number} at @param {string} lang @param {string} zone */
export const timeOf = (at, lang, zone) =>
  format(lang, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)

/** `9月28日 周一`, `Mon 28 Sep` @param {number} at @param {string} lang @param {string} zone */
export function dateOf(at, lang, zone) {
  const date = format(lang, zone, { month: lang === 'en' ? 'short' : 'long', day: 'numeric' }).format(at)
  const weekday = format(lang, zone, { weekday: 'short' }).format(at)
  // The one month that British English shortens to four letters; cards write three.
  return lang === 'en' ? `${weekday} ${date.replace('Sept', 'Sep')}` : `${date} ${weekday}`
}

/** Date, weekday and time. @param {number} at @param {string} lang @param {string} zone */
export const whenOf = (at, lang, zone) => `${dateOf(at, lang, zone)} ${timeOf(at, lang, zone)}`

/** `2026-09-28`: two instants are of the same day when this is the same. @param {number} at @param {string} zone */
export const dayOf = (at, zone) =>
  format('sv-SE', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

/** `2026-09-28T09:05`, as date inputs want it. @param {number} at @param {string} zone */
export const inputOf = (at, zone) => `${dayOf(at, zone)}T${timeOf(at, 'en', zone)}`
