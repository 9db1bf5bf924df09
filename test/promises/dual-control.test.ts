import { beforeAll, describe, expect, test } from 'vitest'
import { createSession, verifySession } from '#lib/auth/session'
import { applyReleased } from '#lib/commands/change/apply-change'
import { endDualControl } from '#lib/commands/change/dual-control'
import { type ChangeMade, makeChange } from '#lib/commands/change/make-change'
import { revokeGrant } from '#lib/commands/grant/revoke-grant'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { submitRequest } from '#lib/commands/request/submit-request'
import type { Contract } from '#lib/core/contract/contract'
import type { Result } from '#lib/core/result'
import type { ChangeForm } from '#lib/wire/change'
import { testDatabase } from '../database'
import { approve, must, person, type World, type WorldPerson, world } from '../world'

let here: World
/** Jonas, who is an admin from the start, and a second one. */
let jonas: WorldPerson
let petra: WorldPerson

async function asked(
  by: WorldPerson,
  change: ChangeForm,
  code?: string | null,
): Promise<Result<ChangeMade>> {
  const typed = code === undefined ? await by.code() : code
  const proof = typed === null ? null : ({ kind: 'totp', code: typed } as const)
  return await makeChange(here.runtime, { personId: by.id, change, proof })
}

async function held(by: WorldPerson, change: ChangeForm): Promise<string> {
  const made = must(await asked(by, change))
  if (made.state !== 'proposed') throw new Error('It was applied at once')
  return made.requestId
}

async function settle(requestId: string): Promise<void> {
  must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
  await applyReleased(here.runtime)
}

const grantOf = (requestId: string) => here.runtime.db.grant.findUnique({ where: { requestId } })
const isMember = async (groupName: string, personId: string) =>
  (await here.runtime.db.groupMember.count({ where: { groupName, personId } })) === 1
const linkToIssuer = (personId: string) =>
  here.runtime.db.oidcIdentity.create({
    data: { issuer: 'https://id.osterby.example', subject: 'ines', personId, linkedAt: new Date() },
  })
const rolesOf = async (id: string) =>
  (await here.runtime.db.person.findUniqueOrThrow({ where: { id } })).roles
const stream = (name: string) =>
  here.runtime.db.event.findMany({ where: { stream: name }, orderBy: { ordinal: 'asc' } })
const last = async (name: string) => (await stream(name)).at(-1)

beforeAll(async () => {
  const { url } = await testDatabase()
  here = await world(url)
  jonas = here.owner
})

describe('one admin alone', () => {
  test('changes who may do what with a factor, and the record says that dual control was off', async () => {
    const change: ChangeForm = {
      kind: 'groups.set_member',
      group: 'data_stewards',
      person: here.aiko.id,
      until: null,
    }
    expect(await asked(jonas, change, null)).toMatchObject({ refusal: { code: 'mfa_required' } })
    expect(await asked(jonas, change, '000000')).toMatchObject({ refusal: { code: 'mfa_failed' } })
    expect(await isMember('data_stewards', here.aiko.id)).toBe(false)
    expect(must(await asked(jonas, change))).toEqual({ state: 'applied', dualControl: 'off' })
    expect(await isMember('data_stewards', here.aiko.id)).toBe(true)
    expect((await last(`person:${here.aiko.id}`))?.body).toMatchObject({ dual_control: 'off' })
    expect((await last('installation'))?.type).toBe('dual_control.off')
  })

  test('and none who has no confirmed factor yet', async () => {
    const { db } = here.runtime
    const bare = await person(here.runtime, 'Bo Ek', ['admin'])
    await db.totp.delete({ where: { personId: bare.id } })
    const change: ChangeForm = { kind: 'people.reset_factors', person: here.ines.id }
    const asking = { personId: bare.id, change, proof: null }
    const refused = { refusal: { code: 'mfa_required' } }
    expect(await makeChange(here.runtime, asking)).toMatchObject(refused)
    await db.person.update({ where: { id: bare.id }, data: { roles: [] } })
  })

  test('and nobody who is not an admin does, which is told on their stream', async () => {
    const change: ChangeForm = { kind: 'people.set_roles', person: here.mara.id, roles: ['admin'] }
    expect(await asked(here.mara, change)).toMatchObject({ refusal: { code: 'forbidden' } })
    expect((await last(`person:${here.mara.id}`))?.type).toBe('change.refused')
  })
})

