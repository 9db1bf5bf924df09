import type { Digest } from '#lib/core/contract/digest'
import { digestWords } from '#lib/core/contract/words'
import { voterOf } from '#lib/core/ticket/eligibility'
import { buildReview, reviewDigest } from '#lib/core/ticket/review'
import { mayAnswer } from '#lib/core/ticket/voter-check'
import type { Runtime } from '#lib/runtime'
import type { Prose } from '#lib/wire/views/common'
import type { BatchItemView } from '#lib/wire/views/inbox'
import { type Picture, readHeld } from '../read-held'

/** Read at the same time; a person's batch is not to take every connection. */
const AT_ONCE = 5

/** What somebody selected to reject, each as it is now: what the rejection will be bound to, or why it cannot be rejected. */
export async function batchReview(
  runtime: Runtime,
  input: { viewerId: string; requestIds: readonly string[] },
): Promise<BatchItemView[]> {
  const { viewerId, requestIds } = input
  const items: BatchItemView[] = []
  for (let at = 0; at < requestIds.length; at += AT_ONCE) {
    const some = requestIds.slice(at, at + AT_ONCE)
    items.push(...(await Promise.all(some.map((id) => itemOf(runtime, viewerId, id)))))
  }
  return items
}

async function itemOf(
  runtime: Runtime,
  viewerId: string,
  requestId: string,
): Promise<BatchItemView> {
  const picture = await readHeld(runtime, runtime.db, { requestId, actingPersonId: viewerId })
  if (!picture) {
    const nothing = { goal: '', callerName: '', ownerName: '', review: null }
    return { requestId, ...nothing, whyNot: ['There is no such request.'] }
  }
  const { rows } = picture
  const evaluation = picture.evaluateAt(picture.now)
  const whyNot = whyNotReject(picture, viewerId, evaluation)
  const digest = reviewDigest(buildReview(picture.facts, evaluation)) as Digest
  return {
    requestId,
    goal: rows.request.goal,
    callerName: rows.caller.kind === 'console' ? 'The console' : rows.caller.name,
    ownerName: rows.people[rows.caller.owner_id]?.name ?? '',
    review: whyNot === null ? { digest, words: digestWords(digest) } : null,
    whyNot,
  }
}

function whyNotReject(
  { ticket, rows, facts, now, isIntact }: Picture,
  viewerId: string,
  evaluation: ReturnType<Picture['evaluateAt']>,
): Prose | null {
  if (ticket.state !== 'open') return endedWords(rows)
  if (ticket.deadlineAt !== null && now >= ticket.deadlineAt) {
    return ['Its deadline has passed: it is no longer open.']
  }
  if (!isIntact) return ['What is stored is not what was hashed: nobody can vote on it.']
  const allowed = mayAnswer(evaluation, voterOf(viewerId, facts, now))
  if (allowed.ok) return null
  return allowed.refusal.code === 'own_request'
    ? [
        rows.caller.kind === 'console'
          ? 'You asked for it.'
          : `You stand behind ${rows.caller.name}, which asked for it.`,
      ]
    : ['Your groups do not approve this.']
}

function endedWords({ request, people }: Picture['rows']): Prose {
  const by = request.closed_by === null ? null : people[request.closed_by]?.name
  const word = request.state === 'rejected' && by ? `rejected by ${by}` : request.state
  if (request.closed_at === null) return [`It is ${word}.`]
  const at = new Date(request.closed_at).toISOString()
  return [`It is ${word} since `, { kind: 'time', at, form: 'seconds' }, '.']
}
