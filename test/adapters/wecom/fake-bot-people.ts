/** What people do on the smart bot's side of WeCom, as the bodies of its frames. */

let messages = 0
const from = (userid: string, chatid: string | undefined) => ({
  msgid: `msg-${++messages}`,
  from: { userid },
  ...(chatid === undefined ? { chattype: 'single' } : { chattype: 'group', chatid }),
})
export const textFrom = (userid: string, content: string, chatid?: string) => ({
  ...from(userid, chatid),
  msgtype: 'text',
  text: { content },
})
export const messageFrom = (userid: string, message: Readonly<Record<string, unknown>>, chatid?: string) => ({
  ...from(userid, chatid),
  ...message,
})
/** A press, as path/101027 writes it. */
export const pressFrom = (
  userid: string,
  press: { readonly key: string; readonly taskId: string; readonly options?: readonly string[] },
  chatid?: string,
) => ({
  ...from(userid, chatid),
  msgtype: 'event',
  event: {
    eventtype: 'template_card_event',
    template_card_event: {
      event_key: press.key,
      task_id: press.taskId,
      ...(press.options
        ? { selected_items: { selected_item: [{ question_key: 'choice', option_ids: { option_id: press.options } }] } }
        : {}),
    },
  },
})