describe('where there are two admins with a factor', () => {
  beforeAll(async () => {
    petra = await person(here.runtime, 'Petra Novak', ['admin'])
    await linkToIssuer(here.ines.id)
  })

  const attempts: [string, () => ChangeForm][] = [
    [
      'a role for a sock puppet',
      () => ({ kind: 'people.set_roles', person: here.ines.id, roles: ['approver', 'admin'] }),
    ],
    [
      'a place in a group',
      () => ({
        kind: 'groups.set_member',
        group: 'finance_approvers',
        person: here.aiko.id,
        until: null,
      }),
    ],
    [
      'a reset of somebody’s factors',
      () => ({ kind: 'people.reset_factors', person: here.ines.id }),
    ],
    [
      'the end of somebody’s link to single sign-on',
      () => ({ kind: 'people.unlink_oidc', person: here.ines.id }),
    ],
    ['the end of the other admin', () => ({ kind: 'people.deactivate', person: petra.id })],
    ['the other admin’s role', () => ({ kind: 'people.set_roles', person: petra.id, roles: [] })],
  ]
  test.each(attempts)(
    '%s is held, changes nothing, and its proposer cannot approve it',
    async (_what, change) => {
      const before = await here.runtime.db.person.findMany({ orderBy: { id: 'asc' } })
      const members = await here.runtime.db.groupMember.count()
      const requestId = await held(jonas, change())
      expect(await approve(here, requestId, jonas)).toMatchObject({
        refusal: { code: 'own_request' },
      })
      await settle(requestId)
      expect(await here.runtime.db.person.findMany({ orderBy: { id: 'asc' } })).toEqual(before)
      expect(await here.runtime.db.groupMember.count()).toBe(members)
      expect(await grantOf(requestId)).toBeNull()
    },
  )

  test('is applied once another admin approves with a factor, by name, with its ticket', async () => {
    const change: ChangeForm = {
      kind: 'groups.set_member',
      group: 'finance_approvers',
      person: here.aiko.id,
      until: null,
    }
    const requestId = await held(jonas, change)
    must(await approve(here, requestId, petra))
    await settle(requestId)
    expect(await isMember('finance_approvers', here.aiko.id)).toBe(true)
    expect(await grantOf(requestId)).toMatchObject({ state: 'reported', outcome: 'succeeded' })
    expect(await last(`person:${here.aiko.id}`)).toMatchObject({
      type: 'group.joined',
      actor: { kind: 'person', id: jonas.id },
      body: { dual_control: 'on', request: requestId },
    })
  })

  test('is asked for once, however often somebody presses', async () => {
    const change: ChangeForm = {
      kind: 'people.set_roles',
      person: here.tomas.id,
      roles: ['auditor'],
    }
    expect(await held(jonas, change)).toBe(await held(jonas, change))
  })

  test('is applied once, although many workers try at once', async () => {
    const change: ChangeForm = {
      kind: 'people.set_roles',
      person: here.mara.id,
      roles: ['approver', 'release_manager', 'auditor'],
    }
    const requestId = await held(jonas, change)
    must(await approve(here, requestId, petra))
    must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
    await Promise.all(Array.from({ length: 8 }, () => applyReleased(here.runtime)))
    const told = (await stream(`person:${here.mara.id}`)).filter(
      ({ type }) => type === 'person.roles_changed',
    )
    expect(told).toHaveLength(1)
    expect(await rolesOf(here.mara.id)).toEqual(['approver', 'release_manager', 'auditor'])
  })

  test('is not applied when the approving admin has lost the role meanwhile', async () => {
    const third = await person(here.runtime, 'Sven Aalto', ['admin'])
    const requestId = await held(jonas, {
      kind: 'groups.set_member',
      group: 'data_stewards',
      person: here.owner.id,
      until: null,
    })
    must(await approve(here, requestId, third))
    must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
    await here.runtime.db.person.update({ where: { id: third.id }, data: { roles: [] } })
    await applyReleased(here.runtime)
    expect(await isMember('data_stewards', here.owner.id)).toBe(false)
    expect((await grantOf(requestId))?.state).toBe('ready')
    const actor = { kind: 'person', id: petra.id } as const
    must(await revokeGrant(here.runtime, { requestId, actor, reason: null }))
  })

  test('fails, and says so, when what it was made for is no longer so', async () => {
    const requestId = await held(jonas, {
      kind: 'people.set_roles',
      person: here.ines.id,
      roles: ['approver', 'auditor'],
    })
    must(await approve(here, requestId, petra))
    must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
    await here.runtime.db.person.update({
      where: { id: here.ines.id },
      data: { roles: ['release_manager'] },
    })
    await applyReleased(here.runtime)
    expect(await rolesOf(here.ines.id)).toEqual(['release_manager'])
    expect(await grantOf(requestId)).toMatchObject({ state: 'reported', outcome: 'failed' })
  })

  test('what only takes is done at once', async () => {
    const change: ChangeForm = {
      kind: 'groups.remove_member',
      group: 'finance_approvers',
      person: here.aiko.id,
    }
    expect(must(await asked(jonas, change, null))).toEqual({
      state: 'applied',
      dualControl: 'not_needed',
    })
    expect(await isMember('finance_approvers', here.aiko.id)).toBe(false)
  })

  test('stays so for whoever is left alone, until the installation’s own machine ends it', async () => {
    const requestId = await held(jonas, { kind: 'people.deactivate', person: petra.id })
    const third = await person(here.runtime, 'Nora Vint', ['admin'])
    must(await approve(here, requestId, third))
    await settle(requestId)
    await here.runtime.db.person.update({ where: { id: third.id }, data: { roles: [] } })
    const change: ChangeForm = { kind: 'people.set_roles', person: here.aiko.id, roles: ['admin'] }
    expect(await asked(jonas, change)).toMatchObject({ refusal: { code: 'no_second_admin' } })
    must(await endDualControl(here.runtime))
    expect((await last('installation'))?.type).toBe('dual_control.ended')
    expect(must(await asked(jonas, change)).state).toBe('applied')
  })
})

