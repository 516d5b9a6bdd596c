/** A department with a scripted bot behind a real server, for looking at the simulator in a real browser. */

import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Card } from '#core/card.ts'
import { DAY_MS, HOUR_MS } from '#core/clock.ts'
import type { Form } from '#core/form.ts'
import type { Answer, Incoming, SentAs } from '#core/platform.ts'
import { createSimulator, type SimulatorPlatform } from '../../adapters/simulator/index.ts'
import { never, outgoing, START, type TestHost, testHost } from '../adapters/simulator/support.ts'

/** Somebody's reason that would do harm if it were ever markup. */
export const HOSTILE = '<img src=x onerror="window.harmed=true"><b>探亲</b> @李强 https://evil.example'

export interface Department {
  readonly url: string
  readonly host: TestHost
  readonly platform: SimulatorPlatform
  readonly heard: readonly Incoming[]
  close(): Promise<void>
}

export async function openDepartment(): Promise<Department> {
  const host = roomyHost()
  const platform = createSimulator({ host })
  const heard: Incoming[] = []
  const bot = new ScriptedBot(platform, host)
  const stop = new AbortController()
  const listening = platform.listen?.(async (event) => {
    heard.push(event)
    return bot.answer(event)
  }, stop.signal)
  const server = serve({ fetch: (request: Request) => platform.fetch(request), port: 0, hostname: '127.0.0.1' })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/simulator`,
    host,
    platform,
    heard,
    async close() {
      stop.abort()
      await listening
      await platform.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** More people than fit without a search, and a clock that does what is due on the way. */
function roomyHost(): TestHost {
  const host = testHost()
  const more = [
    ['zhao', '赵敏', '客服专员'],
    ['sun', '孙浩', '客服专员'],
    ['zhou', '周婷', '质检员'],
    ['wu', '吴磊', '值班长'],
    ['zheng', '郑凯', '客服专员'],
    ['liam', 'Liam Novak', 'Service agent'],
    ['he', '何雪', '人事专员'],
  ] as const
  for (const [account, name, title] of more)
    host.staff.push({
      account,
      name,
      title,
      department: account === 'he' ? '人事部' : '客服部',
      locale: account === 'liam' ? 'en' : 'zh-CN',
    })
  host.channels = host.channels.map((channel) =>
    channel.room === 'service' ? { ...channel, members: host.staff.map(({ account }) => account) } : channel,
  )
  host.due = [
    { at: START + HOUR_MS / 2, what: { 'zh-CN': '早班签到提醒', en: 'Morning check-in reminder' } },
    { at: START + DAY_MS, what: { 'zh-CN': '交接班检查', en: 'Handover check' } },
  ]
  return host
}

const field = (label: string, value: string) => ({ label, value })
const requestValue = JSON.stringify({ requestId: 'R1' })

class ScriptedBot {
  readonly #platform: SimulatorPlatform
  readonly #host: TestHost
  #asked: SentAs | undefined
  #reason = ''

  constructor(platform: SimulatorPlatform, host: TestHost) {
    this.#platform = platform
    this.#host = host
    host.beforeArrival = async () => {
      const [due] = host.due.splice(0, 1)
      if (due)
        await platform.send(
          outgoing(
            `due-${due.at}`,
            { room: 'service' },
            {
              card: {
                title: due.what['zh-CN'],
                tone: 'warning',
                text: '还有 3 人没有签到。',
                list: ['王芳 09:00', '赵敏 09:00', '孙浩 09:30'],
              },
            },
          ),
          never(),
        )
    }
  }

  async answer(event: Incoming): Promise<Answer> {
    if (event.kind === 'said') return this.#said(event.command ?? event.text, event.text)
    if (event.kind === 'clicked') return this.#clicked(event.action, event.chosen)
    if (event.kind === 'filled') {
      if (event.values['days'] === '9') return { errors: { days: '一次最多 5 天（LEAVE-05）。', '': '年假余额不够。' } }
      await this.#ask(String(event.values['reason'] ?? ''))
      return { message: { card: requestCard('waiting', String(event.values['reason'] ?? '')) }, toast: '已提交' }
    }
    return {}
  }

  async #said(word: string, text: string): Promise<Answer> {
    if (/^(leave|请假)/.test(word)) {
      await this.#ask(text.includes('img') ? text : '探亲')
      return { message: { card: requestCard('waiting', text.includes('img') ? text : '探亲') } }
    }
    if (word === 'form') return { form: leaveForm() }
    if (word === 'late') return new Promise((resolve) => setTimeout(() => resolve({ message: { text: 'late' } }), 300))
    return {
      message: {
        text: [
          { bold: '我能帮你：' },
          '请假、排班、签到、交接、投诉。',
          { newline: true },
          { link: '使用说明', url: 'https://banzhang.example/help' },
        ],
      },
    }
  }

  async #ask(reason: string): Promise<void> {
    this.#reason = reason
    this.#asked = await this.#platform.send(
      outgoing('ask-R1', { account: 'li' }, { card: approvalCard(reason) }),
      never(),
    )
  }

  async #clicked(action: string, chosen: string | undefined): Promise<Answer> {
    if (action === 'leave.stand-in') return { toast: `顶班人：${chosen}` }
    if (!this.#asked) return { toast: '没有等待处理的申请' }
    const card: Card =
      action === 'leave.approve'
        ? settledCard('good', '请假已批准', this.#reason)
        : settledCard('bad', '请假未批准', this.#reason)
    await this.#platform.edit(this.#asked, outgoing('ask-R1', { account: 'li' }, { card }), never())
    await this.#platform.send(
      { ...outgoing('told-R1', { room: 'dm-wang' }, { card }), accounts: { P2: 'li' } },
      never(),
    )
    return { toast: this.#host.clock.kind === 'rehearsal' ? '已处理' : '' }
  }
}

function requestCard(tone: 'waiting', reason: string): Card {
  return {
    title: '请假申请 R1',
    tone,
    text: ['已交给 ', { person: 'P2', name: '李强' }, ' 审批。'],
    fields: [
      field('假别', '年假'),
      field('天数', '3 天'),
      field('从', '9月29日 周二'),
      field('到', '10月9日 周五'),
      field('事由', reason),
    ],
    buttons: [{ action: 'leave.withdraw', label: '撤回', value: requestValue, style: 'plain' }],
    note: '余额 5 天，批准后剩 2 天 · 制度第 7 版',
  }
}

function approvalCard(reason: string): Card {
  return {
    title: '王芳申请年假 3 天',
    tone: 'waiting',
    fields: [
      field('从', '9月29日 周二'),
      field('到', '10月9日 周五'),
      field('余额', '5 天'),
      field('同组在岗', '4 人'),
      field('事由', reason),
    ],
    list: ['9月29日 早班缺 1 人', '9月30日 早班缺 1 人'],
    select: {
      action: 'leave.stand-in',
      label: '顶班人',
      value: requestValue,
      options: [
        { value: 'zhao', label: '赵敏' },
        { value: 'sun', label: '孙浩' },
      ],
    },
    buttons: [
      { action: 'leave.approve', label: '批准', value: requestValue, style: 'primary' },
      {
        action: 'leave.decline',
        label: '不批准',
        value: requestValue,
        style: 'danger',
        confirm: {
          title: '不批准王芳的年假？',
          text: '王芳会收到通知，3 天年假退回余额。',
          yes: '不批准',
          no: '再想想',
        },
      },
    ],
    note: '请在今天 18:00 前处理，之后转给陈静',
  }
}

const settledCard = (tone: 'good' | 'bad', title: string, reason: string): Card => ({
  title,
  tone,
  fields: [field('谁', '王芳'), field('天数', '3 天'), field('事由', reason)],
  link: { label: '看规定', url: 'https://banzhang.example/rules' },
  note: '李强 于 09:00 处理 · 制度第 7 版',
})

function leaveForm(): Form {
  return {
    form: 'leave.ask',
    value: '{}',
    title: '请假',
    page: 'https://banzhang.example/forms/x',
    intro: '按你的班表计算天数，节假日不算。',
    submit: '提交',
    cancel: '不填了',
    fields: [
      {
        kind: 'choice',
        name: 'type',
        label: '假别',
        initial: 'annual',
        options: [
          { value: 'annual', label: '年假' },
          { value: 'personal', label: '事假' },
        ],
      },
      { kind: 'date', name: 'from', label: '从哪天', initial: '2026-09-29' },
      { kind: 'number', name: 'days', label: '天数', min: 0, max: 30, hint: '可以写 0.5' },
      { kind: 'time', name: 'at', label: '几点离开', optional: true },
      { kind: 'people', name: 'standIns', label: '顶班人', countMax: 2, optional: true },
      { kind: 'longText', name: 'reason', label: '事由', charsMax: 200 },
      { kind: 'file', name: 'proof', label: '证明', optional: true },
    ],
  }
}
