import { z } from 'zod'
import { tellAccount } from '#lib/auth/account-news'
import { ok, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { mapGroups } from '../../session/map-groups'
import { deed, entryOf } from '../deed'
import { personOf } from '../people'

const link = z.strictObject({ issuer: z.string(), subject: z.string() })
type Link = z.output<typeof link>

/**
 * Ends whom an issuer's subject is here, with the sessions and memberships that it gave. The next subject with the person's
 * verified address is linked instead: whoever has that address could become them.
 */
export const unlinkOidc = deed<'people.unlink_oidc', { person: string; links: Link[] }>({
  args: z.strictObject({ person: z.string(), links: z.array(link) }),
  prepare: async ({ tx }, form) => {
    const person = await personOf(tx, form.person)
    if (person === null) return refuse('not_found')
    const links = await linksOf(tx, person.id)
    if (links.length === 0) {
      return refuse('change_outdated', { detail: `${person.name} is linked to no account.` })
    }
    return ok({
      args: { person: person.id, links },
      goal: `${person.name} (${person.email}): the account for single sign-on is unlinked, and the next one there with this address is linked instead`,
      isLoosening: true,
    })
  },
  apply: async ({ tx, now }, { person: id, links }, by) => {
    const current = await linksOf(tx, id)
    if (links.length === 0 || JSON.stringify(current) !== JSON.stringify(links)) {
      return refuse('change_outdated')
    }
    await tx.oidcIdentity.deleteMany({ where: { personId: id } })
    const { count: sessions } = await tx.session.updateMany({
      where: { personId: id, method: 'oidc', revokedAt: null, expiresAt: { gt: new Date(now) } },
      data: { revokedAt: new Date(now) },
    })
    for (const { issuer } of links) await mapGroups(tx, { personId: id, groups: [], issuer }, now)
    const entries = links.map((each) =>
      entryOf(by, `person:${id}`, 'oidc_identity.unlinked', { ...each, sessions }),
    )
    await tellAccount(tx, entries, now)
    return ok()
  },
})

function linksOf(tx: Tx, personId: string): Promise<Link[]> {
  return tx.oidcIdentity.findMany({
    where: { personId },
    select: { issuer: true, subject: true },
    orderBy: [{ issuer: 'asc' }, { subject: 'asc' }],
  })
}
