import { expect } from '@playwright/test'
import { attachPlan, shownDigest } from '../scripts/lib/demo-votes'
import { registerCaller } from './callers'
import { test } from './fixtures'
import {
  approve,
  challenge,
  expectNoVote,
  MONEY,
  passkeyProof,
  RELEASE_MANAGER,
  scene,
} from './vote-scene'

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
