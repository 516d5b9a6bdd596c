/** What people typed comes out of Slack's way of writing as they typed it. */
import { describe, expect, it } from 'vitest'
import { mentions, readWords } from '../../../adapters/slack/words.ts'

describe('readWords', () => {
  it.each([
    ['<@U0BOT> leave 3 days', 'leave 3 days'],
    ['<@U0BOT|banzhang> 请假 3天', '请假 3天'],
    ['请假 3天 <@U0BOT>', '请假 3天'],
    ['swap with <@U0WANG|wang> on Monday', 'swap with <@U0WANG> on Monday'],
    ['swap with <@U0WANG>', 'swap with <@U0WANG>'],
    ['see <https://x.example/a?b=1&amp;c=2|the sheet>', 'see the sheet'],
    ['see <https://x.example/a?b=1&amp;c=2>', 'see https://x.example/a?b=1&c=2'],
    ['write to <mailto:an@x.example|an@x.example>', 'write to an@x.example'],
    ['write to <mailto:an@x.example>', 'write to an@x.example'],
    ['in <#C0GENERAL|general> and <#C1>', 'in #general and #C1'],
    ['<!here> <!channel> <!subteam^S1|@nights> <!subteam^S1>', '@here @channel @nights @subteam'],
    ['<!date^1790000000^{date}|28 September>', '28 September'],
    ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
    ['&amp;lt; was typed as &amp;amp;', '&lt; was typed as &amp;'],
    ['&lt;!channel&gt; &lt;@U0WANG&gt;', '<!channel> <@U0WANG>'],
    ['  spaces \n around ', 'spaces \n around'],
    ['', ''],
    ['a <b', 'a <b'],
  ])('reads %j as %j', (written, typed) => {
    expect(readWords(written, 'U0BOT')).toBe(typed)
  })

  it('keeps every mention when the bot is not known', () => {
    expect(readWords('<@U0BOT> leave', undefined)).toBe('<@U0BOT> leave')
  })
})

describe('mentions', () => {
  it('sees a mention with and without a name, and no other account', () => {
    expect(mentions('hello <@U0BOT>', 'U0BOT')).toBe(true)
    expect(mentions('hello <@U0BOT|banzhang>', 'U0BOT')).toBe(true)
    expect(mentions('hello <@U0BOTTOM>', 'U0BOT')).toBe(false)
    expect(mentions('hello U0BOT', 'U0BOT')).toBe(false)
  })
})
