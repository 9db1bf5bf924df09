import { digestOfText } from '#lib/core/contract/digest'
import { MINUTE_MS } from '#lib/core/durations'
import type { CompiledPolicy } from '#lib/core/policy/types'
import { groupsOf } from '#lib/core/ticket/tally'
import type { Db, Sql } from '#lib/db/client'
import { policyStore } from './policy-store'

/** The installation's policy: compiled versions by name, and what they name. */
export interface PolicyBook {
  /** Name of the one document that applies to every request. */
  name: string
  /** null when it is not there, does not compile or is not what its version says: whoever evaluates then holds. */
  get(version: string, sql?: Sql): Promise<CompiledPolicy | null>
  /** Every group named by a version that was compiled here, sorted. */
  knownGroups(): string[]
}

export const POLICY_NAME = 'main'
/** The document for changes of the installation itself. It comes with the product and nobody publishes another (lib/commands/change). */
export const INSTALLATION_POLICY = 'installation'
/** How old the answer of a decision point may be that policy does not mention. */
const DEFAULT_ANSWER_AGE_MS = 5 * MINUTE_MS

/**
 * @param configuredPoints decision points set up by the environment: asked about everything, whether policy names them
 * or not; the installation's own document, which no caller is under, asks none
 */
export function openPolicyBook(db: Db, configuredPoints: readonly string[]): PolicyBook {
  const groups = new Set<string>()
  // Read in the asker's own transaction: a second connection, asked for while holding one, could wait for itself.
  const store = policyStore(async (version, sql: Sql) => {
    const rows = await sql.$queryRawUnsafe<{ source: string; digest: string }[]>(
      'SELECT source, digest FROM policy_versions WHERE version = $1',
      version,
    )
    const [row] = rows
    return row && digestOfText(row.source) === row.digest ? row.source : null
  })
  const completed = new WeakMap<CompiledPolicy, CompiledPolicy>()
  return {
    name: POLICY_NAME,
    get: async (version, sql = db) => {
      const policy = await store.get(version, sql)
      if (!policy) return null
      const known = completed.get(policy)
      if (known) return known
      const isOurs = documentOf(version) === INSTALLATION_POLICY
      const complete = isOurs ? policy : withPoints(policy, configuredPoints)
      completed.set(policy, complete)
      for (const group of groupsNamed(policy)) groups.add(group)
      return complete
    },
    knownGroups: () => [...groups].sort(),
  }
}

/** The name of the document that a version is of. */
export function documentOf(version: string): string {
  return version.split('@', 1).join()
}

function withPoints(policy: CompiledPolicy, configured: readonly string[]): CompiledPolicy {
  const named = new Set(policy.decisionPoints.map(({ name }) => name))
  const added = configured.filter((name) => !named.has(name))
  return {
    ...policy,
    decisionPoints: [
      ...policy.decisionPoints,
      ...added.map((name) => ({ name, max_age_ms: DEFAULT_ANSWER_AGE_MS })),
    ],
  }
}

function groupsNamed(policy: CompiledPolicy): string[] {
  const approvals = [policy.defaultApproval, ...policy.rules.flatMap((rule) => rule.requirements)]
  return [
    ...Object.keys(policy.groups),
    ...approvals.flatMap((one) => (one.kind === 'approval' ? groupsOf(one.tree) : [])),
  ]
}
