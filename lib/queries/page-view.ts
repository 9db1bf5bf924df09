import type { Runtime } from '#lib/runtime'
import type { PageView } from '#lib/wire/views/common'
import { MOST_COUNTED } from '#lib/wire/views/inbox'
import { NEEDS_ME } from './inbox/needs-me'

interface Row {
  now: Date
  isAdmin: boolean | null
  canAudit: boolean | null
  canSeeInsights: boolean | null
  needsMe: number
  policyVersion: string | null
  lastEntry: bigint | null
  sealedAt: Date | null
}

const READ = `
SELECT clock_timestamp() AS now,
  (SELECT 'admin' = ANY(roles) FROM people WHERE id = $1) AS "isAdmin",
  (SELECT roles && '{admin,auditor}' FROM people WHERE id = $1) AS "canAudit",
  (SELECT roles && '{admin,auditor,policy_editor}' FROM people WHERE id = $1) AS "canSeeInsights",
  (SELECT count(*)::int FROM (
    SELECT 1 FROM requests r WHERE ${NEEDS_ME} LIMIT ${MOST_COUNTED}) s) AS "needsMe",
  (SELECT version FROM policy_versions WHERE name = $2 ORDER BY ordinal DESC LIMIT 1) AS "policyVersion",
  (SELECT max(seq) FROM events) AS "lastEntry",
  (SELECT at FROM checkpoints ORDER BY size DESC LIMIT 1) AS "sealedAt"`

/** The frame of every page of a signed-in person. One read. */
export async function pageView(
  runtime: Runtime,
  viewer: { id: string; name: string },
): Promise<PageView> {
  const [row] = await runtime.db.$queryRawUnsafe<Row[]>(READ, viewer.id, runtime.policies.name)
  return {
    viewer,
    isAdmin: row?.isAdmin ?? false,
    canAudit: row?.canAudit ?? false,
    canSeeInsights: row?.canSeeInsights ?? false,
    organisation: runtime.installation.name,
    zone: runtime.config.timeZone,
    now: (row?.now ?? new Date(runtime.now())).toISOString(),
    needsMeCount: row?.needsMe ?? 0,
    policyVersion: row?.policyVersion ?? 'none',
    audit: {
      entryCount: Number(row?.lastEntry ?? 0),
      sealedAt: row?.sealedAt?.toISOString() ?? null,
      witnessedAt: null,
    },
  }
}
