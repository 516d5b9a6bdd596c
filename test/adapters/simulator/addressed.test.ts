/** Which messages the bot hears, and what of them. */
import { describe, expect, it } from 'vitest'
import { addressed, isPrivate } from '../../../adapters/simulator/addressed.ts'

describe('in a channel the bot hears', () => {
  it.each([
    ['@班长 请假 3天', { text: '请假 3天' }],
    ['@班长请假3天', { text: '请假3天' }],
    ['＠班长 请假', { text: '请假' }],
    ['@Banzhang leave 3 days', { text: 'leave 3 days' }],
    ['@banzhang, who is off?', { text: ', who is off?' }],
    ['please @Banzhang who is off', { text: 'please who is off' }],
    ['你好@班长', { text: '你好' }],
    ['@班长', { text: '' }],
    ['/leave 3 days', { command: 'leave', text: '3 days' }],
    ['/请假 三天半', { command: '请假', text: '三天半' }],
    ['／请假　3天', { command: '请假', text: '3天' }],
    ['@班长 /leave 3 days', { command: 'leave', text: '3 days' }],
    ['/help', { command: 'help', text: '' }],
  ])('%s', (typed, heard) => expect(addressed(typed, 'group')).toEqual(heard))
})

describe('in a channel the bot leaves alone', () => {
  it.each([
    '请假 3天',
    'I want leave',
    'mail me at me@banzhang.example',
    '@Banzhangs are great',
    '3/4 of us',
    'a/b',
    '/',
    '/ 3',
  ])('%s', (typed) => expect(addressed(typed, 'group')).toBeUndefined())
})

describe('in the direct room the bot hears', () => {
  it.each(['请假 3天', 'mail me at me@banzhang.example', '/', '1  2', 'a\n\nb'])('%s, exactly as typed', (typed) =>
    expect(addressed(typed, 'direct')).toEqual({ text: typed }),
  )
  it('several lines after a command', () => {
    expect(addressed('/complaint late delivery\nsecond line', 'direct')).toEqual({
      command: 'complaint',
      text: 'late delivery\nsecond line',
    })
  })
})

describe('a slash command', () => {
  it('is private, everything else is not', () => {
    expect(['/leave', '／请假', ' /leave'].map(isPrivate)).toEqual([true, true, true])
    expect(['@班长 请假', 'a /leave', '/'].map(isPrivate)).toEqual([false, false, false])
  })
})
