/** The few words that are the adapter's own. */
import { defineMessages } from '#core/i18n.ts'

export const words = defineMessages(
  {
    title: 'Banzhang',
    moment: 'One moment…',
    close: 'Close',
    moreCharacters: '… ({count} more {count|character|characters})',
    moreLines: '… ({count} more {count|line|lines})',
    none: '—',
    pair: ': ',
    asPage: 'Fill it in as a web page',
  },
  {
    title: '班长',
    moment: '正在准备…',
    close: '关闭',
    moreCharacters: '…（还有 {count} 字）',
    moreLines: '…（还有 {count} 行）',
    none: '—',
    pair: '：',
    asPage: '在网页上填写',
  },
)
