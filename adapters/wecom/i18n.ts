/** The few words that are the adapter's own. */
import { defineMessages } from '#core/i18n.ts'

export const words = defineMessages(
  {
    moreCharacters: '… ({count} more {count|character|characters})',
    moreOptions: '… ({count} more {count|option|options})',
    none: '—',
    pair: ': ',
    bullet: '• ',
    between: ', ',
    choose: 'Choose',
    fillIn: 'Fill in',
    asks: 'To be filled in: {fields}',
    noPage:
      'There is no page to fill it in on: the administrator has not set PUBLIC_URL. Until then write everything in one line after the command, as in "leave 3 days"; write "help" for how each is written.',
    closed: 'Closed',
    pressInDirect: '(The buttons are in your own conversation with the app.)',
    answeredPrivately: 'Answered privately.',
    menuFirst: 'Often',
    menuSecond: 'More',
    menuThird: 'Other',
  },
  {
    moreCharacters: '…（还有 {count} 字）',
    moreOptions: '…（还有 {count} 项）',
    none: '—',
    pair: '：',
    bullet: '• ',
    between: '、',
    choose: '确定',
    fillIn: '去填写',
    asks: '需要填写：{fields}',
    noPage:
      '现在没有可以填写的页面：管理员还没有设置 PUBLIC_URL。在那之前，请把内容写在命令后面一起发给我，例如“请假 3天”；发“帮助”可以看每个命令的写法。',
    closed: '已处理',
    pressInDirect: '（按钮在你和应用的单聊里。）',
    answeredPrivately: '已私下回复。',
    menuFirst: '常用',
    menuSecond: '更多',
    menuThird: '其他',
  },
)