test('a caller cannot ask for a change of the installation, and the console for nothing else', async () => {
  const tool = 'countersign.people.set_roles'
  const contract: Contract = {
    goal: 'Make me admin',
    tools: [tool],
    arguments: { [tool]: { person: here.aiko.id, before: [], after: ['admin'] } },
  }
  const { requestId } = must(
    await submitRequest(here.runtime, {
      contract,
      callerId: here.callerId,
      keyId: here.agent.keyId,
      runKey: null,
      supersedes: null,
    }),
  )
  const row = await here.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  expect(row.state).toBe('denied')
  expect(row.issues).toContainEqual(expect.objectContaining({ code: 'reserved_tool' }))
})

test('whoever is deactivated is out at once: session, keys, vote', async () => {
  const { runtime } = here
  const leaver = await person(runtime, 'Leon Brandt', ['approver'])
  await runtime.db.groupMember.create({
    data: { groupName: 'release_managers', personId: leaver.id },
  })
  await createSession(
    runtime.db,
    { id: runtime.newId('ses'), personId: leaver.id, method: 'link', userAgent: null },
    runtime.now(),
  )
  const session = await runtime.db.session.findFirstOrThrow({ where: { personId: leaver.id } })
  expect((await verifySession(runtime.db, session.id, runtime.now())).ok).toBe(true)
  await runtime.db.apiKey.updateMany({
    where: { id: here.agent.keyId },
    data: { createdById: leaver.id },
  })
  const change: ChangeForm = { kind: 'people.deactivate', person: leaver.id }
  expect(must(await asked(jonas, change)).state).toBe('applied')
  expect((await verifySession(runtime.db, session.id, runtime.now())).ok).toBe(false)
  const key = await runtime.db.apiKey.findUniqueOrThrow({ where: { id: here.agent.keyId } })
  expect(key.revokedAt).not.toBeNull()
})
