/** What the fake WeCom keeps, and what each of its methods answers: as documented, with its limits. */
import { cardError, type Json, object, string } from './fake-cards.ts'

export interface Member {
  readonly userid: string
  readonly name: string
  readonly mobile?: string
  readonly email?: string
  readonly departments?: readonly number[]
  /** WeCom says 0 and lists them: the send went on without them. */
  readonly missed?: 'invaliduser' | 'unlicenseduser'
}
export interface Posted {
  readonly n: number
  /** `wangli`, `chat:ID`, `hook:KEY`. */
  readonly room: string
  readonly type: string
  readonly text?: string
  readonly media?: string
  card?: Json
  readonly taskId?: string
}
interface Code {
  readonly taskId: string
  readonly userid: string
  readonly at: number
  isUsed: boolean
}
/** What WeCom compares when it looks for the same message again: both readings of its document. */
export type Sameness = 'json' | 'content'

const ok = (more: Json = {}): Json => ({ errcode: 0, errmsg: 'ok', ...more })
export const refusal = (errcode: number, errmsg = 'refused'): Json => ({ errcode, errmsg })

export class FakeState {
  readonly agentId = 1000002
  readonly members = new Map<string, Member>()
  readonly departments: { readonly id: number; readonly name: string; readonly parentid: number }[] = []
  readonly tags = new Map<number, readonly string[]>()
  /** Departments that every tag names. */
  tagged: readonly number[] = []
  readonly posted: Posted[] = []
  readonly chats = new Map<string, { readonly name: string; readonly userlist: readonly string[] }>()
  readonly hooks = new Set<string>()
  readonly media = new Map<string, { readonly name: string; readonly type: string; readonly bytes: Uint8Array }>()
  readonly codes = new Map<string, Code>()
  menu: Json | undefined
  agent: Json = {}
  hasCallback = true
  sameness: Sameness = 'json'
  readonly #now: () => number
  readonly #seen: { readonly same: string; readonly till: number }[] = []
  readonly #sent = new Map<string, number[]>()

  constructor(now: () => number) {
    this.#now = now
  }

  answer(method: string, query: URLSearchParams, raw: string): Json {
    const body = raw === '' ? {} : object(JSON.parse(raw))
    switch (method) {
      case 'message/send':
        return this.#send(body, raw)
      case 'message/update_template_card':
        return this.#update(body)
      case 'appchat/create':
        return this.#createChat(body)
      case 'appchat/get': {
        const chat = this.chats.get(query.get('chatid') ?? '')
        return chat ? ok({ chat_info: { ...chat } }) : refusal(86003)
      }
      case 'appchat/send':
        return this.#toChat(body)
      case 'webhook/send':
        return this.#toHook(query.get('key') ?? '', body)
      case 'user/getuserid':
        return this.#found(({ mobile }) => mobile === body['mobile'])
      case 'user/get_userid_by_email':
        return this.#found(({ email }) => email === body['email'])
      case 'department/simplelist':
        return ok({ department_id: this.departments.map(({ id, parentid }) => ({ id, parentid, order: 1 })) })
      case 'department/get': {
        const found = this.departments.find(({ id }) => String(id) === query.get('id'))
        return found ? ok({ department: found }) : refusal(60003)
      }
      case 'user/simplelist': {
        const at = Number(query.get('department_id'))
        const found = [...this.members.values()].filter(({ departments = [] }) => departments.includes(at))
        return ok({
          userlist: found.map(({ userid, name, departments }) => ({ userid, name, department: departments })),
        })
      }
      case 'tag/get': {
        const found = this.tags.get(Number(query.get('tagid'))) ?? []
        return ok({
          userlist: found.map((userid) => ({ userid, name: this.members.get(userid)?.name })),
          partylist: this.tagged,
        })
      }
      case 'agent/get':
        return ok({
          agentid: this.agentId,
          name: '班长',
          close: 0,
          allow_userinfos: { user: [] },
          allow_partys: { partyid: [1] },
          allow_tags: { tagid: [...this.tags.keys()] },
          ...this.agent,
        })
      case 'menu/create':
        this.menu = body
        return ok()
      default:
        return refusal(40035, `no such method: ${method}`)
    }
  }

