import type { Tx } from '#lib/db/client'

export async function isAdmin(db: Pick<Tx, 'person'>, personId: string): Promise<boolean> {
  const found = await db.person.findFirst({
    where: { id: personId, active: true, roles: { has: 'admin' } },
    select: { id: true },
  })
  return found !== null
}
