import type { Runtime } from '#lib/runtime'
import type { RejectedItem } from '#lib/wire/inbox'
import type { BatchResultView } from '#lib/wire/views/inbox'
import { refusedVote } from '../ticket/refused-vote'

/** What came of each request of a batch, told by how it stands now: a lost race names who won it. */
export async function batchResults(
  runtime: Runtime,
  viewerId: string,
  items: readonly RejectedItem[],
): Promise<BatchResultView[]> {
  const told: BatchResultView[] = []
  for (const item of items) told.push(await resultOf(runtime, viewerId, item))
  return told
}

async function resultOf(
  runtime: Runtime,
  viewerId: string,
  item: RejectedItem,
): Promise<BatchResultView> {
  const { requestId } = item
  if (item.kind === 'rejected') {
    return { requestId, outcome: 'rejected', title: 'Rejected', text: ['Nothing will run.'] }
  }
  if (item.kind === 'fault') return { requestId, ...UNKNOWN }
  if (item.refusal.code === 'review_changed') return { requestId, ...CHANGED }
  const mine = await endedByMe(runtime, viewerId, requestId)
  if (mine) return mine
  const { title, text } = await refusedVote(runtime, { requestId, viewerId, refusal: item.refusal })
  return { requestId, outcome: 'not_rejected', title, text }
}

const UNKNOWN = {
  outcome: 'retry',
  title: 'Not known whether it was rejected',
  text: ['Countersign failed at this one. Read it again: it shows how it stands.'],
} as const

const CHANGED = {
  outcome: 'retry',
  title: 'It changed while you read it',
  text: ['It was not rejected. Read it again, then reject it as it is now.'],
} as const

/** Asked again for what is done already, such as after an answer that got lost, it is done. */
async function endedByMe(
  runtime: Runtime,
  viewerId: string,
  requestId: string,
): Promise<BatchResultView | null> {
  const request = await runtime.db.request.findFirst({
    where: { id: requestId, state: 'rejected', closedBy: viewerId },
    select: { closedAt: true },
  })
  if (!request?.closedAt) return null
  const at = request.closedAt.toISOString()
  return {
    requestId,
    outcome: 'rejected',
    title: 'Rejected by you already',
    text: ['At ', { kind: 'time', at, form: 'seconds' }, '. Nothing will run.'],
  }
}
