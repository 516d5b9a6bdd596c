/** What remains of a message when everything that was understood is taken out: the reason, in the words of the person. */

import type { SaidText, Span } from './fold.ts'
import { overlaps } from './lexicon.ts'

/** Words that join a reason to the rest and are no part of it. English ones end at a word's end. */
const LEAD =
  /^(?:[\s,.;:!?~"-]|因为|由于|因(?![此素])|原因[是:]?|理由[是:]?|事由[是:]?|的(?!士)|起(?!床|诉)|开始|共计?|一共|总共|是因为|左右|以及|吧(?=$|\W)|(?:because of|because|due to|reason|for|since|as|and|off|starting|onwards?|please|total)(?![a-z0-9'])|')/
const TAIL =
  /(?:[\s,.;:!?~"'-]|从|自|起|开始|到|至|的|共计?|一共|总共|因为|由于|因|和|[吧哦啰]|了?哈|谢谢(?:你|您|啦|了)?|多谢|谢了|感谢|感恩|拜托了?|麻烦了?|辛苦了?|可以吗|可以么|行吗|行么|行不行|好吗|好不好|可不可以|ok吗|(?<![a-z0-9'])(?:from|starting|so|but|therefore|for|on|at|to|in|of|and|until|till|through|the|a|my|because|off|please|pls|thanks?|thank you|thanks a lot|thx|if possible|if that'?s (?:ok|okay|fine|possible|alright|all right)|is that (?:ok|okay|fine|possible)|ok))$/
/** Pieces that say nothing by themselves. */
const EMPTY =
  /^(?:我|本人|请|要|想|想要|需要|在|是|为|有|去|用|休|申请|可以|能|会|就|也|还|再|先|那|了|吧|呢|啊|呀|哦|嘛|吗|么|请问|麻烦|帮我|给我|打算|准备|时间|类型|日期|共|或|与|跟|我想|我要|请了?个|i|i'd|i'll|i'm|like|want|need|take|taking|have|to|the|on|in|at|of|with|my|as|it|is|be|please|so|ok|okay|per|total|type|also|just|some|any|out|days?|time|a|an|-|[()\s]+)$/
/** Whole clauses that are manners and no reason: greetings, thanks, asking whether it is all right. */
const MANNERS =
  /^(?:@\S+|(?:各位)?(?:你|您|大家|老板|经理|领导|主管|主任|班长)?们?(?:早上?|上午|中午|下午|晚上)?好[啊呀]?|(?:老板|经理|领导|主管|主任|组长|班长)(?:们)?(?:您|你)?(?:早上|上午|中午|下午|晚上)?好|在吗|在么|早|嗨|哈喽|hello|hi|hey|hi there|dear \w+|good (?:morning|afternoon|evening)|请?问一?下?|打扰了?|打扰一下|不好意思|抱歉|对不起|麻烦(?:你|您)?(?:了|一下)?|老板|经理|领导|主管|主任|组长|班长|.{1,3}(?:总|经理|主管|主任|姐|哥|老师)(?:您|你)?好?|谢谢(?:你|您|啦|了|大家|领导|老板)?|多谢|感谢|感恩|辛苦(?:了|啦)?|拜托(?:了|你了)?|(?:你看|您看|这样)?(?:可以|行|好|能批|没问题|ok)(?:吗|么|不|吧|嘛)|行不行|好不好|可不可以|可否|是否可以|请?(?:批准|核准|审批|审核|批一下|帮忙|帮忙处理|知悉|您?[批核]准)(?:一下|谢谢)?|望(?:批准?|核准)|算了|那|嗯+|好的?|是的|对|那个|banzhang|sorry|excuse me|please|pls|thanks?(?: you)?(?: (?:a lot|so much|very much|in advance))?|thx|cheers|ok|okay|yes|yeah|well|so|actually|if (?:possible|that'?s (?:ok|okay|fine|possible|all ?right)|i may|you don'?t mind)|is (?:that|it|this) (?:ok|okay|fine|possible|all ?right)(?: with you)?|would that be (?:ok|okay|fine|possible)|would it be possible|let me know)$/

/** The pieces of `spans` that no `taken` span covers, without the words that only join them, joined by a space. */
export function leftoverOf(text: SaidText, spans: readonly Span[], taken: readonly Span[]): string {
  const pieces: string[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    for (const piece of minus(span, taken)) {
      const stripped = strip(text, piece)
      if (stripped !== '') pieces.push(stripped)
    }
  }
  return pieces.join(' ')
}

/** True for a clause that is greeting, thanks or courtesy and nothing else. */
export const isManners = (folded: string): boolean => MANNERS.test(folded.replace(/^[\s,.!~]+|[\s,.!?~]+$/g, ''))

function minus(span: Span, taken: readonly Span[]): readonly Span[] {
  const pieces: Span[] = []
  let start = span.start
  for (const cut of [...taken].filter((one) => overlaps(one, span)).sort((a, b) => a.start - b.start)) {
    if (cut.start > start) pieces.push({ start, end: cut.start })
    start = Math.max(start, cut.end)
  }
  if (start < span.end) pieces.push({ start, end: span.end })
  return pieces
}

function strip(text: SaidText, { start, end }: Span): string {
  let piece = text.folded.slice(start, end)
  let from = start
  for (;;) {
    const lead = LEAD.exec(piece)?.[0].length ?? 0
    piece = piece.slice(lead)
    from += lead
    // The longest ending is shorter than this; a look at the whole piece would make long messages slow.
    const tail = TAIL.exec(piece.slice(-40))?.[0].length ?? 0
    piece = piece.slice(0, piece.length - tail)
    // （家里有事） says it without its brackets; (Bristol) inside a reason keeps them.
    const bracketed = /^\([^()]*\)$/.test(piece)
    if (bracketed) {
      piece = piece.slice(1, -1)
      from += 1
    } else if (lead === 0 && tail === 0) break
  }
  return EMPTY.test(piece) || isManners(piece) ? '' : text.said.slice(from, from + piece.length)
}
