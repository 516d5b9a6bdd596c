/** Fixed phrases: greetings in front, and the whole messages that mean cancel or help. */

/** The bot's names, and what people put before a request. Each is taken off the front, one after the other. */
const GREETING =
  /^(?:[\s,.;:!~-]+|@(?:班长|banzhang|bot|机器人)(?![a-z0-9])|<@[^>\s]{1,40}>|班长(?!室)|机器人[,\s]|banzhang(?![a-z])|(?:hi|hello|hey|hiya|dear|yo)(?: (?:there|bot|all|team|everyone))?(?![a-z])|good (?:morning|afternoon|evening)(?![a-z])|(?:你|您|大家)们?(?:早上|上午|中午|下午|晚上)?好[啊呀]?|(?:早上|上午|中午|下午|晚上)好[啊呀]?|早(?:安|啊)?(?=[,.!\s~])|嗨|哈喽|在吗[?]?|在么[?]?|请问(?:一下)?|麻烦(?:你|您)?(?:了|一下)?(?!的)|劳驾|不好意思|打扰(?:一下|了)?|(?:please|pls|kindly|excuse me|sorry to bother(?: you)?)(?![a-z]))/

/** Where a message goes on after its greetings. */
export function afterGreetings(folded: string): number {
  let at = 0
  for (;;) {
    const greeting = GREETING.exec(folded.slice(at, at + 80))
    if (greeting === null) return at
    at += greeting[0].length
  }
}

const CANCEL =
  /^(?:那就?|还是|ok|okay|oh|no|please|算了)?[\s,]?(?:取消|算了|不用了|不要了|先不(?:用|弄|办)?了|不了|不弄了|不办了|放弃|退出|停止|cancel(?: (?:it|that|this))?|never ?mind|nvm|forget (?:about )?it|stop|quit|abort|exit)(?:吧|一下|啦|了|哦|啰)?(?:[\s,]+(?:please|pls|thanks|thank you|谢谢|感恩))?$/
const HELP = /^(?:help(?: me)?|帮助|说明|使用帮助|-{0,2}h(?:elp)?)$/
const GENERAL_HELP =
  /^(?:你(?:都)?(?:能|会|可以)(?:做|干|帮我做)(?:些)?(?:什么|啥)|(?:你)?(?:都)?有?(?:什么|哪些)(?:功能|命令|指令)|怎么用|怎么使用|如何使用|使用说明|使用方法|命令列表|指令列表|指令清单|功能列表|菜单|选单|what can you do(?: for me)?|what do you do|how does this work|how do i use (?:this|you|it)|how (?:to|do i) use(?: this)?|commands|menu|(?:list|show)(?: me)?(?: all| the)? commands)$/
const HELP_BEFORE =
  /^(?:help(?: me)?(?: with| about| on| for)?|帮助|使用帮助|怎么用|如何使用|how (?:to|do i) use)\s*(?=\S)/
const HELP_AFTER =
  /\s*(?:help|帮助|(?:应该|该|要)?怎么用|如何用|怎么使用|如何使用|的?用法|的?使用说明|-{1,2}h(?:elp)?)$/

const bare = (folded: string): string => folded.trim().replace(/[\s.!~,]{1,20}$/, '')

/** True when the whole message takes back what is open: 算了, `never mind`. Folded text. */
export const isCancel = (folded: string): boolean => CANCEL.test(bare(folded).replace(/\?$/, ''))
/** True when the whole message is a plain call for help. */
export const isHelp = (folded: string): boolean => HELP.test(bare(folded)) || /^[?]{1,5}$/.test(bare(folded))
/** True when the whole message asks what the bot can do: 你能做什么. */
export const isGeneralHelp = (folded: string): boolean => GENERAL_HELP.test(bare(folded).replace(/\?$/, ''))

/** What a plea for help is about, as it was said: `help leave`, 请假怎么用. */
export function helpSubject(folded: string): string | undefined {
  const said = bare(folded)
  const before = HELP_BEFORE.exec(said)
  if (before !== null) return said.slice(before[0].length)
  const after = HELP_AFTER.exec(said.slice(-20))
  return after === null || after[0].length >= said.length ? undefined : said.slice(0, said.length - after[0].length)
}
