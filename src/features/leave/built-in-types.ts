/** The types of leave every organisation knows, with the words people use for them. A policy takes up those it offers. */
import type { Text } from '#core/i18n.ts'

export interface BuiltInType {
  readonly name: Text
  readonly aliases: readonly string[]
  readonly basis: 'working' | 'calendar'
}

/**
 * By id. Words only: amounts, chains and notice are the policy's. Aliases name leave and nothing else: 结婚 or 看病 in a
 * reason (a friend's wedding, a child at the doctor's) must not choose a type.
 */
export const BUILT_IN_TYPES: Readonly<Record<string, BuiltInType>> = {
  annual: {
    name: { 'zh-CN': '年假', en: 'Annual leave' },
    aliases: ['年休假', '特休', '特休假', '特别休假', '带薪假', '带薪年假', 'annual', 'vacation', 'PTO'],
    basis: 'working',
  },
  personal: {
    name: { 'zh-CN': '事假', en: 'Personal leave' },
    aliases: ['私事', '个人假', 'personal', 'personal matter', 'unpaid leave'],
    basis: 'working',
  },
  sick: {
    name: { 'zh-CN': '病假', en: 'Sick leave' },
    aliases: ['sick', 'sick day'],
    basis: 'working',
  },
  marriage: {
    name: { 'zh-CN': '婚假', en: 'Marriage leave' },
    aliases: ['marriage', 'wedding leave'],
    basis: 'working',
  },
  // Counted day by day under the special rules on labour protection of female employees (98 days).
  maternity: {
    name: { 'zh-CN': '产假', en: 'Maternity leave' },
    aliases: ['分娩假', '生育假', 'maternity'],
    basis: 'calendar',
  },
  paternity: {
    name: { 'zh-CN': '陪产假', en: 'Paternity leave' },
    aliases: ['护理假', '陪护假', 'paternity'],
    basis: 'calendar',
  },
  bereavement: {
    name: { 'zh-CN': '丧假', en: 'Bereavement leave' },
    aliases: ['bereavement', 'compassionate leave'],
    basis: 'working',
  },
  lieu: {
    name: { 'zh-CN': '调休', en: 'Time off in lieu' },
    aliases: ['补休', '倒休', 'lieu', 'comp time', 'comp leave', 'TOIL'],
    basis: 'working',
  },
}
