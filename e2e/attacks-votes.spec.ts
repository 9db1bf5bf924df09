import { expect } from '@playwright/test'
import { addMember } from '../lib/commands/directory/add-member'
import { createApiKey } from '../lib/commands/directory/create-api-key'
import { startStepUp } from '../lib/commands/factor/start-step-up'
import { startPasskeySignIn } from '../lib/commands/session/start-passkey-sign-in'
import { startVoteChallenge } from '../lib/commands/vote/start-vote-challenge'
import { type DemoPerson, must } from '../scripts/lib/demo-people'
import { attachPlan, shownDigest } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import type { Misbehaviour } from '../scripts/lib/software-passkey'
import { Countersign } from '../sdk/index'
import { registerCaller } from './callers'
import { type Product, test } from './fixtures'
import { action, signedIn, type Told, type Visitor } from './visitor'

const RELEASE_MANAGER = { groups: ['release_managers'] }
const MONEY = {
  goal: 'Pay Nordwind Freight',
  tools: ['payments.send'],
  side_effects: ['money_outward'],
}

interface Scene {
  product: Product
  voter: DemoPerson
  who: Visitor
  requestId: string
  digest: string
}

async function scene(product: Product, contract: object = SEED_CONTRACT): Promise<Scene> {
  const caller = await registerCaller(product)
  const groups = ['release_managers', 'finance_approvers']
  const voter = await product.person('Mara Attacked', { groups })
  const { request_id: requestId } = await caller.ask(contract as Record<string, unknown>)
  const who = await signedIn(product, voter)
  return { product, voter, who, requestId, digest: await shownDigest(product.runtime, requestId) }
}

const approve = async (
  { who }: Pick<Scene, 'who'>,
  requestId: string,
  form: { reviewDigest?: string; proof?: object },
): Promise<Told> => await who.act(await action('approve'), [requestId, form])

/** The challenge that this person's page was given to vote on this ticket. */
async function challenge(
  { product, voter, requestId, digest }: Scene,
  changed: { requestId?: string; choice?: 'approve' | 'reject'; personId?: string } = {},
) {
  const vote = { personId: voter.id, requestId, reviewDigest: digest, choice: 'approve' as const }
  return must(await startVoteChallenge(product.runtime, { ...vote, ...changed })).options
}

async function expectNoVote(
  { product, requestId }: Pick<Scene, 'product' | 'requestId'>,
  told: Told,
) {
  expect(told?.ok).toBe(false)
  expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
  const request = await product.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  expect(request.state).toBe('open')
}

/** Somebody else who could vote on what is open, so that nothing but being somebody else is in their way. */
async function elsewhere(product: Product): Promise<DemoPerson> {
  const person = await product.person('Tomás Elsewhere', RELEASE_MANAGER)
  const longAgo = { confirmedAt: new Date(0) }
  await product.runtime.db.passkey.updateMany({ where: { personId: person.id }, data: longAgo })
  return person
}

const passkeyProof = (assertion: object) => ({ kind: 'passkey', assertion })

/** The real thing: what every attack below differs from in one point. */
test('a vote with the right passkey on the right review counts', async ({ product }) => {
  const s = await scene(product)
  const assertion = s.voter.passkey.sign(await challenge(s))
  const told = await approve(s, s.requestId, {
    reviewDigest: s.digest,
    proof: passkeyProof(assertion),
  })
  expect(told?.ok).toBe(true)
  expect(await product.runtime.db.vote.count({ where: { requestId: s.requestId } })).toBe(1)
})

test('a session that a recovery code began votes with no factor, a right one either, and asks for none', async ({
  product,
}) => {
  const s = await scene(product)
  await product.runtime.db.session.updateMany({
    where: { personId: s.voter.id },
    data: { method: 'recovery' },
  })
  const proof = passkeyProof(s.voter.passkey.sign(await challenge(s)))
  await expectNoVote(s, await approve(s, s.requestId, { reviewDigest: s.digest, proof }))
  const started = await s.who.act(await action('startProof'), [{ action: 'add_factor' }])
  expect(started).toMatchObject({ ok: false, title: 'A recovery code only signs in' })
})

