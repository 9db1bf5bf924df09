import type { Runtime } from '#lib/runtime'

/** The name of somebody who is here and active; null for anybody else. */
export async function activePersonName(runtime: Runtime, personId: string): Promise<string | null> {
  const person = await runtime.db.person.findUnique({
    where: { id: personId, active: true },
    select: { name: true },
  })
  return person?.name ?? null
}
