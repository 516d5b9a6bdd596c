/** The few words that the workshop itself puts into a picture. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  { 'chart.empty': 'Nothing in this period' },
  { 'chart.empty': '这段时间没有数据' },
)