test.describe('a passkey’s answer is no vote', () => {
  const MISBEHAVIOURS: [string, Misbehaviour][] = [
    ['without its user verified', { isUserVerified: false }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['given to another origin', { origin: 'https://evil.example' }],
    ['given inside a foreign frame', { crossOrigin: true }],
    ['of another ceremony', { type: 'webauthn.create' }],
  ]
  for (const [how, odd] of MISBEHAVIOURS) {
    test(how, async ({ product }) => {
      const s = await scene(product)
      const assertion = s.voter.passkey.sign(await challenge(s), odd)
      const form = { reviewDigest: s.digest, proof: passkeyProof(assertion) }
      await expectNoVote(s, await approve(s, s.requestId, form))
    })
  }

  const SWAPS: [string, (s: Scene) => Promise<object>][] = [
    ['to sign in', async ({ product }) => must(await startPasskeySignIn(product.runtime)).options],
    [
      'to change factors',
      async ({ product, voter }) => {
        const input = { personId: voter.id, action: { action: 'add_factor' } } as const
        const started = await startStepUp(product.runtime, input)
        return must(started).options
      },
    ],
    ['to reject', (s) => challenge(s, { choice: 'reject' })],
    [
      'on another ticket',
      async (s) => {
        const other = (await (await registerCaller(s.product)).ask()).request_id
        const reviewDigest = await shownDigest(s.product.runtime, other)
        return await challenge({ ...s, digest: reviewDigest }, { requestId: other })
      },
    ],
    [
      'of somebody else',
      async (s) => {
        const other = await elsewhere(s.product)
        return await challenge(s, { personId: other.id })
      },
    ],
    [
      'that has expired',
      async (s) => {
        const options = await challenge(s)
        const where = { challenge: options.challenge }
        const past = { expiresAt: new Date(Date.now() - 1_000) }
        await s.product.runtime.db.challenge.updateMany({ where, data: past })
        return options
      },
    ],
  ]
  for (const [how, challenged] of SWAPS) {
    test(`to a challenge ${how}`, async ({ product }) => {
      const s = await scene(product)
      const assertion = s.voter.passkey.sign((await challenged(s)) as never)
      const form = { reviewDigest: s.digest, proof: passkeyProof(assertion) }
      await expectNoVote(s, await approve(s, s.requestId, form))
    })
  }

  test('when it is somebody else’s passkey', async ({ product }) => {
    const s = await scene(product)
    const other = await elsewhere(product)
    const assertion = other.passkey.sign(await challenge(s))
    const form = { reviewDigest: s.digest, proof: passkeyProof(assertion) }
    await expectNoVote(s, await approve(s, s.requestId, form))
  })

  test('a second time: not again, and not on a ticket that is opened anew', async ({ product }) => {
    const s = await scene(product)
    const assertion = s.voter.passkey.sign(await challenge(s))
    const form = { reviewDigest: s.digest, proof: passkeyProof(assertion) }
    expect((await approve(s, s.requestId, form))?.ok).toBe(true)
    expect((await s.who.act(await action('withdraw'), [s.requestId]))?.ok).toBe(true)
    expect((await approve(s, s.requestId, form))?.ok).toBe(false)
    const where = { requestId: s.requestId, endedAt: null }
    expect(await product.runtime.db.vote.count({ where })).toBe(0)
  })
})

test.describe('a code is no vote', () => {
  test('with seven digits, of the step before, or where a passkey is asked for', async ({
    product,
  }) => {
    const s = await scene(product)
    const { db } = product.runtime
    const code = await product.code(s.voter.id)
    for (const wrong of [`${code}0`, `0${code}`, code.slice(1), '']) {
      const form = { reviewDigest: s.digest, proof: { kind: 'totp', code: wrong } }
      await expectNoVote(s, await approve(s, s.requestId, form))
    }
    const money = await scene(product, MONEY)
    const proof = { kind: 'totp', code: await product.code(money.voter.id) }
    await expectNoVote(
      money,
      await approve(money, money.requestId, { reviewDigest: money.digest, proof }),
    )
    expect(await db.vote.count({ where: { personId: s.voter.id } })).toBe(0)
  })

  test('twice: its step is used up, on this ticket and on every other', async ({ product }) => {
    const s = await scene(product)
    const proof = { kind: 'totp', code: await product.code(s.voter.id) }
    expect((await approve(s, s.requestId, { reviewDigest: s.digest, proof }))?.ok).toBe(true)
    const requestId = (await (await registerCaller(product)).ask()).request_id
    const reviewDigest = await shownDigest(product.runtime, requestId)
    await expectNoVote({ product, requestId }, await approve(s, requestId, { reviewDigest, proof }))
  })
})

test.describe('what the page showed', () => {
  test('is missing, or is not a digest: no vote', async ({ product }) => {
    const s = await scene(product)
    const proof = { kind: 'totp', code: await product.code(s.voter.id) }
    for (const reviewDigest of [undefined, '', 'sha-256:', `sha-256:${'0'.repeat(64)}`]) {
      const form = { ...(reviewDigest !== undefined && { reviewDigest }), proof }
      await expectNoVote(s, await approve(s, s.requestId, form))
    }
  })

  test('has changed since: no vote, by passkey or code', async ({ product }) => {
    const s = await scene(product)
    const options = await challenge(s)
    const author = await product.person('Aiko Author', RELEASE_MANAGER)
    await attachPlan(product.runtime, s.requestId, author)
    expect(await shownDigest(product.runtime, s.requestId)).not.toBe(s.digest)
    const passkey = passkeyProof(s.voter.passkey.sign(options))
    await expectNoVote(s, await approve(s, s.requestId, { reviewDigest: s.digest, proof: passkey }))
    const code = { kind: 'totp', code: await product.code(s.voter.id) }
    await expectNoVote(s, await approve(s, s.requestId, { reviewDigest: s.digest, proof: code }))
    const now = await shownDigest(product.runtime, s.requestId)
    const fresh = { kind: 'totp', code: await product.code(s.voter.id) }
    expect((await approve(s, s.requestId, { reviewDigest: now, proof: fresh }))?.ok).toBe(true)
  })
})

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
