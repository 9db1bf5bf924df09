import type { RequirementStatus } from '../policy/types'
import { deepEqual } from './deep-equal'
import type { DecisionSummary } from './types'

/**
 * Whether two evaluations say the same, so that the later one is not a new decision. Wording and the times at which a
 * window opens or shuts are left out: they move with the clock.
 */
export function sameDecision(a: DecisionSummary, b: DecisionSummary): boolean {
  return deepEqual(essenceOf(a), essenceOf(b))
}

function essenceOf({ verdict, issues, requirements, outstanding }: DecisionSummary): unknown {
  return {
    verdict,
    outstanding,
    issues: issues.map(({ code, severity, path, requirement }) => ({
      code,
      severity,
      path,
      requirement,
    })),
    requirements: requirements.map(statusEssence),
  }
}

function statusEssence({ requirement, state, progress }: RequirementStatus): unknown {
  return { requirement, state, progress }
}
