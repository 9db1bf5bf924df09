import { ok, type Result, refuse } from '#lib/core/result'
import { MOST_REJECTED } from '#lib/core/ticket/batch'
import type { RejectReason } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import type { RejectedItem } from '#lib/wire/inbox'
import { castVote } from './cast-vote'

export interface RejectManyInput {
  personId: string
  /** By id, each with the digest of the review that was shown of it. At most 50, none twice. */
  items: readonly { requestId: string; reviewDigest: string }[]
  reason: RejectReason
  note: string | null
}

/**
 * Rejects several requests, each by a vote of its own in a transaction of its own: what one of them refuses stops none of
 * the others. Only what is still as it was shown is rejected. Nothing is ever approved this way.
 * @returns one item for each asked, in order; refusal `invalid_body` when the list itself is no batch
 */
export async function rejectMany(
  runtime: Runtime,
  input: RejectManyInput,
): Promise<Result<RejectedItem[]>> {
  const { items } = input
  if (items.length === 0 || items.length > MOST_REJECTED) {
    return refuse('invalid_body', { detail: `Select 1 to ${MOST_REJECTED} requests.` })
  }
  if (new Set(items.map(({ requestId }) => requestId)).size < items.length) {
    return refuse('invalid_body', { detail: 'A request is named twice.' })
  }
  const done: RejectedItem[] = []
  // One after the other: a person's batch takes one connection, not fifty.
  for (const item of items) done.push(await rejectOne(runtime, input, item))
  return ok(done)
}

async function rejectOne(
  runtime: Runtime,
  { personId, reason, note }: RejectManyInput,
  { requestId, reviewDigest }: RejectManyInput['items'][number],
): Promise<RejectedItem> {
  try {
    const cast = await castVote(runtime, {
      requestId,
      personId,
      choice: 'reject',
      channel: 'web',
      reviewDigest,
      isOnlyAsShown: true,
      mfa: null,
      note,
      reason,
    })
    if (cast.ok) return { requestId, kind: 'rejected', voteId: cast.value.voteId }
    return { requestId, kind: 'refused', refusal: cast.refusal }
  } catch (error) {
    runtime.log.error({ error, requestId }, 'one request of a batch could not be rejected')
    return { requestId, kind: 'fault' }
  }
}
