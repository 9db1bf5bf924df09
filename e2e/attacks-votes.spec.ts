import { expect } from '@playwright/test'
import { startStepUp } from '../lib/commands/factor/start-step-up'
import { startPasskeySignIn } from '../lib/commands/session/start-passkey-sign-in'
import { must } from '../scripts/lib/demo-people'
import { shownDigest } from '../scripts/lib/demo-votes'
import type { Misbehaviour } from '../scripts/lib/software-passkey'
import { registerCaller } from './callers'
import { test } from './fixtures'
import { action } from './visitor'
import {
  approve,
  challenge,
  elsewhere,
  expectNoVote,
  passkeyProof,
  type Scene,
  scene,
} from './vote-scene'

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
  const refused = { ok: false, title: 'A recovery code only signs in' }
  const started = await s.who.act(await action('startProof'), [{ action: 'add_factor' }])
  expect(started).toMatchObject(refused)
  const voting = await s.who.act(await action('startApproval'), [s.requestId, s.digest])
  expect(voting).toMatchObject(refused)
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
    // One that does not count, as synced ones do not: nothing but the challenge is in the way.
    const data = { counter: 0 }
    await product.runtime.db.passkey.updateMany({ where: { personId: s.voter.id }, data })
    const assertion = s.voter.passkey.sign(await challenge(s), { counter: 0 })
    const form = { reviewDigest: s.digest, proof: passkeyProof(assertion) }
    expect((await approve(s, s.requestId, form))?.ok).toBe(true)
    expect((await s.who.act(await action('withdraw'), [s.requestId]))?.ok).toBe(true)
    expect((await approve(s, s.requestId, form))?.ok).toBe(false)
    const where = { requestId: s.requestId, endedAt: null }
    expect(await product.runtime.db.vote.count({ where })).toBe(0)
  })
})
