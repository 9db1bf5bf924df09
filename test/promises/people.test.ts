import { beforeAll, describe, expect, test } from 'vitest'
import { createSession } from '#lib/auth/session'
import { type ChangeMade, makeChange } from '#lib/commands/change/make-change'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import type { Result } from '#lib/core/result'
import { groupView } from '#lib/queries/groups/group-view'
import { groupsView } from '#lib/queries/groups/groups-view'
import { policyGaps } from '#lib/queries/people/current-policy'
import { leavingView } from '#lib/queries/people/leaving-view'
import { personView } from '#lib/queries/people/person-view'
import { unmetAfter } from '#lib/queries/people/unmet'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import type { ChangeForm, Role } from '#lib/wire/change'
import { testDatabase } from '../database'
import {
  approve,
  join,
  must,
  person,
  ROLLBACK_PLAN,
  submit,
  type World,
  type WorldPerson,
  world,
} from '../world'

const { url } = await testDatabase()
let here: World
let admin: { personId: string; roles: string[]; method: string }

async function made(change: ChangeForm, by: WorldPerson = here.owner): Promise<Result<ChangeMade>> {
  const proof = { kind: 'totp', code: await by.code() } as const
  return await makeChange(here.runtime, { personId: by.id, change, proof })
}

const rolesOf = async (id: string) =>
  (await here.runtime.db.person.findUniqueOrThrow({ where: { id } })).roles
const groupsOf = async (personId: string) =>
  (await here.runtime.db.groupMember.findMany({ where: { personId } }))
    .map(({ groupName }) => groupName)
    .sort()

beforeAll(async () => {
  here = await world(url)
  admin = { personId: here.owner.id, roles: ['admin'], method: 'passkey' }
})

describe('an invitation', () => {
  const change = {
    kind: 'people.invite',
    name: 'Edda Holm',
    email: 'edda@osterby.example',
  } as const

  test('takes no second admin and gives no role', async () => {
    expect(must(await made(change))).toEqual({ state: 'applied', dualControl: 'not_needed' })
    const { db } = here.runtime
    const edda = await db.person.findUniqueOrThrow({ where: { email: change.email } })
    expect(edda).toMatchObject({ name: 'Edda Holm', roles: [], active: true })
    const [event] = await db.event.findMany({ where: { stream: `person:${edda.id}` } })
    expect(event).toMatchObject({
      type: 'person.created',
      actor: { kind: 'person', id: here.owner.id },
      body: { roles: [], dual_control: 'not_needed' },
    })
  })

  test('of an address that somebody has says who has it', async () => {
    const refused = await made({ ...change, name: 'Another' })
    expect(refused).toMatchObject({
      refusal: { fields: [{ path: '/email', message: 'Edda Holm has this address already.' }] },
    })
  })

  test('is an admin’s to make', async () => {
    const mine = { ...change, email: 'puppet@osterby.example' }
    expect(await made(mine, here.mara)).toMatchObject({ refusal: { code: 'forbidden' } })
  })
})

describe('roles and groups', () => {
  test('nobody is put into a group before they have a role for it', async () => {
    const auditor = await person(here.runtime, 'Audra Vos', ['auditor', 'policy_editor'])
    const change = {
      kind: 'groups.set_member',
      group: 'data_stewards',
      person: auditor.id,
    } as const
    const refused = await made({ ...change, until: null })
    expect(refused).toMatchObject({
      refusal: {
        fields: [{ path: '/person', message: expect.stringContaining('Give the role first') }],
      },
    })
    expect(await groupsOf(auditor.id)).toEqual([])
    must(await made({ kind: 'people.set_roles', person: auditor.id, roles: ['approver'] }))
    must(await made({ ...change, until: null }))
    expect(await groupsOf(auditor.id)).toEqual(['data_stewards'])
  })

  test('whoever loses the last role for groups leaves them, which is told', async () => {
    const leaver = await person(here.runtime, 'Leo Sand', ['approver', 'release_manager'])
    await join(here.runtime, 'release_managers', leaver.id)
    await join(here.runtime, 'data_stewards', leaver.id)
    const change = { kind: 'people.set_roles' as const, person: leaver.id }
    must(await made({ ...change, roles: ['release_manager'] }))
    expect(await groupsOf(leaver.id)).toHaveLength(2)
    expect(must(await made({ ...change, roles: ['auditor'] })).state).toBe('applied')
    expect(await groupsOf(leaver.id)).toEqual([])
    const events = await here.runtime.db.event.findMany({
      where: { stream: `person:${leaver.id}`, type: 'group.left' },
    })
    expect(events.map(({ body }) => (body as { group: string }).group).sort()).toEqual([
      'data_stewards',
      'release_managers',
    ])
  })

  test('the last admin stays one', async () => {
    const only = { person: here.owner.id }
    const refused = {
      refusal: { code: 'forbidden', detail: expect.stringContaining('Nobody else') },
    }
    expect(await made({ kind: 'people.deactivate', ...only })).toMatchObject(refused)
    const roles: Role[] = ['approver']
    expect(await made({ kind: 'people.set_roles', roles, ...only })).toMatchObject(refused)
    expect(await rolesOf(here.owner.id)).toEqual(['admin'])
  })

  test('an auditor attaches no evidence and is offered none; the caller’s owner does without a role', async () => {
    const { runtime } = here
    const auditor = await person(runtime, 'Tess Auditor', ['auditor'])
    const requestId = await submit(here)
    const attach = (id: string) =>
      addEvidence(runtime, {
        requestId,
        actor: { kind: 'person', id },
        type: 'rollback_plan',
        body: ROLLBACK_PLAN,
        channel: 'web',
      })
    const forms = async (viewerId: string) =>
      (await ticketView(runtime, { requestId, viewerId }))?.evidenceForms.map(({ type }) => type)
    expect(await attach(auditor.id)).toMatchObject({ refusal: { code: 'forbidden' } })
    expect(await forms(auditor.id)).toEqual([])
    const owner = await person(runtime, 'Owen Plain', [])
    await runtime.db.caller.update({ where: { id: here.callerId }, data: { ownerId: owner.id } })
    expect(await forms(owner.id)).toEqual(['rollback_plan'])
    must(await attach(owner.id))
    await runtime.db.caller.update({
      where: { id: here.callerId },
      data: { ownerId: here.owner.id },
    })
  })
})

