'use server'

import { revalidatePath } from 'next/cache'
import { retryDelivery } from '#lib/commands/slack/delivery/retry-delivery'
import { getWeb } from '#lib/web'
import { messageId } from '#lib/wire/deliveries'
import { guardedAdmin } from '../../_server/guarded'
import { type Told, toldRefusal, UNREADABLE } from '../../_server/told'

/** Another try now, of what failed or was given up. */
export async function tryAgain(sent: unknown): Promise<Told> {
  return guardedAdmin(async () => {
    const id = messageId.safeParse(sent)
    if (!id.success) return UNREADABLE
    const retried = await retryDelivery(getWeb().runtime, { messageId: id.data })
    revalidatePath('/deliveries')
    if (!retried.ok) return toldRefusal(retried.refusal)
    return { ok: true, text: 'It is tried again now.' }
  })
}
