/** Who is there: people by e-mail address or mobile, the members of a group, and everybody whom the app may see. */
import type { Directory, DirectoryPerson } from '#core/platform.ts'
import type { LarkClient, LarkUser } from './client.ts'

export function directoryOf(client: LarkClient): Directory {
  const self = async (signal: AbortSignal) => {
    const { account, name } = await client.bot(signal)
    return { account, ...(name === undefined ? {} : { name }) }
  }
  return {
    self,
    async byEmail(email, signal) {
      const account = await client.userBy({ email: email.trim() }, signal)
      return account === undefined ? undefined : { account, email }
    },
    async byMobile(mobile, signal) {
      const account = await client.userBy({ mobile: larkMobile(mobile) }, signal)
      return account === undefined ? undefined : { account }
    },
    async members(room, signal) {
      const members = await client.members(room, signal)
      // Bots are never listed, and only a bot that is in the group is given the list.
      return [
        ...members.map(({ member_id: account, name }) => ({ account, ...(name === undefined ? {} : { name }) })),
        await self(signal),
      ]
    },
    people: (signal) => everybody(client, signal),
  }
}

/** Numbers of mainland China go without their country's code, all others with it. */
export function larkMobile(mobile: string): string {
  const digits = mobile.replace(/[^\d+]/g, '').replace(/^00/, '+')
  return digits.replace(/^\+?86(?=1\d{10}$)/, '')
}

/** Department by department, one call after the other: Lark lists nobody across departments. */
async function everybody(client: LarkClient, signal: AbortSignal): Promise<readonly DirectoryPerson[]> {
  const departments = await client.departments(signal)
  const names = new Map(departments.map(({ open_department_id: id, name }) => [id, name]))
  const people = new Map<string, DirectoryPerson>()
  for (const department of ['0', ...names.keys()])
    for (const user of await client.usersOf(department, signal))
      people.set(user.open_id, personOf(user, department, names, people.get(user.open_id)))
  return [...people.values()]
}

function personOf(
  user: LarkUser,
  department: string,
  names: ReadonlyMap<string, string | undefined>,
  former: DirectoryPerson | undefined,
): DirectoryPerson {
  const email = user.enterprise_email ?? user.email
  const { is_resigned, is_frozen, is_exited } = user.status ?? {}
  const ids = [department, ...(user.department_ids ?? [])]
  const departments = [...(former?.departments ?? []), ...ids.flatMap((id) => names.get(id) ?? [])]
  return {
    account: user.open_id,
    ...(user.name === undefined ? {} : { name: user.name }),
    ...(email === undefined ? {} : { email }),
    ...(user.mobile === undefined ? {} : { mobile: user.mobile }),
    ...(user.employee_no === undefined ? {} : { staffNo: user.employee_no }),
    departments: [...new Set(departments)],
    active: !(is_resigned || is_frozen || is_exited),
  }
}
