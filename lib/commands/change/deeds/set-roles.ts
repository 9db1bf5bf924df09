import { z } from 'zod'
import { tellAccount } from '#lib/auth/account-news'
import { listed } from '#lib/core/policy/plain-words'
import { ok, refuse } from '#lib/core/result'
import { wakeOpen } from '#lib/db/tighten'
import { roleWords } from '#lib/queries/role-words'
import { ROLES, type Role, roles } from '#lib/wire/change'
import { maySitInGroups } from '#lib/wire/seats'
import { deed, entryOf, type Place } from '../deed'
import { isLastAdmin, personOf } from '../people'
import { BY_ROLE } from './members'

/**
 * Gives and takes roles. What only takes is done at once, but for the role of admin: that would take from dual control. Whoever
 * is left with none that a group takes leaves the groups too.
 */
export const setRoles = deed<
  'people.set_roles',
  { person: string; before: Role[]; after: Role[]; leaves: string[] }
>({
  args: z.strictObject({
    person: z.string(),
    before: roles,
    after: roles,
    leaves: z.array(z.string()),
  }),
  prepare: async (place, form) => {
    const person = await personOf(place.tx, form.person)
    if (person === null) return refuse('not_found')
    const before = inOrder(person.roles)
    const after = inOrder(form.roles)
    const gained = after.filter((role) => !before.includes(role))
    const lost = before.filter((role) => !after.includes(role))
    if (gained.length + lost.length === 0) {
      return refuse('change_outdated', { detail: `${person.name} has exactly these roles.` })
    }
    if (lost.includes('admin') && (await isLastAdmin(place.tx, person.id))) {
      return refuse('forbidden', { detail: ONLY_ADMIN })
    }
    const left = maySitInGroups(after) ? [] : await groupsOf(place, person.id)
    const leaving = left.length === 0 ? '' : `, and leaves ${listed(labelsOf(left), 'and')}`
    return ok({
      args: { person: person.id, before, after, leaves: left.map(({ groupName }) => groupName) },
      goal: `${person.name} (${person.email}): ${wordsOf(gained, lost)}${leaving}`,
      isLoosening: gained.length > 0 || lost.includes('admin'),
    })
  },
  apply: async (place, { person: id, before, after }, by) => {
    const { tx, now } = place
    const person = await personOf(tx, id)
    if (person === null || inOrder(person.roles).join() !== before.join()) {
      return refuse('change_outdated')
    }
    if (!after.includes('admin') && (await isLastAdmin(tx, id))) return refuse('change_outdated')
    // Whatever they are in by now, and also what has ended: it would begin again with the role.
    const left = maySitInGroups(after) ? [] : await groupsOf(place, id)
    await tx.groupMember.deleteMany({
      where: { personId: id, groupName: { in: left.map(({ groupName }) => groupName) } },
    })
    // The group of admins follows by a trigger.
    await tx.person.update({ where: { id }, data: { roles: after } })
    await wakeOpen(tx)
    const stream = `person:${id}`
    const told = left.map(({ groupName }) =>
      entryOf(by, stream, 'group.left', { group: groupName }),
    )
    const entry = entryOf(by, stream, 'person.roles_changed', { before, after })
    await tellAccount(tx, [entry, ...told], now)
    return ok()
  },
})

export const ONLY_ADMIN = 'Nobody else here is an admin. Make somebody else one first.'

type Membership = Awaited<ReturnType<typeof groupsOf>>[number]

function groupsOf({ tx }: Place, personId: string) {
  return tx.groupMember.findMany({
    where: { personId, groupName: { not: BY_ROLE } },
    select: { groupName: true, group: { select: { label: true } } },
    orderBy: { groupName: 'asc' },
  })
}

function labelsOf(memberships: Membership[]): string[] {
  return memberships.map(({ group }) => group.label)
}

function inOrder(held: readonly string[]): Role[] {
  return ROLES.filter((role) => held.includes(role))
}

function wordsOf(gained: Role[], lost: Role[]): string {
  const parts = [
    gained.length > 0 && `becomes ${gained.map(roleWords).join(', ').toLowerCase()}`,
    lost.length > 0 && `is no longer ${lost.map(roleWords).join(', ').toLowerCase()}`,
  ]
  return parts.filter((part) => typeof part === 'string').join(' and ')
}
