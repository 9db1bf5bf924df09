'use server'

import { revalidatePath } from 'next/cache'
import { rejectMany } from '#lib/commands/vote/reject-many'
import { MOST_REJECTED } from '#lib/core/ticket/batch'
import { batchResults } from '#lib/queries/inbox/batch-results'
import { batchReview } from '#lib/queries/inbox/batch-review'
import { getWeb } from '#lib/web'
import { rejectManyForm, selectedIds } from '#lib/wire/inbox'
import type { BatchItemView, BatchResultView } from '#lib/wire/views/inbox'
import { guarded } from '../../_server/guarded'
import { type Answer, type NotDone, toldRefusal, UNREADABLE } from '../../_server/told'

/** What was selected, each as it is now. */
export async function readSelected(ids: unknown): Promise<Answer<BatchItemView[]>> {
  return await guarded<Answer<BatchItemView[]>>(async ({ personId: viewerId }) => {
    const asked = selectedIds.safeParse(ids)
    if (!asked.success) return notABatch(ids)
    const { runtime } = getWeb()
    return { ok: true, value: await batchReview(runtime, { viewerId, requestIds: asked.data }) }
  })
}

/** Rejects what was shown, each by itself, and says what came of each. There is no such deed that approves. */
export async function rejectSelected(form: {
  items: unknown
  reason: unknown
  note: unknown
}): Promise<Answer<BatchResultView[]>> {
  return await guarded<Answer<BatchResultView[]>>(async ({ personId }) => {
    const asked = rejectManyForm.safeParse(form)
    if (!asked.success) {
      const isReason = asked.error.issues.some(({ path }) => path[0] === 'reason')
      return isReason ? NO_REASON : notABatch(form.items)
    }
    const { runtime } = getWeb()
    const { items, reason, note } = asked.data
    const done = await rejectMany(runtime, { personId, items, reason, note: note || null })
    if (!done.ok) return toldRefusal(done.refusal)
    revalidatePath('/inbox')
    return { ok: true, value: await batchResults(runtime, personId, done.value) }
  })
}

const NO_REASON: NotDone = {
  ok: false,
  title: 'Choose a reason',
  text: 'The callers are told why, so that they can do better. Nothing was recorded yet.',
  fields: { reason: 'Choose one.' },
}

const TOO_MANY: NotDone = {
  ok: false,
  title: `Select ${MOST_REJECTED} requests at most`,
  text: 'A batch is what one person has read. Nothing was recorded.',
}

function notABatch(items: unknown): NotDone {
  return Array.isArray(items) && items.length > MOST_REJECTED ? TOO_MANY : UNREADABLE
}
