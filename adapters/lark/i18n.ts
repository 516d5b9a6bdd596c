/** The few words that are the adapter's own. */
import { defineMessages } from '#core/i18n.ts'

export const words = defineMessages(
  {
    moreCharacters: '… ({count} more {count|character|characters})',
    moreLines: '… ({count} more {count|line|lines})',
    none: '—',
    pair: ': ',
    choose: 'Choose',
    optional: ' (optional)',
    fileOnPage: 'Files cannot be sent on this card: open the form as a page with the button below.',
    fileToBot: 'Files cannot be sent on this card: send them to the bot in this conversation.',
    asPage: 'Open as a page',
    onPageOnly: 'This form is too large for a card. Fill it in on its page.',
    sent: 'Sent in. What comes of it follows in a message.',
  },
  {
    moreCharacters: '…（还有 {count} 字）',
    moreLines: '…（还有 {count} 行）',
    none: '—',
    pair: '：',
    choose: '请选择',
    optional: '（选填）',
    fileOnPage: '卡片里不能上传文件，请点下方按钮，在网页表单里上传。',
    fileToBot: '卡片里不能上传文件，请直接把文件发给机器人。',
    asPage: '打开网页表单',
    onPageOnly: '表单内容较多，卡片放不下，请在网页里填写。',
    sent: '已提交，处理结果会另发消息告诉你。',
  },
)
