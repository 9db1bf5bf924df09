import type { Contract } from '#lib/core/contract/contract'
import { matchedRules } from '#lib/core/policy/matched-rules'
import type { CallerFact, CompiledPolicy } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { Span } from './read-counts'

/** Rules are matched against this many of the newest held requests: each is asked of the policy again. */
export const MOST_HELD_MATCHED = 300

export interface RuleCount {
  policyVersion: string
  rule: string
  count: number
}

interface Row {
  contract: Contract
  policyVersion: string
  caller: CallerFact
}

const NEWEST = `
SELECT r.hashed::jsonb -> 'contract' AS contract, r.policy_version AS "policyVersion",
  jsonb_build_object('id', c.id, 'name', c.name, 'kind', c.kind, 'roles', c.roles, 'environments', c.environments,
    'ownerId', c.owner_id, 'active', c.active) AS caller
FROM (SELECT hashed, policy_version, caller_id FROM requests
  WHERE state <> 'open' AND opened_at IS NOT NULL AND closed_at >= $1::timestamptz AND closed_at < $2::timestamptz
  ORDER BY closed_at DESC, id DESC LIMIT ${MOST_HELD_MATCHED}) r
JOIN callers c ON c.id = r.caller_id`

/**
 * Which demanding rules of the policy that each was submitted under apply to the newest held requests, and to how many of
 * them. For telling people: what held a request is in its decisions.
 */
export async function readRules(
  { db, policies }: Pick<Runtime, 'db' | 'policies'>,
  { from, to }: Span,
): Promise<{ readCount: number; rules: RuleCount[] }> {
  const rows = await db.$queryRawUnsafe<Row[]>(NEWEST, from, to)
  const counts = new Map<string, RuleCount>()
  for (const { contract, policyVersion, caller } of rows) {
    const policy = await policies.get(policyVersion)
    if (!policy) continue
    for (const rule of matchedRules(demanding(policy), contract, caller)) {
      const key = JSON.stringify([policyVersion, rule])
      const known = counts.get(key)
      counts.set(key, { policyVersion, rule, count: (known?.count ?? 0) + 1 })
    }
  }
  const rules = [...counts.values()].sort(
    (a, b) => b.count - a.count || a.rule.localeCompare(b.rule, 'en'),
  )
  return { readCount: rows.length, rules }
}

function demanding(policy: CompiledPolicy): CompiledPolicy {
  return { ...policy, rules: policy.rules.filter(({ requirements }) => requirements.length > 0) }
}
