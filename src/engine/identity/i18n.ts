/** What identity says to people. */
import { defineMessages } from '#core/i18n.ts'

export const messages = defineMessages(
  {
    'account.taken':
      'This account already belongs to somebody else. If it has changed hands, ask an administrator to unlink it first.',
  },
  {
    'account.taken': '这个账号已经绑定了另一位同事。如果账号换了主人，请先让管理员解除原来的绑定。',
  },
)
