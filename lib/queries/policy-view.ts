import { listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import type { Db } from '#lib/db/client'
import type { Runtime } from '#lib/runtime'
import type {
  PolicyProposalView,
  PolicyVersionRowView,
  PolicyVersionView,
  PolicyView,
} from '#lib/wire/views/policy'
import { waysOf } from './account/account-view'
import { textDifference } from './policy/text-difference'

const MOST_VERSIONS = 50
const MOST_PROPOSALS = 20
const PROPOSES = ['admin', 'policy_editor']

/** The policy in force with the versions before it; null when none was ever published. */
export async function policyView(
  runtime: Pick<Runtime, 'db' | 'policies'>,
  viewer: Pick<SignedIn, 'personId' | 'roles' | 'method'>,
): Promise<PolicyView | null> {
  const { db } = runtime
  const mayPropose = viewer.roles.some((role) => PROPOSES.includes(role))
  const rows = await db.policyVersion.findMany({
    where: { name: runtime.policies.name },
    orderBy: { ordinal: 'desc' },
    take: MOST_VERSIONS,
    omit: { source: true },
  })
  const newest = rows[0]
  if (!newest) return null
  const { version, digest } = newest
  const [{ source }, versions, proposals, factors] = await Promise.all([
    db.policyVersion.findUniqueOrThrow({ where: { version }, select: { source: true } }),
    withNames(db, rows),
    readProposals(db, version),
    mayPropose && viewer.method !== 'recovery' ? listFactors(db, viewer.personId) : null,
  ])
  const [current] = versions
  if (!current) return null
  return { ...current, digest, source, versions, proposals, ways: factors && waysOf(factors) }
}

/** One version by its ordinal, with what the next one changed; null where there is none. */
export async function policyVersionView(
  { db, policies }: Pick<Runtime, 'db' | 'policies'>,
  ordinal: number,
): Promise<PolicyVersionView | null> {
  const rows = await db.policyVersion.findMany({
    where: { name: policies.name, ordinal: { in: [ordinal, ordinal + 1] } },
    orderBy: { ordinal: 'asc' },
  })
  const own = rows.find((row) => row.ordinal === ordinal)
  if (!own) return null
  const next = rows.find((row) => row.ordinal === ordinal + 1)
  const [told] = await withNames(db, [own])
  if (!told) return null
  return {
    ...told,
    digest: own.digest,
    source: own.source,
    isCurrent: !next,
    next: next
      ? {
          ordinal: next.ordinal,
          version: next.version,
          difference: textDifference(own.source, next.source),
        }
      : null,
  }
}

interface VersionRecord {
  version: string
  ordinal: number
  publishedAt: Date
  publishedBy: string | null
}

async function withNames(db: Db, rows: readonly VersionRecord[]): Promise<PolicyVersionRowView[]> {
  const people = await db.person.findMany({
    where: { id: { in: rows.flatMap(({ publishedBy }) => publishedBy ?? []) } },
    select: { id: true, name: true },
  })
  return rows.map(({ version, ordinal, publishedAt, publishedBy }) => ({
    version,
    ordinal,
    publishedAt: publishedAt.toISOString(),
    publishedByName: people.find(({ id }) => id === publishedBy)?.name ?? null,
  }))
}

/** By the callers that people are when they change the installation: there are as many as people who did. */
const PROPOSALS = `
SELECT r.id AS "requestId", p.name AS "byName", r.submitted_at AS at,
  r.contract->'arguments'->'countersign.policy.publish'->>'replaces' IS DISTINCT FROM $1 AS "isOutdated"
FROM callers c JOIN requests r ON r.caller_id = c.id JOIN people p ON p.id = c.owner_id
WHERE c.kind = 'console' AND r.state = 'open' AND r.tools = ARRAY['countersign.policy.publish']
ORDER BY r.submitted_at DESC, r.id LIMIT ${MOST_PROPOSALS}`

async function readProposals(db: Db, current: string): Promise<PolicyProposalView[]> {
  const rows = await db.$queryRawUnsafe<(Omit<PolicyProposalView, 'at'> & { at: Date })[]>(
    PROPOSALS,
    current,
  )
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}
