'use server'

import { revalidatePath } from 'next/cache'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { getWeb } from '#lib/web'
import { personId } from '#lib/wire/people'
import { guarded } from '../../_server/guarded'
import { NOT_ADMIN, type Told, toldRefusal, UNREADABLE } from '../../_server/told'

/** An admin ends anybody's link, everybody their own. */
export async function unlinkPerson(sent: unknown): Promise<Told> {
  return guarded(async (viewer) => {
    const id = personId.safeParse(sent)
    if (!id.success) return UNREADABLE
    if (id.data !== viewer.personId && !viewer.roles.includes('admin')) return NOT_ADMIN
    const input = { personId: id.data, byPersonId: viewer.personId }
    const ended = await unlinkSlack(getWeb().runtime, input)
    revalidatePath('/people')
    if (!ended.ok) return toldRefusal(ended.refusal)
    return { ok: true, text: ended.value.wasLinked ? UNLINKED : WAS_NOT_LINKED }
  })
}

const UNLINKED = 'Unlinked. What the Slack user does next is refused; votes given by it stand.'
const WAS_NOT_LINKED = 'There was no link any more.'
