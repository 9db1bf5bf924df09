import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { lockTighten, wakeOpen } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { actorOf } from './create-person'

/** Everybody with the role is in it, and nobody else: see the migration that keeps it so. */
export const ADMINS = 'admins'

export interface AddMemberInput {
  group: string
  /** Shown to people, e.g. "Release managers"; used when the group is new. */
  label: string
  personId: string
  /** End of a delegation, epoch ms; null: until removed. */
  expiresAt: number | null
  byPersonId: string | null
}

/** Puts a person into an approver group, or changes when the membership ends. */
export function addMember(
  runtime: Pick<Runtime, 'db' | 'now'>,
  input: AddMemberInput,
): Promise<Result<undefined>> {
  const { group, label, personId } = input
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt)
  return inTransaction(runtime.db, async (tx) => {
    // An end that comes sooner tightens, so releases and redemptions under way finish first.
    await lockTighten(tx)
    if (group === ADMINS) {
      return refuse('invalid_body', { detail: 'Whoever has the role of admin is in this group.' })
    }
    const person = await tx.person.findUnique({ where: { id: personId }, select: { id: true } })
    if (!person) return refuse('not_found')
    await tx.group.upsert({ where: { name: group }, create: { name: group, label }, update: {} })
    await tx.groupMember.upsert({
      where: { groupName_personId: { groupName: group, personId } },
      create: { groupName: group, personId, expiresAt, addedBy: input.byPersonId },
      update: { expiresAt, addedBy: input.byPersonId, source: 'direct' },
    })
    const event = {
      stream: `person:${personId}`,
      type: 'group.joined',
      actor: actorOf(input.byPersonId),
      body: { group, expires_at: expiresAt?.toISOString() ?? null },
    }
    await wakeOpen(tx)
    await appendEvents(tx, [event], runtime.now())
    return ok()
  })
}
