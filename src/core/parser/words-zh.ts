/** The Chinese words that sentences of asking are made of. `T`, `A`, `C` are the signs of a {@link Sentence}. */

const list = (words: string): readonly string[] => words.split(/\s+/)

const SIGNS: readonly string[] = ['T', 'A', 'C', ' ', ':']

/** Between a wish and its object: time, options, small words. */
export const FILL: readonly string[] = [
  ...SIGNS,
  ...list(`先 再 也 还 就 都 来 去 跟你 跟您 向你 向您 和你 和您 给 申请 申 提交 提 一下 一个 个 一次 次 的 总共 一共 共 从 自 起
    开始 到 至 和 或 或者 在 大概 大约 可能 左右 全天 整天 额外 临时 紧急 短 补 办 办理 用 休 这 那 呢 下 下个月 这个月 本月 下月`),
]

/** What makes it the speaker's will. */
export const WISH: readonly string[] =
  list(`必要必 想要 想 打算 准备 计划 希望能 希望可以 希望 需要 得 必须 只好 只能 决定 能不能
  可不可以 可以 能否 可否 是否可以 是否能 能 要 会 将 需 申请 请求 恳请 拟`)

/** How a sentence may open before its subject or its wish. */
export const OPENING: readonly string[] = [
  ...list(`T 那 那么 所以 因此 于是 但 但是 而且 然后 还是 就 也 麻烦 劳烦 请 班长 其实 不过 这样 算了 好 好的 嗯 先 再 最近 可能
    大概 应该 突然 临时 实在 确实 正好 刚好 真的 另外 对了 顺便 现在 之后 下个月 这个月 本月 下月 今年 明年 @`),
  ' ',
]

/** Before 帮我…, 批准我…. */
export const BEGGING: readonly string[] = [
  ...SIGNS,
  ...list('请 麻烦 劳烦 烦请 能不能 能否 可否 可不可以 可以 能 是否可以 希望 恳请 望 想请 你 您 班长 就 那 先 再 想'),
]

/** Between 我 and the wish or the topic. */
export const ADVERBS: readonly string[] = [
  ...SIGNS,
  ...list(`现在 也 还是 还 又 只 可能 大概 应该 最近 正好 刚好 突然 临时 实在 确实 有点 真的 所以 因此 就 都 一直 已经 这次 本来
    从 自 到 至 起 开始 和 在 刚 刚刚 才 曾 曾经 之前 上次 原本 原来`),
]

/** Before a word of taking back or changing, when it is the speaker's own. */
export const ORDERING: readonly string[] = [
  ...SIGNS,
  ...list(`我 请 帮 帮我 麻烦 想 想要 要 能不能 可以 能否 可否 可不可以 能 把 将 给我 那 算了 还是 先 需要 打算 决定 就 班长 你 您
    好 好的 ,`),
]

/** Between a word of taking back and the topic. */
export const OWNED: readonly string[] = [...FILL, ...list('我 我的 之前 刚才 刚刚 那个 那次 这个 这次 本人')]

/** After the topic, before a word of taking back: 请假都取消吧. */
export const ALL_OF_IT: readonly string[] = [
  ' ',
  ...list('申请 单 都 给我 帮我 也 就 先 全 全部 想 要 可以 能不能 我想 我要 请'),
]

/** What may close an order: 取消请假吧. */
export const CLOSING: readonly string[] = [' ', ...list('掉 一下 了 吧 啊 啦 哈 哦 啰 谢谢 可以吗 行吗 好吗 申请 单')]

/** After how: 怎么才能申请. */
export const DOING: readonly string[] = [
  ...SIGNS,
  ...list(
    '样 才能 可以 能 去 来 申请 申 提交 办 办理 提 用 使用 操作 才 弄 写 走 发起 搞 我 的 个 取消 撤回 撤销 修改 改',
  ),
]
