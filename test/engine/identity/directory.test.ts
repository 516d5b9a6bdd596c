/** What a platform's directory says against what we know: linked for certain, never guessed, and nobody lost by half a listing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DirectoryPerson } from '#core/platform.ts'
import { isTooMany, type KnownPerson, planLookup, planSync } from '#engine/identity/directory.ts'

const person = (staffNo: string, more: Partial<KnownPerson> = {}): KnownPerson => ({
  id: `id-${staffNo}`,
  staffNo,
  name: `N${staffNo}`,
  department: 'cs',
  email: null,
  mobile: null,
  active: true,
  accounts: [],
  ...more,
})
const listed = (account: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  account,
  departments: [],
  active: true,
  ...more,
})
const DEPARTMENTS = [
  { id: 'cs', names: ['客服部', 'Customer service'] },
  { id: 'hr', names: ['人事部', 'Personnel'] },
]
const plan = (listing: readonly DirectoryPerson[], people: readonly KnownPerson[]) =>
  planSync(listing, people, DEPARTMENTS)
const said = ({ links }: ReturnType<typeof plan>) =>
  links.map((one) => `${one.person.staffNo}=${one.account} ${one.by}`)

describe('who has joined', () => {
  it.each([
    ['staff number', { staffNo: 'A1' }, {}, 'A1=u1 staff number'],
    ['e-mail, whatever its case', { email: 'An@Example.com' }, { email: 'an@example.COM' }, 'A1=u1 e-mail'],
    ['mobile, whatever its form', { mobile: '+86-13900000000' }, { mobile: '139 0000 0000' }, 'A1=u1 mobile'],
  ])('is linked by %s', (_, there, here, link) => {
    expect(said(plan([listed('u1', there)], [person('A1', here)]))).toEqual([link])
  })

  it('is nobody of ours when nothing fits, when they are inactive there, or have left here', () => {
    const email = 'an@example.com'
    expect(plan([listed('u1', { email: 'x@example.com' })], [person('A1', { email })]).strangers).toHaveLength(1)
    expect(plan([listed('u1', { email, active: false })], [person('A1', { email })])).toMatchObject({
      links: [],
      strangers: [],
    })
    expect(plan([listed('u1', { email })], [person('A1', { email, active: false })]).strangers).toHaveLength(1)
  })

  it.each([
    [
      'two of ours fit',
      [listed('u1', { email: 'a@x.cn', mobile: '13900000000' })],
      [person('A1', { email: 'a@x.cn' }), person('A2', { mobile: '13900000000' })],
      /A1 .* or A2/,
    ],
    [
      'two there fit one of ours',
      [listed('u1', { email: 'a@x.cn' }), listed('u2', { staffNo: 'A1' })],
      [person('A1', { email: 'a@x.cn' })],
      /both look like A1/,
    ],
    [
      'they have another account there',
      [listed('u1', { email: 'a@x.cn' }), listed('u0')],
      [person('A1', { email: 'a@x.cn', accounts: ['u0'] })],
      /has u0 there already/,
    ],
  ])('is shown as a conflict and not linked when %s', (_, listing, people, conflict) => {
    const { links, conflicts } = plan(listing, people)
    expect(links).toEqual([])
    expect(conflicts[0]).toMatch(conflict)
  })

  it('is found in one go among ten thousand', () => {
    const numbers = Array.from({ length: 10_000 }, (_, n) => n)
    const mobile = (n: number) => String(13_900_000_000 + n)
    const here = numbers.map((n) => person(`A${n}`, { email: `a${n}@example.com`, mobile: mobile(n) }))
    const there = numbers.map((n) => listed(`u${n}`, { email: `A${n}@example.com`, mobile: `+86${mobile(n)}` }))
    const { links, conflicts } = plan(there, here)
    expect([links.length, conflicts]).toEqual([10_000, []])
    const found = (account: string) => ({ account })
    const looked = here.map((one, n) => ({ person: one, byEmail: found(`u${n}`), byMobile: found(`u${n}`) }))
    expect(planLookup(looked, new Map()).links).toHaveLength(10_000)
  })

  it('never links an account twice, nor two to one person, nor one that is somebody’s', () => {
    const some = fc.constantFrom('a', 'b', 'c')
    const known = fc.record({ email: some, mobile: some, owns: fc.option(fc.constantFrom('u0', 'u1')) })
    const there = fc.record({ email: some, mobile: some, active: fc.boolean() })
    fc.assert(
      fc.property(fc.array(known, { maxLength: 4 }), fc.array(there, { maxLength: 4 }), (ours, theirs) => {
        const taken = new Set<string>()
        const people = ours.map(({ email, mobile, owns }, n) => {
          const accounts = owns !== null && !taken.has(owns) ? [owns] : []
          for (const account of accounts) taken.add(account)
          return person(`${n}`, { email, mobile: `1390000000${mobile.charCodeAt(0)}`, accounts })
        })
        const listing = theirs.map(({ email, mobile, active }, n) =>
          listed(`u${n}`, { email, mobile: `1390000000${mobile.charCodeAt(0)}`, active }),
        )
        const { links } = plan(listing, people)
        expect(new Set(links.map(({ account }) => account)).size).toBe(links.length)
        expect(new Set(links.map((link) => link.person.id)).size).toBe(links.length)
        for (const link of links) {
          expect(taken.has(link.account)).toBe(false)
          expect(link.person.accounts).toEqual([])
        }
      }),
    )
  })
})

describe('who has left', () => {
  it('is gone from the directory or inactive there, with every account', () => {
    const people = [
      person('A1', { accounts: ['u1'] }),
      person('A2', { accounts: ['u2'] }),
      person('A3', { accounts: ['u3', 'u4'] }),
      person('A4'),
      person('A5', { accounts: ['u5'], active: false }),
    ]
    const { left } = plan([listed('u1', { active: false }), listed('u4')], people)
    expect(left.map(({ staffNo }) => staffNo)).toEqual(['A1', 'A2'])
  })

  it.each([
    [2, 10, false],
    [3, 10, true],
    [10, 100, false],
    [11, 100, true],
    [0, 0, false],
  ])('%i of %i at once: has to be meant? %s', (left, linked, isAsked) => {
    expect(isTooMany({ left: Array.from({ length: left }, (_, n) => person(`${n}`)), linked })).toBe(isAsked)
  })
})

describe('who has moved', () => {
  it.each([
    [['人事部'], 'hr'],
    [['Personnel', '某项目组'], 'hr'],
    [['客服部'], undefined],
    [['客服部', '人事部'], undefined],
    [['财务部'], undefined],
    [[], undefined],
  ])('by departments %j: to %s', (departments, to) => {
    const { moved } = plan([listed('u1', { departments })], [person('A1', { accounts: ['u1'] })])
    expect(moved.map((one) => one.to)).toEqual(to === undefined ? [] : [to])
  })
})

describe('looking people up', () => {
  const [an, lin] = [person('A1'), person('A2')]
  const look = (...looked: Parameters<typeof planLookup>[0]) => planLookup(looked, new Map([['u9', 'B9 Bo']]))
  const at = (account: string) => ({ account })

  it('links what is found, and says who is not', () => {
    const { links, notFound } = look(
      { person: an, byEmail: at('u1'), byMobile: at('u1') },
      { person: lin, byEmail: undefined, byMobile: undefined },
    )
    expect(links).toMatchObject([{ account: 'u1', by: 'e-mail' }])
    expect(notFound).toEqual([lin])
  })

  it.each([
    [
      'the e-mail and the mobile give two',
      [{ person: an, byEmail: at('u1'), byMobile: at('u2') }],
      /the e-mail gives u1, the mobile u2/,
    ],
    [
      'it is somebody else’s already',
      [{ person: an, byEmail: at('u9'), byMobile: undefined }],
      /u9 belongs to B9 Bo already/,
    ],
    [
      'two people lead to it',
      [
        { person: an, byEmail: at('u1'), byMobile: undefined },
        { person: lin, byEmail: undefined, byMobile: at('u1') },
      ],
      /u1 is found for A2/,
    ],
  ])('shows and never guesses when %s', (_, looked, conflict) => {
    const { links, conflicts } = look(...looked)
    expect(links).toEqual([])
    expect(conflicts[0]).toMatch(conflict)
  })
})
