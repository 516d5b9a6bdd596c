/** What administrators are told. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    since: 'Since',
    'what-to-do': 'What to do',
    command: 'On the machine that runs the bot:',
    over: 'Over: {title}',
    'over.text': 'It began on {since} and lasted {length}.',
    'note.over': 'You will be told once more when it is over.',
    'note.changed': 'As of {at}.',

    'outbox.dead.title': 'Messages could not be said on {platform}',
    'outbox.dead.text':
      '{count} {count|message was|messages were} given up. Nobody gets {count|it|them} unless somebody acts.',
    'outbox.dead.nowhere': 'Messages have nobody to go to',
    'outbox.dead.do': 'See what it is and put the cause right; then say each of them again, or let it be.',

    'inbox.parked.title': 'What somebody asked for could not be done',
    'inbox.parked.text':
      '{count} {count|request|requests} failed again and again and {count|was|were} put aside, the first as {reference}. The people concerned have been told that something went wrong.',
    'inbox.parked.do': 'Look for the reference in the log; then try it again, or let it be.',

    'jobs.failed.title': 'Work was given up',
    'jobs.failed.text': '{count} {count|job has|jobs have} failed for good, the last of them {job}.',
    'jobs.failed.do': 'See why and put it right; then try it again, or let it be.',

    'jobs.late.title': 'Work is late',
    'jobs.late.text':
      '{count} {count|job has|jobs have} been due for more than {minutes} minutes, the oldest is {job}.',
    'jobs.late.do':
      'Look into the log for what holds it up. If nothing moves, start the server again: nothing is lost.',

    'platform.down.title': '{platform} and the bot are not connected',
    'platform.down.text': 'Nothing is heard or said there until that is mended. {platform}: {detail}',
    'platform.down.do': 'Let the configuration and the credentials be examined.',

    'calendar.missing.title': 'The days off of {year} are not known yet',
    'calendar.missing.text':
      "Until the year's official schedule is entered, only the law's own days count, and what reaches into {year} is provisional.",
    'calendar.missing.do': 'Write the notice into a sheet or a file, look what it changes, and import it.',

    'backup.missing.title': 'There is no recent backup',
    'backup.missing.text': 'The last one was made on {last}. There should be one every {days} days at least.',
    'backup.missing.never': 'There has never been one. There should be one every {days} days at least.',
    'backup.missing.do': 'Make one now, and find out why none was made.',

    'job.backup': 'Automatic backup',
    'permission.told': 'be told when something is wrong with the bot',
  },
  {
    since: '开始时间',
    'what-to-do': '怎么办',
    command: '在运行机器人的机器上：',
    over: '已恢复：{title}',
    'over.text': '从 {since} 开始，持续了{length}。',
    'note.over': '恢复之后会再通知一次。',
    'note.changed': '截至 {at}。',

    'outbox.dead.title': '{platform} 上有消息发不出去',
    'outbox.dead.text': '有 {count} 条消息试过之后放弃了，没人处理就不会送到。',
    'outbox.dead.nowhere': '有消息找不到该发给谁',
    'outbox.dead.do': '先看是什么消息、为什么，解决原因；然后逐条重发，或者作罢。',

    'inbox.parked.title': '有人交办的事没办成',
    'inbox.parked.text':
      '有 {count} 件事试了几次都没成，已经搁置，最早的一件编号 {reference}。当事人已经收到“出了问题”的提示。',
    'inbox.parked.do': '按编号到日志里找原因；然后重办，或者作罢。',

    'jobs.failed.title': '有后台任务办不成',
    'jobs.failed.text': '有 {count} 个任务多次失败后放弃了，最近的一个是 {job}。',
    'jobs.failed.do': '先看原因并解决；然后重办，或者作罢。',

    'jobs.late.title': '后台任务没有按时办',
    'jobs.late.text': '有 {count} 个任务到点后超过 {minutes} 分钟还没办，最早的是 {job}。',
    'jobs.late.do': '到日志里看是什么卡住了。如果一直不动，重启服务即可，不会丢东西。',

    'platform.down.title': '机器人和 {platform} 的连接断了',
    'platform.down.text': '恢复之前，那边的消息收不到也发不出。{platform}：{detail}',
    'platform.down.do': '检查一遍配置和凭证。',

    'calendar.missing.title': '{year} 年的放假安排还没有录入',
    'calendar.missing.text': '录入之前只按法律规定的节假日计算，涉及 {year} 年的天数都是暂定的。',
    'calendar.missing.do': '把放假通知写成表格或文件，先看会改变什么，再导入。',

    'backup.missing.title': '最近没有备份',
    'backup.missing.text': '上一次备份是 {last}。至少每 {days} 天要有一次。',
    'backup.missing.never': '从来没有备份过。至少每 {days} 天要有一次。',
    'backup.missing.do': '现在就备份一次，并查清为什么没有备份。',

    'job.backup': '自动备份',
    'permission.told': '机器人出问题时收到通知',
  },
)
