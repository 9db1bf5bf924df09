import type { Runtime } from '#lib/runtime'
import type { PolicyView } from '#lib/wire/views/policy'

const MOST_VERSIONS = 50

/** The policy in force with the versions before it; null when none was ever published. */
export async function policyView(runtime: Runtime): Promise<PolicyView | null> {
  const rows = await runtime.db.policyVersion.findMany({
    where: { name: runtime.policies.name },
    orderBy: { ordinal: 'desc' },
    take: MOST_VERSIONS,
    select: { version: true, publishedAt: true, publishedBy: true },
  })
  const newest = rows[0]
  if (!newest) return null
  const [current, people] = await Promise.all([
    runtime.db.policyVersion.findUniqueOrThrow({ where: { version: newest.version } }),
    runtime.db.person.findMany({
      where: { id: { in: rows.flatMap(({ publishedBy }) => publishedBy ?? []) } },
      select: { id: true, name: true },
    }),
  ])
  const nameOf = (id: string | null) => people.find((person) => person.id === id)?.name ?? null
  return {
    version: current.version,
    ordinal: current.ordinal,
    digest: current.digest,
    publishedAt: current.publishedAt.toISOString(),
    publishedByName: nameOf(current.publishedBy),
    source: current.source,
    versions: rows.map(({ version, publishedAt, publishedBy }) => ({
      version,
      publishedAt: publishedAt.toISOString(),
      publishedByName: nameOf(publishedBy),
    })),
  }
}
