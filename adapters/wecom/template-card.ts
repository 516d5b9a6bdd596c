/** The template cards that we use, in WeCom's own shape: https://developer.work.weixin.qq.com/document/path/90236. */

export interface CardButton {
  /** 0 or absent: tells us; 1: opens a page. */
  readonly type?: 1
  readonly text: string
  /** 1 to 4: blue, blue on white, red on white, black on white. */
  readonly style?: 1 | 2 | 3 | 4
  readonly key?: string
  readonly url?: string
}

export interface CardOption {
  readonly id: string
  readonly text: string
}

export interface ButtonCard {
  readonly card_type: 'button_interaction'
  readonly main_title: { readonly title: string; readonly desc?: string }
  readonly sub_title_text?: string
  readonly horizontal_content_list?: readonly { readonly keyname: string; readonly value: string }[]
  /** Absent in a change: the card keeps its own. */
  readonly task_id?: string
  readonly button_selection?: {
    readonly question_key: string
    readonly title?: string
    readonly option_list: readonly CardOption[]
    readonly selected_id?: string
  }
  readonly button_list: readonly CardButton[]
  /** In a change alone: stands in grey where the buttons were. path/94888 */
  readonly replace_text?: string
}

export interface VoteCard {
  readonly card_type: 'vote_interaction'
  readonly main_title: { readonly title: string; readonly desc?: string }
  readonly task_id: string
  readonly checkbox: {
    readonly question_key: string
    readonly mode: 0
    readonly option_list: readonly (CardOption & { readonly is_checked: boolean })[]
  }
  readonly submit_button: { readonly text: string; readonly key: string }
}

export type TemplateCard = ButtonCard | VoteCard