  /** A press makes a code of its own. */
  newCode(taskId: string, userid: string): string {
    const code = `code-${this.codes.size + 1}`
    this.codes.set(code, { taskId, userid, at: this.#now(), isUsed: false })
    return code
  }

  upload(name: string, type: string, bytes: Uint8Array): Json {
    if (bytes.byteLength <= 5) return refusal(40006)
    if (bytes.byteLength > 20 * 1024 * 1024) return refusal(45001)
    const id = `media-${this.media.size + 1}`
    this.media.set(id, { name, type, bytes })
    return ok({ type: 'file', media_id: id, created_at: '1790000000' })
  }

  #send(body: Json, raw: string): Json {
    if (body['agentid'] !== this.agentId) return refusal(301002)
    const to = [...this.members.values()].find(
      ({ userid }) => userid.toLowerCase() === string(body['touser']).toLowerCase(),
    )
    if (!to) return refusal(81013, 'user & party & tag all invalid, hint: [1], from ip: 127.0.0.1')
    if (to.missed) return ok({ [to.missed]: to.userid.toLowerCase(), msgid: 'none' })
    const wrong = this.#wrong(body)
    if (wrong !== undefined) return refusal(wrong)
    if (body['enable_duplicate_check'] === 1 && this.#isSame(body, raw)) return ok({ msgid: 'same' })
    const card = body['template_card'] === undefined ? undefined : object(body['template_card'])
    const taskId = card && string(card['task_id'])
    if (taskId !== undefined && this.posted.some((one) => one.taskId === taskId)) return refusal(42014)
    // Over the limit it says 0 all the same.
    if (!this.#isDropped(to.userid)) this.#post(to.userid, body, taskId)
    const code = taskId === undefined ? {} : { response_code: this.newCode(taskId, to.userid) }
    return ok({ msgid: `msg-${this.posted.length}`, ...code })
  }

  #wrong(body: Json): number | undefined {
    const type = string(body['msgtype'])
    if (type === 'text') return textError(body)
    if (type === 'file' || type === 'image')
      return this.media.has(string(object(body[type])['media_id'])) ? undefined : 40007
    if (type !== 'template_card') return 40008
    return this.hasCallback ? cardError(object(body['template_card']), false) : 43012
  }

  #isSame(body: Json, raw: string): boolean {
    const now = this.#now()
    const { touser, msgtype, text, template_card: card, file, image } = body
    const same = this.sameness === 'json' ? raw : JSON.stringify([touser, msgtype, text, card, file, image])
    if (this.#seen.some((one) => one.same === same && one.till > now)) return true
    const seconds = Number(body['duplicate_check_interval'] ?? 1_800)
    this.#seen.push({ same, till: now + Math.min(seconds, 14_400) * 1_000 })
    return false
  }

  #isDropped(userid: string): boolean {
    const now = this.#now()
    const recent = (this.#sent.get(userid) ?? []).filter((at) => at > now - 60_000)
    this.#sent.set(userid, [...recent, now])
    return recent.length >= 30
  }

  #post(room: string, body: Json, taskId?: string): void {
    const type = string(body['msgtype'])
    const part = object(body[type])
    this.posted.push({
      n: this.posted.length,
      room,
      type,
      ...(type === 'text' ? { text: string(part['content']) } : {}),
      ...(type === 'file' || type === 'image' ? { media: string(part['media_id']) } : {}),
      ...(type === 'template_card' ? { card: part } : {}),
      ...(taskId === undefined ? {} : { taskId }),
    })
  }

  #update(body: Json): Json {
    const code = this.codes.get(string(body['response_code']))
    const [userid] = Array.isArray(body['userids']) ? body['userids'] : []
    if (!code || code.isUsed || this.#now() - code.at > 72 * 3_600_000) return refusal(60140)
    if (code.userid !== userid) return ok({ invaliduser: [String(userid).toLowerCase()] })
    const card = object(body['template_card'])
    const wrong = cardError(card, true)
    if (wrong !== undefined) return refusal(wrong)
    const lies = this.posted.find((one) => one.taskId === code.taskId && one.room === userid)
    if (!lies) return refusal(42016)
    code.isUsed = true
    lies.card = card
    return ok()
  }

  #createChat(body: Json): Json {
    const people = Array.isArray(body['userlist']) ? body['userlist'].map(String) : []
    if (people.length < 2) return refusal(86006)
    if (people.some((userid) => !this.members.has(userid))) return refusal(86007)
    const chatid = `chat${this.chats.size + 1}`
    this.chats.set(chatid, { name: string(body['name']), userlist: people })
    return ok({ chatid })
  }

  #toChat(body: Json): Json {
    const chatid = string(body['chatid'])
    if (!this.chats.has(chatid)) return refusal(86003)
    const type = string(body['msgtype'])
    if (type === 'template_card') return refusal(40008)
    const wrong = this.#wrong(body)
    if (wrong !== undefined) return refusal(wrong)
    this.#post(`chat:${chatid}`, body)
    return ok()
  }

  #toHook(key: string, body: Json): Json {
    if (!this.hooks.has(key)) return refusal(93000, 'invalid webhook url')
    const now = this.#now()
    const recent = (this.#sent.get(key) ?? []).filter((at) => at > now - 60_000)
    if (recent.length >= 20) return refusal(45009, 'api freq out of limit')
    this.#sent.set(key, [...recent, now])
    const wrong = this.#wrong(body)
    if (wrong !== undefined) return refusal(wrong)
    this.#post(`hook:${key}`, body)
    return ok()
  }

  #found(is: (member: Member) => boolean): Json {
    const member = [...this.members.values()].find(is)
    return member ? ok({ userid: member.userid }) : refusal(46004, 'user not exist')
  }
}

function textError(body: Json): number | undefined {
  const content = object(body['text'])['content']
  if (typeof content !== 'string' || content === '') return 44004
  return undefined
}
