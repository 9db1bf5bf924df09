import { beforeAll, describe, expect, test } from 'vitest'
import { authenticateCaller } from '#lib/auth/api-key'
import { applyReleased } from '#lib/commands/change/apply-change'
import { type ChangeMade, makeChange } from '#lib/commands/change/make-change'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { HOUR_MS } from '#lib/core/durations'
import type { Result } from '#lib/core/result'
import { defaultPack } from '#lib/policies/packs/default'
import type { ChangeForm } from '#lib/wire/change'
import { testDatabase } from '../database'
import { approve, must, person, type World, type WorldPerson, world } from '../world'

let here: World
let jonas: WorldPerson
let petra: WorldPerson

async function asked(by: WorldPerson, change: ChangeForm): Promise<Result<ChangeMade>> {
  const proof = { kind: 'totp', code: await by.code() } as const
  return await makeChange(here.runtime, { personId: by.id, change, proof })
}

async function approved(by: WorldPerson, change: ChangeForm): Promise<ChangeMade> {
  const made = must(await asked(by, change))
  if (made.state !== 'proposed') throw new Error('It was applied at once')
  must(await approve(here, made.requestId, petra))
  must(await reevaluate(here.runtime, { requestId: made.requestId, cause: 'vote' }))
  await applyReleased(here.runtime)
  return made
}

const knows = async (key: string | undefined, at = Date.now()) =>
  (await authenticateCaller(here.runtime.db, `Bearer ${key}`, at)).ok
const caller = () => here.runtime.db.caller.findUniqueOrThrow({ where: { id: here.callerId } })

beforeAll(async () => {
  const { url } = await testDatabase()
  here = await world(url)
  jonas = here.owner
  petra = await person(here.runtime, 'Petra Novak', ['admin'])
})

const agentKey = (changes: Partial<Extract<ChangeForm, { kind: 'callers.add_key' }>> = {}) =>
  ({
    kind: 'callers.add_key',
    caller: here.callerId,
    keyKind: 'agent',
    name: 'runner 2',
    days: null,
    replaces: null,
    ...changes,
  }) satisfies ChangeForm

describe('what somebody proposed', () => {
  const proposed = async (by: WorldPerson, name: string) => {
    const made = must(await asked(by, agentKey({ name })))
    if (made.state !== 'proposed') throw new Error('It was applied at once')
    return made.requestId
  }

  test('fails when they are no longer admin by the time it is approved', async () => {
    const sven = await person(here.runtime, 'Sven Aalto', ['admin'])
    const requestId = await proposed(sven, 'of Sven')
    must(await approve(here, requestId, petra))
    must(await reevaluate(here.runtime, { requestId, cause: 'vote' }))
    await here.runtime.db.person.update({ where: { id: sven.id }, data: { roles: [] } })
    await applyReleased(here.runtime)
    expect(await here.runtime.db.apiKey.count({ where: { name: 'of Sven' } })).toBe(0)
    const grant = await here.runtime.db.grant.findUniqueOrThrow({ where: { requestId } })
    expect(grant).toMatchObject({ state: 'reported', outcome: 'failed' })
  })

  test('is denied when they leave', async () => {
    const nora = await person(here.runtime, 'Nora Vint', ['admin'])
    const requestId = await proposed(nora, 'of Nora')
    await approved(jonas, { kind: 'people.deactivate', person: nora.id })
    must(await reevaluate(here.runtime, { requestId, cause: 'clock' }))
    const row = await here.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(row.state).toBe('denied')
  })
})

describe('a key', () => {
  test('of a caller that may do what is dangerous works once a second admin approved it, and its secret is in no record', async () => {
    const made = must(await asked(jonas, agentKey()))
    expect(made).toMatchObject({ state: 'proposed', secret: expect.stringMatching(/^csk_agent_/) })
    expect(await knows(made.secret)).toBe(false)
    const { secret = '' } = await approved(jonas, agentKey({ name: 'runner 3' }))
    expect(await knows(secret)).toBe(true)
    const rows = await here.runtime.db.$queryRaw<{ found: bigint }[]>`
      SELECT (SELECT count(*) FROM requests WHERE hashed LIKE ${`%${secret}%`})
        + (SELECT count(*) FROM events WHERE body::text LIKE ${`%${secret}%`}) AS found`
    expect(Number(rows[0]?.found)).toBe(0)
  })

  test('takes the place of an earlier one, and both work for the overlap', async () => {
    const first = await approved(jonas, agentKey({ name: 'old' }))
    const row = await here.runtime.db.apiKey.findFirstOrThrow({ where: { name: 'old' } })
    const replaces = { key: row.id, hours: 2 }
    const second = await approved(jonas, agentKey({ name: 'new', replaces }))
    expect([await knows(first.secret), await knows(second.secret)]).toEqual([true, true])
    const later = Date.now() + 2 * HOUR_MS + 60_000
    expect([await knows(first.secret, later), await knows(second.secret, later)]).toEqual([
      false,
      true,
    ])
  })

  test('is ended at once, by its caller’s owner as well, and by nobody else', async () => {
    const { secret } = await approved(jonas, agentKey({ name: 'to end' }))
    const row = await here.runtime.db.apiKey.findFirstOrThrow({ where: { name: 'to end' } })
    const change: ChangeForm = { kind: 'callers.revoke_key', key: row.id }
    expect(await asked(here.mara, change)).toMatchObject({ refusal: { code: 'forbidden' } })
    expect(must(await asked(jonas, change)).state).toBe('applied')
    expect(await knows(secret)).toBe(false)
  })

  test('is not made for the console itself', async () => {
    const own = await here.runtime.db.caller.findFirstOrThrow({ where: { kind: 'console' } })
    expect(await asked(jonas, agentKey({ caller: own.id }))).toMatchObject({
      refusal: { code: 'not_found' },
    })
  })
})

