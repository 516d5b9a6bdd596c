/** `npm run traditional`: derives the Chinese in traditional characters and the table by which the parser folds them. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { CHARACTERS_FILE, derivedCharacters, derivedSentences, SENTENCES_FILE } from './traditional.ts'

const root = path.resolve(import.meta.dirname, '..')
writeFileSync(path.join(root, SENTENCES_FILE), derivedSentences())
writeFileSync(path.join(root, CHARACTERS_FILE), derivedCharacters())
