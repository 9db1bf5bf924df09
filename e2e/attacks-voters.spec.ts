import { expect } from '@playwright/test'
import { addMember } from '../lib/commands/directory/add-member'
import { createApiKey } from '../lib/commands/directory/create-api-key'
import { type DemoPerson, must } from '../scripts/lib/demo-people'
import { shownDigest } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { Countersign } from '../sdk/index'
import { registerCaller } from './callers'
import { type Product, test } from './fixtures'
import { action, signedIn, type Visitor } from './visitor'
import {
  approve,
  challenge,
  expectNoVote,
  MONEY,
  passkeyProof,
  RELEASE_MANAGER,
  scene,
} from './vote-scene'

test.describe('nobody votes over HTTP', () => {
  type Way = (product: Product, self: DemoPerson) => Promise<string>
  const ask = async (product: Product, agentKey: string, contract: object) =>
    (await new Countersign({ url: product.url, agentKey }).request(contract as never)).request_id
  const BEHIND: [string, Way][] = [
    [
      'who owns the caller',
      async (product, self) => {
        const caller = await registerCaller(product)
        const data = { ownerId: self.id }
        await product.runtime.db.caller.update({ where: { id: caller.id }, data })
        return (await caller.ask()).request_id
      },
    ],
    [
      'who made the key',
      async (product, self) => {
        const { id: callerId } = await registerCaller(product)
        const key = { callerId, kind: 'agent' as const, name: 'theirs', byPersonId: self.id }
        const { key: agentKey } = must(await createApiKey(product.runtime, key))
        return await ask(product, agentKey, SEED_CONTRACT)
      },
    ],
    [
      'for whom it was asked',
      async (product, self) => {
        const caller = await registerCaller(product)
        return (await caller.ask({ ...SEED_CONTRACT, on_behalf_of: self.id })).request_id
      },
    ],
  ]
  for (const [how, submitted] of BEHIND) {
    test(`${how}, an admin of the group included`, async ({ product }) => {
      const roles: ('admin' | 'approver')[] = ['admin', 'approver']
      const self = await product.person('Behind It', { roles, ...RELEASE_MANAGER })
      const requestId = await submitted(product, self)
      const who = await signedIn(product, self)
      await expectNoVoteOf(product, who, self, requestId)
    })
  }

  test('as an admin who is in no group that is asked', async ({ product }) => {
    const admin = await product.person('Adele Root', { roles: ['admin', 'approver'] })
    const requestId = (await (await registerCaller(product)).ask()).request_id
    await expectNoVoteOf(product, await signedIn(product, admin), admin, requestId)
  })

  test('twice where two are asked, whatever groups they are in', async ({ product }) => {
    const s = await scene(product, MONEY)
    const { runtime } = product
    for (const group of ['finance_approvers', 'security_approvers', 'release_managers']) {
      const member = {
        group,
        label: group,
        personId: s.voter.id,
        expiresAt: null,
        byPersonId: null,
      }
      await addMember(runtime, member)
    }
    for (let time = 0; time < 2; time++) {
      const reviewDigest = await shownDigest(product.runtime, s.requestId)
      const assertion = s.voter.passkey.sign(await challenge({ ...s, digest: reviewDigest }))
      await approve(s, s.requestId, { reviewDigest, proof: passkeyProof(assertion) })
    }
    const counting = { requestId: s.requestId, endedAt: null }
    expect(await runtime.db.vote.count({ where: counting })).toBe(1)
    const { state } = await runtime.db.request.findUniqueOrThrow({ where: { id: s.requestId } })
    expect(state).toBe('open')
  })
})

async function expectNoVoteOf(product: Product, who: Visitor, self: DemoPerson, requestId: string) {
  const reviewDigest = await shownDigest(product.runtime, requestId)
  const proof = { kind: 'totp', code: await product.code(self.id) }
  const scene = { product, requestId }
  await expectNoVote(scene, await approve({ who }, requestId, { reviewDigest, proof }))
  const form = { reviewDigest, reason: 'other', note: '' }
  await expectNoVote(scene, await who.act(await action('reject'), [requestId, form]))
}
