import { z } from 'zod'
import { tellAccount } from '#lib/auth/account-news'
import { revokeAllSessions } from '#lib/auth/session'
import { ok, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { wakeOpen } from '#lib/db/tighten'
import { endSlackLink } from '../../slack/person/unlink-slack'
import { type By, deed, entryOf, type Place } from '../deed'
import { isLastAdmin, personOf } from '../people'
import { ONLY_ADMIN } from './set-roles'

const args = z.strictObject({ person: z.string() })

/**
 * Ends all that a person can do here: sessions, links, their Slack user, keys they made; open tickets are looked at again, and
 * votes of theirs no longer count at release or redemption. What they did stays. An admin goes with a second admin's word.
 */
export const deactivate = deed<'people.deactivate', { person: string }>({
  args,
  prepare: async ({ tx }, form) => {
    const person = await personOf(tx, form.person)
    if (person === null) return refuse('not_found')
    if (!person.active) return refuse('change_outdated', { detail: `${person.name} has left.` })
    if (await isLastAdmin(tx, person.id)) return refuse('forbidden', { detail: ONLY_ADMIN })
    return ok({
      args: { person: person.id },
      goal: `${person.name} (${person.email}) leaves: sessions, Slack user and keys end, votes no longer count`,
      isLoosening: person.roles.includes('admin'),
    })
  },
  apply: async (place, { person: id }, by) => {
    const { tx, now } = place
    const person = await personOf(tx, id)
    if (!person?.active || (await isLastAdmin(tx, id))) return refuse('change_outdated')
    await tx.person.update({
      where: { id },
      data: { active: false, deactivatedAt: new Date(now) },
    })
    const sessions = await revokeAllSessions(tx, { personId: id, keptId: undefined }, now)
    await tx.signInLink.updateMany({
      where: { personId: id, usedAt: null },
      data: { usedAt: new Date(now) },
    })
    const byPersonId = by.actor.kind === 'person' ? (by.actor.id ?? null) : null
    await endSlackLink(tx, { personId: id, byPersonId }, now)
    await setOwnConsole(place, id, false)
    const keys = await endKeys(place, id, by)
    await wakeOpen(tx)
    const body = { sessions, keys }
    await tellAccount(tx, [entryOf(by, `person:${id}`, 'person.deactivated', body)], now)
    return ok()
  },
})

/** Brings somebody back with the roles, groups and factors they had. */
export const reactivate = deed<'people.reactivate', { person: string }>({
  args,
  prepare: async ({ tx }, form) => {
    const person = await personOf(tx, form.person)
    if (person === null) return refuse('not_found')
    if (person.active) return refuse('change_outdated', { detail: `${person.name} is here.` })
    return ok({
      args: { person: person.id },
      goal: `${person.name} (${person.email}) comes back, with the roles and groups from before`,
      isLoosening: true,
    })
  },
  apply: async (place, { person: id }, by) => {
    const { tx, now } = place
    const person = await personOf(tx, id)
    if (person === null || person.active) return refuse('change_outdated')
    await setOwnConsole(place, id, true)
    await tx.person.update({ where: { id }, data: { active: true, deactivatedAt: null } })
    await wakeOpen(tx)
    await tellAccount(tx, [entryOf(by, `person:${id}`, 'person.reactivated', {})], now)
    return ok()
  },
})

/** What somebody has proposed is denied when they leave. */
async function setOwnConsole({ tx }: Place, ownerId: string, active: boolean): Promise<void> {
  await tx.caller.updateMany({ where: { ownerId, kind: 'console' }, data: { active } })
}

/** Keys that this person made: whoever has left may still have them. */
async function endKeys({ tx, now }: Place, personId: string, by: By): Promise<number> {
  const keys = await tx.apiKey.findMany({
    where: { createdById: personId, revokedAt: null },
    select: { id: true, callerId: true, hint: true },
  })
  await tx.apiKey.updateMany({
    where: { id: { in: keys.map(({ id }) => id) } },
    data: { revokedAt: new Date(now) },
  })
  const entries = keys.map(({ id, callerId, hint }) =>
    entryOf(by, `caller:${callerId}`, 'api_key.revoked', { key: id, hint, left: personId }),
  )
  if (entries.length > 0) await appendEvents(tx, entries, now)
  return keys.length
}
