'use server'

import { revalidatePath } from 'next/cache'
import { retryDeadLetters } from '#lib/commands/audit/retry-dead-letters'
import { getWeb } from '#lib/web'
import { retryForm } from '#lib/wire/queues'
import { guardedAdmin } from '../../_server/guarded'
import { type Told, toldRefusal, UNREADABLE } from '../../_server/told'

const AWAY: Told = {
  ok: false,
  title: 'The queue cannot be asked',
  text: 'Nothing is known to have been tried again. What failed is kept; try again in a moment.',
}

/** Another run of what failed for good, one job or all of them. */
export async function retry(sent: unknown): Promise<Told> {
  return guardedAdmin<Told>(async ({ personId }) => {
    const form = retryForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const { runtime, queues } = getWeb()
    if ((await queues.read()) === null) return AWAY
    const retried = await retryDeadLetters(runtime, queues, { personId, retry: form.data })
    revalidatePath('/queues')
    if (!retried.ok) return toldRefusal(retried.refusal)
    return { ok: true, text: 'It is tried again now. The audit trail says that you asked for it.' }
  })
}
