import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { submitRequest } from '#lib/commands/request/submit-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import { readContract } from '../../lib/core/contract/contract'
import { buildReview, reviewDigest } from '../../lib/core/ticket/review'
import type { RejectReason } from '../../lib/core/ticket/types'
import { readHeld } from '../../lib/queries/read-held'
import type { Runtime } from '../../lib/runtime'
import { type DemoPerson, must } from './demo-people'

export const ROLLBACK_PLAN = {
  steps: [
    'Drain eu-west and hold the queue',
    'Point the router back at 2026.03.07',
    'Undo migration 0142 with its down script',
    'Check checkout error rate below 0.2 % for 10 min',
  ],
  owner: 'Aiko Mori',
  estimated_minutes: 12,
  previous_version: '2026.03.07',
  tested: true,
}

export interface DemoCaller {
  callerId: string
  agentKeyId: string
}

export async function submitDemo(
  runtime: Runtime,
  caller: DemoCaller,
  contract: Record<string, unknown>,
  supersedes: string | null = null,
): Promise<string> {
  const submitted = await submitRequest(runtime, {
    contract: must(readContract(JSON.stringify(contract))),
    callerId: caller.callerId,
    keyId: caller.agentKeyId,
    runKey: null,
    supersedes,
  })
  return must(submitted).requestId
}

export async function attachPlan(runtime: Runtime, requestId: string, by: { id: string }) {
  must(
    await addEvidence(runtime, {
      requestId,
      actor: { kind: 'person', id: by.id },
      type: 'rollback_plan',
      body: ROLLBACK_PLAN,
      channel: 'web',
    }),
  )
}

/** What a voter's screen shows now. */
export async function shownDigest(runtime: Runtime, requestId: string): Promise<string> {
  const held = await readHeld(runtime, runtime.db, { requestId })
  if (!held) throw new Error(`There is no request ${requestId}`)
  return reviewDigest(buildReview(held.facts, held.evaluateAt(held.now)))
}

/** Approves as a browser with a passkey does: a challenge that is the hash of the vote, signed, checked, recorded. */
export async function approveWithPasskey(runtime: Runtime, requestId: string, voter: DemoPerson) {
  const digest = await shownDigest(runtime, requestId)
  const vote = { personId: voter.id, requestId, reviewDigest: digest, choice: 'approve' as const }
  const { options } = must(await startVoteChallenge(runtime, vote))
  const assertion = voter.passkey.sign(options)
  const mfa = { kind: 'passkey' as const, assertion }
  must(await castVote(runtime, { ...vote, channel: 'web', mfa, note: null, reason: null }))
  return { digest, assertion }
}

export async function rejectDemo(
  runtime: Runtime,
  requestId: string,
  voter: { id: string },
  reason: RejectReason,
  note: string,
): Promise<void> {
  const reviewShown = await shownDigest(runtime, requestId)
  const vote = { requestId, personId: voter.id, reviewDigest: reviewShown, mfa: null }
  must(await castVote(runtime, { ...vote, choice: 'reject', channel: 'web', reason, note }))
}
