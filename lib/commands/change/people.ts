import type { Tx } from '#lib/db/client'

export interface PersonHere {
  id: string
  name: string
  email: string
  roles: string[]
  active: boolean
}

const SELECT = { id: true, name: true, email: true, roles: true, active: true } as const

export function personOf(tx: Tx, id: string): Promise<PersonHere | null> {
  return tx.person.findUnique({ where: { id }, select: SELECT })
}

/** Active admins whose vote would count, but for this one. */
export function adminsWithFactor(tx: Tx, exceptId: string): Promise<{ id: string }[]> {
  return tx.person.findMany({
    where: {
      active: true,
      roles: { has: 'admin' },
      id: { not: exceptId },
      OR: [
        { passkeys: { some: { confirmedAt: { not: null }, revokedAt: null } } },
        { totp: { is: { confirmedAt: { not: null }, verifiedAt: { not: null } } } },
      ],
    },
    select: { id: true },
  })
}

/** Whether this person is an active admin and nobody else is: without one nobody could make another. */
export async function isLastAdmin(tx: Tx, id: string): Promise<boolean> {
  const admins = await tx.person.findMany({
    where: { active: true, roles: { has: 'admin' } },
    select: { id: true },
    take: 2,
  })
  return admins.length === 1 && admins[0]?.id === id
}
