import type { Issue, RequirementStatus, Verdict } from '#lib/core/policy/types'
import type { Db } from '#lib/db/client'

/** One evaluation as it was recorded. */
export interface DecisionRecord {
  ordinal: number
  at: Date
  verdict: Verdict
  policyVersion: string
  cause: string
  issues: Issue[]
  requirements: RequirementStatus[]
}

/** The newest evaluations, newest first, and one more to compare the last of them with. */
export async function readDecisions(
  db: Db,
  requestId: string,
  most: number,
): Promise<DecisionRecord[]> {
  const rows = await db.decision.findMany({
    where: { requestId },
    orderBy: { ordinal: 'desc' },
    take: most + 1,
  })
  return rows as unknown as DecisionRecord[]
}