describe('before somebody goes', () => {
  test('what nobody could give any more is told: rules of the policy and open tickets', async () => {
    const { runtime, mara, tomas, ines, aiko } = here
    const pay = { kind: 'groups.remove_member', group: 'finance_approvers' } as const
    expect(await unmetAfter(runtime, { ...pay, person: ines.id })).toBeNull()
    must(await made({ ...pay, person: ines.id }))
    const unmet = await unmetAfter(runtime, { ...pay, person: mara.id })
    expect(unmet?.rules.join()).toContain('The rule money_outward asks for 2 distinct people')
    expect(unmet?.ticketCount).toBe(0)
    expect(await policyGaps(runtime)).toEqual([])
    must(await made({ ...pay, person: mara.id }))
    expect((await policyGaps(runtime)).join()).toContain('money_outward')

    const requestId = await submit(here)
    for (const { id } of [mara, tomas]) {
      const leave = { kind: 'groups.remove_member', group: 'release_managers', person: id } as const
      expect(await unmetAfter(runtime, leave)).toBeNull()
      must(await made(leave))
    }
    // The caller's owner is in the group as well, and may not vote on what it asks for.
    const last = await unmetAfter(runtime, { kind: 'people.deactivate', person: aiko.id })
    expect(last?.tickets).toContainEqual({ id: requestId, goal: here.contract.goal })
    expect(last?.ticketCount).toBeGreaterThan(0)
    const roles: Role[] = []
    const without = { kind: 'people.set_roles' as const, person: aiko.id, roles }
    expect((await unmetAfter(runtime, without))?.ticketCount).toBe(last?.ticketCount)
    for (const { id } of [mara, tomas]) await join(runtime, 'release_managers', id)
    for (const { id } of [mara, ines]) await join(runtime, 'finance_approvers', id)
  })

  test('all that ends with them is counted', async () => {
    const { runtime } = here
    const leaver = await person(runtime, 'Lena Ott', ['approver'])
    await join(runtime, 'release_managers', leaver.id)
    const session = { id: runtime.newId('ses'), personId: leaver.id, method: 'link' } as const
    await createSession(runtime.db, { ...session, userAgent: null }, runtime.now())
    await runtime.db.apiKey.update({
      where: { id: here.runtimeKey.keyId },
      data: { createdById: leaver.id },
    })
    await submit(here)
    const leaving = await leavingView(runtime, leaver.id)
    expect(leaving).toMatchObject({ sessionCount: 1, slackUser: null, keyCount: 1, callerCount: 0 })
    expect(leaving?.neededCount).toBeGreaterThan(0)
    expect(await leavingView(runtime, here.owner.id)).toMatchObject({ callers: ['ci-release'] })
    expect(await leavingView(runtime, runtime.newId('prs'))).toBeNull()
  })
})

describe('the page', () => {
  test('of a person shows what anybody may know, and to admins the rest', async () => {
    const { runtime, tomas } = here
    const requestId = await submit(here)
    must(await approve(here, requestId, tomas))
    const shown = await personView(runtime, admin, tomas.id)
    expect(shown).toMatchObject({
      name: 'Tomás Rey',
      roles: ['approver', 'release_manager'],
      factorCount: 1,
      votes: [{ requestId, choice: 'approve', isLive: true }],
      account: { sessionCount: 0, hasApp: true },
    })
    expect(shown?.groups.map(({ name }) => name)).toContain('release_managers')
    expect(shown?.acts?.ways).toEqual({ passkey: false, code: true })
    const other = { personId: here.mara.id, roles: ['approver'], method: 'passkey' }
    expect(await personView(runtime, other, tomas.id)).toMatchObject({ account: null, acts: null })
    expect((await personView(runtime, { ...admin, method: 'recovery' }, tomas.id))?.acts).toBeNull()
    expect(await personView(runtime, admin, runtime.newId('prs'))).toBeNull()
  })

  test('of groups says what needs each, and of one who is in it and until when', async () => {
    const { runtime, aiko } = here
    const until = new Date(runtime.now() + 3_600_000).toISOString()
    must(await made({ kind: 'groups.set_member', group: 'data_stewards', person: aiko.id, until }))
    const { rows, acts } = await groupsView(runtime, admin)
    expect(acts).not.toBeNull()
    expect(rows.find(({ name }) => name === 'admins')).toMatchObject({ isByRole: true })
    const stewards = rows.find(({ name }) => name === 'data_stewards')
    expect(stewards).toMatchObject({ endingCount: 1, isMissing: false })
    expect(stewards?.neededBy).toContain('The rule destructive_data_changes')
    expect(rows.find(({ name }) => name === 'release_managers')?.openCount).toBeGreaterThan(0)
    const group = await groupView(runtime, admin, 'data_stewards')
    expect(group?.members.find(({ id }) => id === aiko.id)).toMatchObject({
      endsAt: until,
      addedByName: here.owner.name,
      hasFactor: true,
    })
    expect(group?.acts?.candidates.people.map(({ id }) => id)).not.toContain(aiko.id)
    expect(await groupView(runtime, admin, 'nobody_made_it')).toBeNull()
  })
})
