import { describe, expect, test } from 'vitest'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import type { FactorProof } from '#lib/wire/auth'
import { testDatabase } from '../database'
import { givePasskey } from '../passkeys'
import { linkTo, postCard, press, send, slackWorld } from '../slack-clicks'
import { must, shownDigest, submit } from '../world'

const { url } = await testDatabase()
const w = await slackWorld(url)
const { db } = w.runtime
const mara = await linkTo(w, w.mara, 'U0MARA')
const { passkey, id: passkeyId } = await givePasskey(w, w.mara)
const personId = w.mara.id

/** A millisecond before the ticket opened, in the same one, and one after. */
const MOMENTS = [
  { offset: -1, counts: true },
  { offset: 0, counts: false },
  { offset: 1, counts: false },
]

const openedAt = async (id: string) =>
  (await db.request.findUniqueOrThrow({ where: { id } })).openedAt?.getTime() ?? Number.NaN
const confirmedAt = async (requestId: string, offset: number) => ({
  confirmedAt: new Date((await openedAt(requestId)) + offset),
})
const votes = (requestId: string) => db.vote.count({ where: { requestId } })

async function voteWith(requestId: string, mfa: FactorProof) {
  return await castVote(w.runtime, {
    requestId,
    personId,
    choice: 'approve',
    channel: 'web',
    reviewDigest: await shownDigest(w.runtime, requestId),
    mfa,
    note: null,
    reason: null,
  })
}

async function signed(requestId: string): Promise<FactorProof> {
  const reviewDigest = await shownDigest(w.runtime, requestId)
  const vote = { personId, requestId, reviewDigest, choice: 'approve' } as const
  const { options } = must(await startVoteChallenge(w.runtime, vote))
  return { kind: 'passkey', assertion: passkey.sign(options) }
}

const REFUSED = { ok: false, refusal: { code: 'factor_not_confirmed' } }

describe.each(MOMENTS)(
  'a factor confirmed $offset ms from when the ticket opened',
  ({ offset, counts }) => {
    test(`${counts ? 'votes' : 'does not vote'} by passkey in the console`, async () => {
      const requestId = await submit(w)
      // Signed while it counted: what is asked is when it was confirmed, not when the challenge was given out.
      const mfa = await signed(requestId)
      await db.passkey.update({
        where: { id: passkeyId },
        data: await confirmedAt(requestId, offset),
      })
      const cast = await voteWith(requestId, mfa)
      if (counts) expect(cast.ok).toBe(true)
      else expect(cast).toMatchObject(REFUSED)
      expect(await votes(requestId)).toBe(counts ? 1 : 0)
    })

    test(`${counts ? 'votes' : 'does not vote'} by code in the console`, async () => {
      const requestId = await submit(w)
      const code = await w.mara.code()
      await db.totp.update({ where: { personId }, data: await confirmedAt(requestId, offset) })
      const cast = await voteWith(requestId, { kind: 'totp', code })
      if (counts) expect(cast.ok).toBe(true)
      else expect(cast).toMatchObject(REFUSED)
      expect(await votes(requestId)).toBe(counts ? 1 : 0)
    })

    test(`${counts ? 'votes' : 'does not vote'} by code in Slack`, async () => {
      const requestId = await submit(w)
      const longAgo = new Date(0)
      await db.totp.update({ where: { personId }, data: { confirmedAt: longAgo } })
      const asked = await press(w, mara, await postCard(w, requestId), 'approve')
      const fields = { code: await w.mara.code(), note: '' }
      await db.totp.update({ where: { personId }, data: await confirmedAt(requestId, offset) })
      const shown = await send(w, mara, { viewId: asked.viewId, fields })
      expect(await votes(requestId)).toBe(counts ? 1 : 0)
      expect(shown.title === 'Signed').toBe(counts)
    })
  },
)

test('a factor that was added again after a reset is a new one: what is open stays closed to it', async () => {
  await db.passkey.update({ where: { id: passkeyId }, data: { confirmedAt: new Date(0) } })
  const requestId = await submit(w)
  await db.totp.update({ where: { personId }, data: { confirmedAt: new Date(0) } })
  const later = await givePasskey(w, w.mara)
  const reviewDigest = await shownDigest(w.runtime, requestId)
  const vote = { personId, requestId, reviewDigest, choice: 'approve' } as const
  const { options } = must(await startVoteChallenge(w.runtime, vote))
  const assertion = later.passkey.sign(options)
  expect(await voteWith(requestId, { kind: 'passkey', assertion })).toMatchObject(REFUSED)
})
