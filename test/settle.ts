import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { castVote } from '#lib/commands/vote/cast-vote'
import { approve, must, ROLLBACK_PLAN, shownDigest, type World } from './world'

/** What people and the worker do with a held deploy until it is released. */
export async function release(w: World, requestId: string): Promise<void> {
  must(
    await addEvidence(w.runtime, {
      requestId,
      actor: { kind: 'person', id: w.aiko.id },
      type: 'rollback_plan',
      body: ROLLBACK_PLAN,
      channel: 'web',
    }),
  )
  must(await approve(w, requestId, w.mara))
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
}

export async function reject(w: World, requestId: string, note: string): Promise<void> {
  must(
    await castVote(w.runtime, {
      requestId,
      personId: w.tomas.id,
      choice: 'reject',
      channel: 'web',
      reviewDigest: await shownDigest(w.runtime, requestId),
      mfa: null,
      note,
      reason: 'not_now',
    }),
  )
}

/** Nobody answered in time. */
export async function expire(w: World, requestId: string): Promise<void> {
  const deadlineAt = new Date(Date.now() - 1_000)
  await w.runtime.db.request.update({ where: { id: requestId }, data: { deadlineAt } })
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
}
