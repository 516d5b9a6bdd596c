/** Whether text can be read on its ground: contrast as WCAG 2.2 counts it, of the colours that a style sheet names. */

type Colours = Readonly<Record<string, string>>

/** The colours of a style sheet by their names, by day and by night. */
export function schemesOf(css: string): { readonly day: Colours; readonly night: Colours } {
  const [day = '', night = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block)
  const light = colours(day)
  return { day: light, night: { ...light, ...colours(night) } }
}

const colours = (block: string): Colours =>
  Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1 to 21; text needs 4.5 (1.4.3, AA), the edge of an input 3 (1.4.11). NaN when a colour is not known. */
export function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return Number.NaN
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}