describe('a caller', () => {
  const facts = async () => {
    const { name, ownerId: owner, roles, environments, audience } = await caller()
    return { name, owner, roles, environments, audience }
  }

  test('gets another owner by a second admin, who is from then on behind its requests', async () => {
    await approved(jonas, {
      kind: 'callers.change',
      caller: here.callerId,
      ...(await facts()),
      owner: here.aiko.id,
    })
    expect((await caller()).ownerId).toBe(here.aiko.id)
  })

  test('loses an environment at once, and gets one back by a second admin', async () => {
    const before = await facts()
    const less = { ...before, environments: ['staging'] }
    expect(
      must(await asked(jonas, { kind: 'callers.change', caller: here.callerId, ...less })).state,
    ).toBe('applied')
    expect(
      must(await asked(jonas, { kind: 'callers.change', caller: here.callerId, ...before })).state,
    ).toBe('proposed')
    expect((await caller()).environments).toEqual(['staging'])
  })

  test('is paused by its owner at once: its keys are refused', async () => {
    const { secret } = await approved(jonas, agentKey({ name: 'of a paused one' }))
    const change: ChangeForm = { kind: 'callers.pause', caller: here.callerId }
    expect(must(await asked(here.aiko, change)).state).toBe('applied')
    expect(await knows(secret)).toBe(false)
    await approved(jonas, { kind: 'callers.resume', caller: here.callerId })
    expect(await knows(secret)).toBe(true)
  })

  test('is registered with a name of its own and an owner who is here', async () => {
    const wanted = { kind: 'callers.create', callerKind: 'agent', ...(await facts()) } as const
    expect(await asked(jonas, wanted)).toMatchObject({ refusal: { fields: [{ path: '/name' }] } })
    const other = { ...wanted, name: 'billing-agent' }
    expect(must(await asked(jonas, other)).state).toBe('applied')
    expect(await here.runtime.db.caller.count({ where: { name: 'billing-agent' } })).toBe(1)
  })
})

describe('a policy', () => {
  const current = async () => {
    const row = await here.runtime.db.policyVersion.findFirstOrThrow({
      where: { name: 'main' },
      orderBy: { ordinal: 'desc' },
    })
    return row
  }

  test('of looser hours is published by a policy editor and a second admin, and the ticket shows what changes', async () => {
    const editor = await person(here.runtime, 'Ida Berg', ['policy_editor'])
    const { version: replaces } = await current()
    const source = defaultPack({ zone: 'Europe/Paris', businessHours: 'always' })
    const made = await approved(editor, { kind: 'policy.publish', source, replaces })
    expect((await current()).source).toBe(source)
    const requestId = 'requestId' in made ? made.requestId : ''
    const { hashed } = await here.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    const args = JSON.parse(hashed).contract.arguments['countersign.policy.publish']
    expect(args.changes).toEqual([
      expect.stringContaining('Europe/Berlin'),
      expect.stringContaining('Europe/Paris'),
    ])
  })

  test('that nobody could satisfy, that does not compile, or that another one has overtaken, is not even proposed', async () => {
    const { version: replaces, source } = await current()
    const publish = (text: string, from = replaces): ChangeForm => ({
      kind: 'policy.publish',
      source: text,
      replaces: from,
    })
    const greedy = source.replace(/count: \d+/, 'count: 49')
    expect(await asked(jonas, publish(greedy))).toMatchObject({
      refusal: { code: 'policy_unsatisfiable' },
    })
    expect(await asked(jonas, publish('nothing'))).toMatchObject({
      refusal: { code: 'policy_invalid' },
    })
    expect(await asked(jonas, publish(source, 'main@1+00000000'))).toMatchObject({
      refusal: { code: 'change_outdated' },
    })
  })
})
