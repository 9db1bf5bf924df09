import type { Tx } from '#lib/db/client'
import { SESSION_MS } from './session'
import { LINK_MS } from './sign-in-link'

/**
 * Who may confirm a first or reset factor. `second_human`: dual control stands. `link_maker`: everybody who could confirm
 * also made a sign-in link for this person, and might be them. `alone`: nobody else here has a factor at all.
 */
export interface Confirmers {
  personIds: string[]
  control: 'second_human' | 'link_maker' | 'alone'
}

interface Candidate {
  id: string
  roles: string[]
}

/** A session that enrolled a factor cannot stem from an older link. */
const LINK_REACH_MS = SESSION_MS + Math.max(...Object.values(LINK_MS))

/**
 * The first of these that is not empty: other admins; any other people; and loudly, admins who made this person a sign-in
 * link lately; this person, when an admin and the only one with a factor. All of them active and with a confirmed factor,
 * but for the last.
 */
export async function confirmersOf(
  tx: Tx,
  factor: { personId: string; addedAt: number },
): Promise<Confirmers> {
  const others = await peopleWithFactor(tx, factor.personId)
  const linkMakers = await linkMakersOf(tx, factor)
  const impartial = others.filter((person) => !linkMakers.has(person.id))
  const admins = impartial.filter(isAdmin)
  if (admins.length > 0) return { personIds: idsOf(admins), control: 'second_human' }
  if (impartial.length > 0) return { personIds: idsOf(impartial), control: 'second_human' }
  if (others.length > 0) return { personIds: idsOf(others), control: 'link_maker' }
  const self = await tx.person.findUnique({
    where: { id: factor.personId, active: true },
    select: { id: true, roles: true },
  })
  const isLoneAdmin = self !== null && isAdmin(self)
  return { personIds: isLoneAdmin ? [self.id] : [], control: 'alone' }
}

function peopleWithFactor(tx: Tx, exceptId: string): Promise<Candidate[]> {
  return tx.person.findMany({
    where: {
      active: true,
      id: { not: exceptId },
      OR: [
        { passkeys: { some: { confirmedAt: { not: null }, revokedAt: null } } },
        { totp: { is: { confirmedAt: { not: null }, verifiedAt: { not: null } } } },
      ],
    },
    select: { id: true, roles: true },
  })
}

/** Whoever made somebody a link could sign in as them, enrol a factor of their own and confirm it: two votes, one human. */
async function linkMakersOf(
  tx: Tx,
  factor: { personId: string; addedAt: number },
): Promise<Set<string>> {
  const events = await tx.event.findMany({
    where: {
      stream: `person:${factor.personId}`,
      type: 'sign_in_link.created',
      at: { gte: new Date(factor.addedAt - LINK_REACH_MS) },
    },
    select: { actor: true },
  })
  const ids = events.map(({ actor }) =>
    typeof actor === 'object' && actor !== null && 'id' in actor ? actor['id'] : undefined,
  )
  return new Set(ids.filter((id): id is string => typeof id === 'string'))
}

function isAdmin(person: Candidate): boolean {
  return person.roles.includes('admin')
}

function idsOf(people: Candidate[]): string[] {
  return people.map(({ id }) => id)
}
