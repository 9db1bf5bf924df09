import { describe, expect, it } from 'vitest'
import { revokeGrant } from '#lib/commands/grant/revoke-grant'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import { testDatabase } from '../database'
import { givePasskey } from '../passkeys'
import { must, person, shownDigest, submit, world } from '../world'
import { released, standing } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w

describe('somebody who stands neither behind a request nor among its approvers', () => {
  it('revokes no grant and cancels no request', async () => {
    const outsider = await person(runtime, 'Nobody Asked', ['approver'])
    const actor = { kind: 'person', id: outsider.id } as const
    const requestId = await released(w)
    expect(await revokeGrant(runtime, { requestId, actor, reason: null })).toMatchObject({
      refusal: { code: 'forbidden' },
    })
    expect((await standing(w, requestId)).grant?.state).toBe('ready')
    const openId = await submit(w)
    expect(await cancelRequest(runtime, { requestId: openId, actor, reason: null })).toMatchObject({
      refusal: { code: 'forbidden' },
    })
    expect((await standing(w, openId)).state).toBe('open')
  })
})

describe('an answer of a passkey', () => {
  it('that says it is of somebody else is no vote', async () => {
    const { passkey } = await givePasskey(w, w.mara)
    const requestId = await submit(w)
    const reviewDigest = await shownDigest(runtime, requestId)
    const vote = { personId: w.mara.id, requestId, reviewDigest, choice: 'approve' } as const
    const answer = async (userHandle: string) => {
      const assertion = passkey.sign(must(await startVoteChallenge(runtime, vote)).options)
      const response = { ...assertion.response, userHandle }
      const mfa = { kind: 'passkey' as const, assertion: { ...assertion, response } }
      return await castVote(runtime, { ...vote, channel: 'web', mfa, note: null, reason: null })
    }
    const handleOf = (id: string) => Buffer.from(id, 'utf8').toString('base64url')
    expect(await answer(handleOf(w.tomas.id))).toMatchObject({ refusal: { code: 'mfa_failed' } })
    expect((await answer(handleOf(w.mara.id))).ok).toBe(true)
  })
})
