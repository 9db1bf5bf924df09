'use server'

import { revalidatePath } from 'next/cache'
import { resetFactors } from '#lib/commands/factor/reset-factors'
import { unlockCodes } from '#lib/commands/factor/unlock-codes'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { getWeb } from '#lib/web'
import { accountForm } from '#lib/wire/auth'
import { personId } from '#lib/wire/people'
import { guarded, guardedFactor } from '../../_server/guarded'
import { NOT_ADMIN, type Told, toldRefusal, UNREADABLE, unreadable } from '../../_server/told'

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

/** An admin ends the lock of somebody's codes; the command checks that they may. */
export async function unlock(sent: unknown): Promise<Told> {
  return guardedFactor(async (viewer) => {
    const form = accountForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const by = { kind: 'person', id: viewer.personId, proof: form.data.proof } as const
    const done = await unlockCodes(getWeb().runtime, { personId: form.data.personId, by })
    revalidatePath('/people')
    if (!done.ok) return toldRefusal(done.refusal)
    return { ok: true, text: done.value.wasLocked ? UNLOCKED : WAS_NOT_LOCKED }
  })
}

/** An admin takes everything that proves or signs in as somebody else; the command checks that they may. */
export async function reset(sent: unknown): Promise<Told> {
  return guardedFactor(async (viewer) => {
    const form = accountForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const by = { kind: 'person', id: viewer.personId, proof: form.data.proof } as const
    const done = await resetFactors(getWeb().runtime, { personId: form.data.personId, by })
    revalidatePath('/people')
    return done.ok ? { ok: true, text: RESET } : toldRefusal(done.refusal)
  })
}

const UNLOCKED = 'Unlocked, and told to them. The next lock will last longer.'
const WAS_NOT_LOCKED = 'Their codes were not locked any more.'
const RESET =
  'Reset, and told to them. Make them a one-time link; what they add, a second person confirms.'
const UNLINKED = 'Unlinked. What the Slack user does next is refused; votes given by it stand.'
const WAS_NOT_LINKED = 'There was no link any more.'
