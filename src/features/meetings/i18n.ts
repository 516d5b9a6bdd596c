/** Every sentence that meetings say. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    'starts-in': '{name} starts in {length}',
    'starts-now': '{name} starts now',
    late: 'Late: {reminder}',
    'late-note': 'This reminder was due on {due} and comes late.',
    time: 'Time',
    chair: 'Chair',
    role: '{role}: ',
    separator: ', ',
    away: '{name} (away then)',
    'and-more': ' and {count} more',
    schedule: 'Reminder: {name}',
  },
  {
    'starts-in': '{name}将于{length}后开始',
    'starts-now': '{name}现在开始',
    late: '补发：{reminder}',
    'late-note': '这条提醒原定 {due} 发送，现补发。',
    time: '时间',
    chair: '主持',
    role: '{role}：',
    separator: '、',
    away: '{name}（届时不在）',
    'and-more': '，另有{count}人',
    schedule: '{name}提醒',
  },
)
