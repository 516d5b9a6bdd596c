/** What identity says to people. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    'account.taken':
      'This account already belongs to somebody else. If it has changed hands, ask an administrator to unlink it first.',
    'code.linked': 'Done: this account is yours now, {name}. Say {help} to see what I can do for you.',
    'code.own': 'This account is yours already; nothing had to be linked.',
    'code.wrong':
      'That code does not fit: it was mistyped, used already, or is older than {minutes} minutes. Make a new one where I know you, with “me code”. {left} {left|try is|tries are} left.',
    'code.wait': 'Too many wrong codes. Wait {minutes} {minutes|minute|minutes}, then make a new one where I know you.',
    'code.told':
      'Your account {account} on {platform} was linked to you just now. If that was not you, say “me unlink {platform}” and tell your administrator.',
  },
  {
    'account.taken': '这个账号已经绑定了另一位同事。如果账号换了主人，请先让管理员解除原来的绑定。',
    'code.linked': '好了，{name}，这个账号已经绑定到你名下。发送“{help}”看看我能做什么。',
    'code.own': '这个账号本来就是你的，不用再绑定。',
    'code.wrong':
      '绑定码不对：可能输错了、已经用过，或者超过了 {minutes} 分钟。请在我认识你的平台发送“绑定码”，重新取一个。还可以再试 {left} 次。',
    'code.wait': '输错的次数太多了，请等 {minutes} 分钟，再到我认识你的平台重新取一个绑定码。',
    'code.told':
      '你在{platform}的账号 {account} 刚刚绑定到了你名下。如果不是你操作的，请发送“解绑 {platform}”，并告诉管理员。',
  },
)
