/** Derives the product's Chinese in traditional characters: which sentences there are, and how each is written. Used while developing and by a test. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Converter } from 'opencc-js'
import { parse } from 'yaml'
import { SENTENCES, WORDS } from './traditional-words.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
export const SENTENCES_FILE = 'src/core/traditional/sentences.json'
export const CHARACTERS_FILE = 'src/core/traditional/characters.json'

/** Chinese, or nothing but slots in Chinese quotation marks: “{reason}”. */
const isChinese = (text: string): boolean =>
  /\p{Script=Han}/u.test(text) || (/[“”]/.test(text) && !/[A-Za-z]/.test(text.replace(/\{[^{}]*\}/g, '')))
/** Comments, regular expressions that hold quotation marks, and string literals: whatever could hide where another begins. */
const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\$\n])*)`/g

/** Every simplified sentence of the source and of the shipped policies, and the first file that holds it; sorted. */
export function simplifiedSentences(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const add = (sentence: string, file: string) => {
    if (isChinese(sentence) && !found.has(sentence)) found.set(sentence, file)
  }
  for (const file of filesUnder(['src', 'adapters', 'bin'], /\.tsx?$/)) {
    if (file.startsWith('src/core/parser/')) continue
    for (const sentence of sentencesOfSource(readFileSync(path.join(ROOT, file), 'utf8'))) add(sentence, file)
  }
  for (const file of filesUnder(['policies'], /\.yaml$/)) {
    for (const sentence of sentencesOfPolicy(parse(readFileSync(path.join(ROOT, file), 'utf8')))) add(sentence, file)
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function filesUnder(folders: readonly string[], ending: RegExp): readonly string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.posix.join(folder, file.replaceAll('\\', '/')),
      ),
    )
    .filter((file) => ending.test(file) && !file.includes('/generated/'))
    .sort()
}

/**
 * In a file that calls `defineMessages` every string in Chinese; elsewhere those that stand for the Chinese half of something
 * said in both languages, after `'zh-CN':` or `zh:`, alone or in a list. Names of sample people and aliases are neither.
 */
export function sentencesOfSource(source: string): readonly string[] {
  const literals = [...source.matchAll(TOKENS)].flatMap((token) => {
    const text = token[1] ?? token[2] ?? token[3]
    return text !== undefined && isChinese(text) ? [{ text: unescaped(text), at: token.index }] : []
  })
  if (source.includes('defineMessages(')) return literals.map(({ text }) => text)
  const chinese = [...source.matchAll(/(?<![\w-])(?:'zh-CN'|zh):\s*(?:\[[^\]]*\]|(?=['"`]))/g)]
  return literals
    .filter(({ at }) =>
      chinese.some(({ index, 0: key }) => at === index + key.length || (at > index && at < index + key.length)),
    )
    .map(({ text }) => text)
}

const unescaped = (text: string): string =>
  text.replace(/\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|(.))/gi, (_, long?: string, short?: string, one?: string) =>
    one === undefined ? String.fromCodePoint(Number.parseInt(long ?? short ?? '', 16)) : one === 'n' ? '\n' : one,
  )

/** Every name written `{ zh: …, en: … }`. One that says `zh-TW` itself needs no other. */
function sentencesOfPolicy(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const { zh, 'zh-TW': own } = node as { zh?: unknown; 'zh-TW'?: unknown }
  const here = typeof zh === 'string' && own === undefined ? [zh] : []
  return [...here, ...Object.values(node).flatMap(sentencesOfPolicy)]
}

/** OpenCC alone: characters, and phrases that decide between them. */
export const convert = Converter({ from: 'cn', to: 'tw' })
/** The longest word first; in a slot, `{name}`, stands none. */
const PATTERN = new RegExp(
  Object.keys(WORDS)
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .join('|') || '(?!)',
  'g',
)

/** One sentence in traditional characters: as a person wrote it in `traditional-words.ts`, else word by word from there, the rest by OpenCC. */
export function derive(simplified: string): string {
  const written = SENTENCES[simplified]
  if (written !== undefined) return written
  let derived = ''
  let from = 0
  for (const word of simplified.matchAll(PATTERN)) {
    derived += convert(simplified.slice(from, word.index)) + (WORDS[word[0]] ?? word[0])
    from = word.index + word[0].length
  }
  return derived + convert(simplified.slice(from))
}

/** What `sentences.json` should hold. */
export function derivedSentences(): string {
  const entries = [...simplifiedSentences().keys()].map((sentence) => [sentence, derive(sentence)] as const)
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`
}

/** Written in Taiwan where the mainland writes another character. */
const ALSO_FOLDED: Readonly<Record<string, string>> = { 妳: '你', 牠: '它', 喔: '哦', 瞭: '了', 藉: '借' }

/**
 * What `characters.json` should hold: every traditional character that stands for one simplified one, side by side in two
 * strings of equal length. A character that the simplified script uses itself (干, 后, 面) stays what it is, and what stays
 * ambiguous takes the commonest reading: the table is for matching only, what was typed is kept beside it.
 */
export function derivedCharacters(): string {
  const complicate = Converter({ from: 'cn', to: 't' })
  const simplify = Converter({ from: 't', to: 'cn' })
  const fromTaiwan = Converter({ from: 'tw', to: 'cn' })
  const fromHongKong = Converter({ from: 'hk', to: 'cn' })
  const pairs = Object.entries(ALSO_FOLDED)
  for (let code = 0x3400; code <= 0x9fff; code++) {
    const character = String.fromCharCode(code)
    // 么 is the simplified 麼, whatever else it was long ago.
    if (complicate(character) !== character || ALSO_FOLDED[character] !== undefined) continue
    const plain = [simplify(character), fromTaiwan(character), fromHongKong(character)].find(
      (one) => one !== character && one.length === 1,
    )
    if (plain !== undefined) pairs.push([character, plain])
  }
  const table = new Map(pairs)
  // Folding twice must change nothing: a character that is itself folded is followed to its end.
  const settled = pairs.map(([character, plain]) => [character, table.get(plain) ?? plain] as const)
  const columns = {
    traditional: settled.map(([character]) => character).join(''),
    simplified: settled.map(([, plain]) => plain).join(''),
  }
  return `${JSON.stringify(columns, null, 2)}\n`
}
