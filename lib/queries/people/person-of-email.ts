import type { Runtime } from '#lib/runtime'

/** Whose address this is; null: nobody's. */
export async function personOfEmail(db: Runtime['db'], email: string): Promise<string | null> {
  const person = await db.person.findUnique({ where: { email }, select: { id: true } })
  return person?.id ?? null
}
