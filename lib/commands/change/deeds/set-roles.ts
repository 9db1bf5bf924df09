import { z } from 'zod'
import { tellAccount } from '#lib/auth/account-news'
import { ok, refuse } from '#lib/core/result'
import { wakeOpen } from '#lib/db/tighten'
import { roleWords } from '#lib/queries/role-words'
import { ROLES, type Role, roles } from '#lib/wire/change'
import { deed, entryOf } from '../deed'
import { personOf } from '../people'

/** Gives and takes roles. What only takes is done at once, but for the role of admin: that would take from dual control. */
export const setRoles = deed<'people.set_roles', { person: string; before: Role[]; after: Role[] }>(
  {
    args: z.strictObject({ person: z.string(), before: roles, after: roles }),
    prepare: async ({ tx }, form) => {
      const person = await personOf(tx, form.person)
      if (person === null) return refuse('not_found')
      const before = inOrder(person.roles)
      const after = inOrder(form.roles)
      const gained = after.filter((role) => !before.includes(role))
      const lost = before.filter((role) => !after.includes(role))
      if (gained.length + lost.length === 0) {
        return refuse('change_outdated', { detail: `${person.name} has exactly these roles.` })
      }
      return ok({
        args: { person: person.id, before, after },
        goal: `${person.name} (${person.email}): ${wordsOf(gained, lost)}`,
        isLoosening: gained.length > 0 || lost.includes('admin'),
      })
    },
    apply: async ({ tx, now }, { person: id, before, after }, by) => {
      const person = await personOf(tx, id)
      if (person === null || inOrder(person.roles).join() !== before.join()) {
        return refuse('change_outdated')
      }
      // The group of admins follows by a trigger.
      await tx.person.update({ where: { id }, data: { roles: after } })
      await wakeOpen(tx)
      const entry = entryOf(by, `person:${id}`, 'person.roles_changed', { before, after })
      await tellAccount(tx, [entry], now)
      return ok()
    },
  },
)

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
