/** One message, in Chinese or English, to what its speaker wants. Pure, bounded, and knowing no feature. */
import { byName, bySlash, fixedPhrase, nearMiss } from './by-name.ts'
import { byTopic } from './by-topic.ts'
import { findAfterthought } from './corrections.ts'
import { readText } from './fold.ts'
import { afterGreetings } from './manners.ts'
import { namesOf } from './names.ts'
import { readSentence } from './sentence.ts'
import type { Moment, Understanding, Vocabulary } from './understanding.ts'

/**
 * What `said` means to the bot, tried in this order: a slash command; cancel or help as the whole message; a command's
 * name at the start; a change of mind (改成周四) about the topic it names or `moment.recent`; a sentence that asks for a
 * topic; a slip near a command's name; nothing.
 *
 * Reads the first 2,000 characters. Never throws. Choices people differ about: a bare weekday is the next such day, today
 * included; 下周X and `next X` mean the next calendar week, Monday to Sunday, and 这周X or `this X` the present one; a
 * date without its year is the next such date; 2点 without its half of the day is ambiguous, the afternoon first; a week
 * is 5 or 7 days and a month 22 or 30, always asked. Dates in the past are given as said.
 */
export function understand(said: string, vocabulary: Vocabulary, moment: Moment): Understanding {
  const text = readText(said)
  if (text.said === '') return { kind: 'nothing', why: 'empty' }
  const start = afterGreetings(text.folded)
  const span = { start, end: text.folded.length }
  const body = text.folded.slice(start)
  if (body === '') return { kind: 'nothing', why: 'small-talk' }
  const sentence = readSentence(text, span, vocabulary, moment)
  const request = { sentence, vocabulary, moment, names: namesOf(vocabulary) }
  if (body.startsWith('/')) return bySlash(request, start)
  const found = fixedPhrase(body, vocabulary, request.names) ?? byName(request)
  if (found !== undefined) return found
  const afterthought = findAfterthought(request)
  if (afterthought !== undefined) {
    return {
      kind: 'command',
      command: afterthought.command.id,
      via: 'sentence',
      values: afterthought.values,
      unclear: afterthought.unclear,
    }
  }
  return (
    byTopic(request) ??
    nearMiss(request) ?? { kind: 'nothing', why: /[?]\s*$|[吗么呢]\s*$/.test(body) ? 'question' : 'small-talk' }
  )
}

export { readAnswer } from './answer.ts'
