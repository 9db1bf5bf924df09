import { describe, expect, it } from 'vitest'
import { createApiKey } from '#lib/commands/directory/create-api-key'
import { endEvidence } from '#lib/commands/evidence/end-evidence'
import { submitRequest } from '#lib/commands/request/submit-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import type { Contract } from '#lib/core/contract/contract'
import { testDatabase } from '../database'
import {
  approve,
  attachPlan,
  join,
  must,
  person,
  shownDigest,
  submit,
  type WorldPerson,
  world,
} from '../world'
import { collect, redeem, released, settled, standing } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime

/** Makes one more of those who may approve deploys. */
async function approver(name: string): Promise<WorldPerson> {
  const made = await person(w.runtime, name, ['approver'])
  await join(w.runtime, 'release_managers', made.id)
  return made
}

const ownedBy = (ownerId: string) =>
  db.caller.update({ where: { id: w.callerId }, data: { ownerId } })
const onBehalfOf = (name: string): Contract => ({ ...w.contract, on_behalf_of: name })

async function submittedWithKeyOf(creator: WorldPerson): Promise<string> {
  const made = must(
    await createApiKey(w.runtime, {
      callerId: w.callerId,
      kind: 'agent',
      name: 'rotated',
      byPersonId: creator.id,
    }),
  )
  const { keyId } = made
  const input = {
    contract: w.contract,
    callerId: w.callerId,
    keyId,
    runKey: null,
    supersedes: null,
  }
  return must(await submitRequest(w.runtime, input)).requestId
}

const email = async ({ id }: WorldPerson) =>
  (await db.person.findUniqueOrThrow({ where: { id } })).email

/** How somebody comes to stand behind a request: each way alone, by a person who could otherwise approve it. */
const WAYS: [string, (self: WorldPerson) => Promise<string>][] = [
  [
    'owns the caller at submission',
    async (self) => {
      await ownedBy(self.id)
      const id = await submit(w)
      await ownedBy(w.owner.id)
      return id
    },
  ],
  [
    'owns the caller now, since after the submission',
    async (self) => {
      const id = await submit(w)
      await ownedBy(self.id)
      return id
    },
  ],
  ['made the key that submitted it', submittedWithKeyOf],
  ['is named in on_behalf_of by id', async ({ id }) => await submit(w, onBehalfOf(id))],
  [
    'is named in on_behalf_of by e-mail',
    async (self) => await submit(w, onBehalfOf(await email(self))),
  ],
  [
    'is named in on_behalf_of by e-mail in capitals',
    async (self) => await submit(w, onBehalfOf((await email(self)).toUpperCase())),
  ],
  ['is named in on_behalf_of by name', async ({ name }) => await submit(w, onBehalfOf(name))],
  [
    'is named in on_behalf_of by name, otherwise written',
    async ({ name }) => await submit(w, onBehalfOf(`  ${name.normalize('NFD').toUpperCase()} `)),
  ],
]

describe('nobody votes on a request that they stand behind', () => {
  it.each(WAYS)('who %s', async (_way, submittedBy) => {
    const self = await approver(`Åsa Écuyer ${w.runtime.newId('prs').slice(-8)}`)
    const requestId = await submittedBy(self)
    const refused = { ok: false, refusal: { code: 'own_request' } }
    expect(await approve(w, requestId, self)).toMatchObject(refused)
    expect(await reject(requestId, self)).toMatchObject(refused)
    const { evidenceId } = await attachPlan(w, requestId, w.aiko)
    const how = { kind: 'reject', reason: 'I do not like it.' } as const
    const ended = await endEvidence(w.runtime, { requestId, evidenceId, personId: self.id, how })
    expect(ended).toMatchObject(refused)
    expect((await standing(w, requestId)).state).toBe('open')
    await ownedBy(w.owner.id)
    // The refusal was theirs alone: a vote of somebody who does not stand behind it counts.
    must(await approve(w, requestId, w.mara))
    expect((await settled(w, requestId)).state).toBe('released')
  })

  it('an administrator in the group who owns the caller is refused all the same', async () => {
    const requestId = await submit(w)
    expect(await approve(w, requestId, w.owner)).toMatchObject({ refusal: { code: 'own_request' } })
  })

  it('an administrator behind nothing and in no group cannot vote either', async () => {
    const admin = await person(w.runtime, 'Adele Root', ['admin', 'approver', 'release_manager'])
    const requestId = await submit(w)
    expect(await approve(w, requestId, admin)).toMatchObject({ refusal: { code: 'not_eligible' } })
    expect(await reject(requestId, admin)).toMatchObject({ refusal: { code: 'not_eligible' } })
  })

  it('a deactivated member of the group cannot vote', async () => {
    const gone = await approver('Gone Member')
    const requestId = await submit(w)
    await db.person.update({ where: { id: gone.id }, data: { active: false } })
    expect(await approve(w, requestId, gone)).toMatchObject({ refusal: { code: 'not_eligible' } })
  })

  it('a member whose membership has ended cannot vote', async () => {
    const gone = await approver('Delegate Of Yesterday')
    const requestId = await submit(w)
    await db.groupMember.updateMany({
      where: { personId: gone.id },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    })
    expect(await approve(w, requestId, gone)).toMatchObject({ refusal: { code: 'not_eligible' } })
  })

  it('a name that nobody has excludes nobody', async () => {
    const requestId = await submit(w, onBehalfOf('A. N. Other'))
    must(await approve(w, requestId, w.mara))
  })
})

describe('a vote stops counting when its voter comes to stand behind the request', () => {
  it('before the release: it is held', async () => {
    const voter = await approver('Vera Before')
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    must(await approve(w, requestId, voter))
    await ownedBy(voter.id)
    const held = await settled(w, requestId)
    expect(held.state).toBe('open')
    expect(held.outstanding).toContain('approval:release_managers')
    await ownedBy(w.owner.id)
  })

  it('after the release: the redemption is refused and the grant burnt', async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    await ownedBy(w.mara.id)
    expect(await redeem(w, token)).toBe('voter_ineligible')
    expect((await standing(w, requestId)).grant?.state).toBe('burnt')
    await ownedBy(w.owner.id)
    expect(await redeem(w, token)).toBe('grant_burnt')
  })
})

async function reject(requestId: string, voter: WorldPerson) {
  return await castVote(w.runtime, {
    requestId,
    personId: voter.id,
    choice: 'reject',
    channel: 'web',
    reviewDigest: await shownDigest(w.runtime, requestId),
    mfa: null,
    note: null,
    reason: 'other',
  })
}
