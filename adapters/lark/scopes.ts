/** The scopes and events that the app needs, each with its reason: README and check say the same because both are told here. */

/** Without these the bot cannot do its work. https://open.feishu.cn/document/server-docs/application-scope/scope-list */
export const SCOPES: Readonly<Record<string, string>> = {
  'im:message.p2p_msg:readonly': 'hears direct messages',
  'im:message.group_at_msg:readonly': 'hears messages in groups that mention it',
  'im:message:send_as_bot': 'sends messages and cards, and changes its own',
  'im:resource': 'fetches the files that people send it, and sends files and pictures',
  'im:chat.members:read': 'lists the members of a group it is in',
  'contact:user.id:readonly': 'finds people by e-mail address or mobile',
}

/** Without these something is missing that not every department uses. */
export const MORE_SCOPES: Readonly<Record<string, string>> = {
  'im:message:readonly': 'learns whose message was taken back, when it was said to another process',
  'im:message.reactions:write_only': 'marks a message in a group as answered privately',
  'contact:department.base:readonly': 'lists departments for the comparison of the people file',
  'contact:contact.base:readonly': 'the same',
  'contact:user.base:readonly': 'names of people for the same',
  'contact:user.employee:readonly': 'staff numbers and who has left, for the same',
  'contact:user.department:readonly': 'departments of people, for the same',
  'contact:user.email:readonly': 'e-mail addresses of people, for the same',
  'contact:user.phone:readonly': 'mobiles of people, for the same',
  'application:app_slash_command:read': 'lists the slash commands that are offered',
  'application:app_slash_command:write': 'offers slash commands',
}

/** What Lark tells the bot of. */
export const EVENTS: Readonly<Record<string, string>> = {
  'im.message.receive_v1': 'messages to the bot',
  'im.message.recalled_v1': 'a message was taken back',
  'application.bot.menu_v6': 'an entry of the bot’s menu was chosen',
  'card.action.trigger': 'a button, a menu or a form on a card (a callback, under "Callback configuration")',
}
