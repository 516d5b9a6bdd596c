/** One person and their accounts: what they have chosen for themselves, and who acts for them. */
import { choice, optional, period, person, reference, rest } from '#core/command-args.ts'
import { action, command, defineFeature, formHandler } from '#engine/feature.ts'
import { PLATFORMS, platformName } from '#engine/policy/channels.ts'
import { AUTO } from './cards.ts'
import { ChangeMe, EndDelegation, EndQuiet, FillMe, MakeCode, UndoChoice, UnlinkSurely } from './contracts.ts'
import { endDelegation, setDelegate } from './delegate.ts'
import { messages } from './i18n.ts'
import {
  askUnlink,
  endQuiet,
  fillMe,
  giveCode,
  linkHere,
  openMe,
  setLanguage,
  setPreferred,
  setQuiet,
  showMe,
  undoChoice,
  unlinkSurely,
} from './usecases.ts'
import { views } from './views.ts'

/** Whoever may talk to the bot may say how. */
const permission = 'inbox.talk'

const LANGUAGES = [
  { value: 'zh-CN', name: { 'zh-CN': '中文', en: 'Chinese' }, aliases: ['简体', '简体中文', '汉语', 'zh'] },
  { value: 'zh-TW', name: { 'zh-CN': '繁体中文', en: 'Traditional Chinese' }, aliases: ['繁体', '繁體'] },
  { value: 'en', name: { 'zh-CN': '英文', en: 'English' }, aliases: ['英语'] },
]
const ALSO: Readonly<Record<string, readonly string[]>> = {
  lark: ['飞书', 'feishu', 'lark'],
  wecom: ['企业微信', '企微', 'wecom', 'wework'],
  simulator: ['模拟器'],
}
export const me = defineFeature({
  name: 'me',
  commands: [
    command({
      id: 'me.show',
      names: { en: ['me', 'my settings', 'settings'], zh: ['我的设置', '我', '个人设置'] },
      permission,
      args: {},
      help: { line: messages.later('help.me'), examples: { 'zh-CN': ['我的设置'], en: ['me'] } },
      run: showMe,
    }),
    command({
      id: 'me.language',
      names: { en: ['me language', 'my language', 'language'], zh: ['我的语言', '语言'] },
      permission,
      args: { language: optional(choice('meLanguage')) },
      help: {
        line: messages.later('help.language'),
        examples: { 'zh-CN': ['我的语言 英文'], en: ['me language Chinese'] },
      },
      run: (ctx, { language }) => setLanguage(ctx, language),
    }),
    command({
      id: 'me.prefer',
      names: { en: ['me prefer', 'prefer'], zh: ['首选平台', '我的平台', '消息发到'] },
      permission,
      args: { platform: optional(choice('mePreferred')) },
      help: { line: messages.later('help.prefer'), examples: { 'zh-CN': ['首选平台 飞书'], en: ['me prefer lark'] } },
      run: (ctx, { platform }) => setPreferred(ctx, platform),
    }),
    command({
      id: 'me.quiet',
      names: { en: ['me quiet', 'quiet hours', 'quiet'], zh: ['勿扰', '免打扰', '勿扰时段'] },
      permission,
      args: { hours: optional(rest(60)) },
      help: {
        line: messages.later('help.quiet'),
        examples: { 'zh-CN': ['勿扰 22:00-8:00'], en: ['me quiet 22:00-08:00'] },
      },
      run: (ctx, { hours }) => setQuiet(ctx, hours),
    }),
    command({
      id: 'me.quiet-off',
      names: {
        en: ['me quiet off', 'quiet off', 'quiet hours off'],
        zh: ['取消勿扰', '关闭勿扰', '勿扰 关闭', '勿扰关闭'],
      },
      permission,
      args: {},
      help: { line: messages.later('help.quiet-off'), examples: { 'zh-CN': ['取消勿扰'], en: ['me quiet off'] } },
      run: endQuiet,
    }),
    command({
      id: 'me.delegate',
      names: { en: ['me delegate', 'delegate to', 'delegate'], zh: ['委托给', '委托', '我的代理人'] },
      permission,
      args: { to: optional(person()), period: optional(period()) },
      help: {
        line: messages.later('help.delegate'),
        examples: { 'zh-CN': ['委托给周敏到周五'], en: ['delegate to Emma Clarke until Friday'] },
      },
      run: (ctx, said) => setDelegate(ctx, said),
    }),
    command({
      id: 'me.delegate-off',
      names: {
        en: ['me delegate off', 'delegate off', 'end delegation'],
        zh: ['取消委托', '委托 取消', '收回委托', '结束委托'],
      },
      permission,
      args: {},
      help: {
        line: messages.later('help.delegate-off'),
        examples: { 'zh-CN': ['取消委托'], en: ['me delegate off'] },
      },
      run: endDelegation,
    }),
    command({
      id: 'me.code',
      names: { en: ['me code', 'link code'], zh: ['绑定码'] },
      permission,
      args: {},
      help: { line: messages.later('help.code'), examples: { 'zh-CN': ['绑定码'], en: ['me code'] } },
      run: giveCode,
    }),
    command({
      id: 'me.link',
      names: { en: ['link', 'me link'], zh: ['绑定'] },
      permission,
      args: { code: optional(reference()) },
      help: { line: messages.later('help.link'), examples: { 'zh-CN': ['绑定 12345678'], en: ['link 12345678'] } },
      run: (ctx, { code }) => linkHere(ctx, code),
    }),
    command({
      id: 'me.unlink',
      names: { en: ['me unlink', 'unlink'], zh: ['解绑'] },
      permission,
      args: { platform: optional(choice('mePlatform')) },
      help: { line: messages.later('help.unlink'), examples: { 'zh-CN': ['解绑 飞书'], en: ['me unlink slack'] } },
      run: (ctx, { platform }) => askUnlink(ctx, platform),
    }),
  ],
  actions: [
    action({ on: ChangeMe, permission, opensForm: true, run: openMe }),
    action({ on: MakeCode, permission, run: giveCode }),
    action({ on: EndQuiet, permission, run: endQuiet }),
    action({ on: EndDelegation, permission, run: endDelegation }),
    action({ on: UnlinkSurely, permission, run: unlinkSurely }),
    action({ on: UndoChoice, permission, run: undoChoice }),
  ],
  forms: [formHandler({ on: FillMe, permission, run: (ctx, _, values) => fillMe(ctx, values) })],
  views,
  choices: () => {
    const platforms = PLATFORMS.map((value) => ({ value, name: platformName(value), aliases: ALSO[value] ?? [] }))
    const auto = {
      value: AUTO,
      name: { 'zh-CN': '自动', en: 'automatic' },
      aliases: [],
    }
    return { meLanguage: LANGUAGES, mePlatform: platforms, mePreferred: [...platforms, auto] }
  },
})
