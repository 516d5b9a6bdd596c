/** Nobody may do anything that the policy does not say, to nobody whom it does not reach. */
import { describe, expect, it } from 'vitest'
import type { Person } from '../../../src/engine/context.ts'
import { may, permissionsOf } from '../../../src/engine/identity/permissions.ts'
import { policyOf, someone } from './department.ts'

const policy = await policyOf()
const asks = (person: Person, permission: string, about?: Person) =>
  may(policy, person, permission, about === undefined ? undefined : { person: about })

const plain = someone()
const colleague = someone({ staffNo: '1002' })
const below = someone({ staffNo: '1003', department: 'night' })
const above = someone({ staffNo: '1004', department: 'top' })
const elsewhere = someone({ staffNo: '1005', department: 'hr' })

describe('what is not granted is refused', () => {
  it.each(['leave.cancel', 'leave', 'leave.request.other', '', '*', 'people.read'])('%s', (permission) => {
    expect(asks(plain, permission)).toBe(false)
    expect(asks(plain, permission, plain)).toBe(false)
  })
  it('also to those whose role the policy no longer knows', () => {
    expect(asks(someone({ roles: ['chief'] }), 'leave.read')).toBe(false)
  })
  it('and everything to those who left, whatever roles they had', () => {
    const left = someone({ roles: ['admin'], active: false })
    expect(asks(left, 'leave.request')).toBe(false)
    expect(asks(left, 'anything', plain)).toBe(false)
    expect(permissionsOf(policy, left)).toEqual([])
  })
})

describe('a permission reaches', () => {
  it('under everyone, without more: oneself', () => {
    expect(asks(plain, 'leave.request')).toBe(true)
    expect(asks(plain, 'leave.request', plain)).toBe(true)
    expect(asks(plain, 'leave.request', colleague)).toBe(false)
  })
  it('in a role, without more: the department and those below, never above or beside', () => {
    const supervisor = someone({ staffNo: '2001', roles: ['supervisor'] })
    expect([plain, below, above, elsewhere].map((about) => asks(supervisor, 'leave.decide', about))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
  it('in a role that serves the organisation, without more: everybody', () => {
    const personnel = someone({ staffNo: '2002', department: 'hr', roles: ['hr'] })
    expect([plain, below, above].map((about) => asks(personnel, 'leave.decide', about))).toEqual([true, true, true])
    // What stands behind the @ goes before that.
    expect(asks(personnel, 'people.read', plain)).toBe(false)
    expect(asks(personnel, 'people.read', personnel)).toBe(true)
  })
  it('@reports: those whose manager one is, and not their people', () => {
    const lead = someone({ staffNo: '2003', id: 'lead' })
    const report = someone({ staffNo: '2004', id: 'report', managerId: 'lead', department: 'hr' })
    const secondHand = someone({ staffNo: '2005', managerId: 'report' })
    expect(asks(lead, 'leave.decide', report)).toBe(true)
    expect(asks(lead, 'leave.decide', secondHand)).toBe(false)
    expect(asks(lead, 'leave.decide', lead)).toBe(false)
  })
  it('@department and @all, also under everyone', () => {
    expect(asks(plain, 'roster.read', colleague)).toBe(true)
    expect(asks(plain, 'roster.read', above)).toBe(false)
    const supervisor = someone({ staffNo: '2001', roles: ['supervisor'] })
    expect(asks(supervisor, 'leave.read', above)).toBe(true)
  })
  it('with a star, everything below the dot, and the bare star everything', () => {
    const personnel = someone({ staffNo: '2002', department: 'hr', roles: ['hr'] })
    expect(asks(personnel, 'leave.anything', plain)).toBe(true)
    expect(asks(personnel, 'leaves', plain)).toBe(false)
    expect(asks(someone({ roles: ['admin'] }), 'what.ever', above)).toBe(true)
    expect(asks(someone({ roles: ['all-rounder'] }), 'what.ever', below)).toBe(true)
    expect(asks(someone({ roles: ['all-rounder'] }), 'what.ever', above)).toBe(false)
  })
})

it('the admin guide names every permission with its reach and the role it comes from', () => {
  expect(permissionsOf(policy, someone({ roles: ['supervisor'] }))).toEqual([
    { permission: 'leave.request', reach: 'own' },
    { permission: 'leave.decide', reach: 'reports' },
    { permission: 'roster.read', reach: 'department' },
    {
      permission: 'leave.decide',
      reach: 'department',
      role: { id: 'supervisor', name: { 'zh-CN': '主管', en: 'Supervisor' } },
    },
    { permission: 'leave.read', reach: 'all', role: { id: 'supervisor', name: { 'zh-CN': '主管', en: 'Supervisor' } } },
  ])
})
