import type { Contract } from '#lib/core/contract/contract'
import { evaluate } from '#lib/core/policy/evaluate'
import type { CompiledPolicy, Evaluation, Facts } from '#lib/core/policy/types'
import type { Ticket } from '#lib/core/ticket/types'
import type { Sql } from '#lib/db/client'
import { type HeldRows, loadHeld } from '#lib/db/load-held'
import type { Runtime } from '#lib/runtime'
import { contractOf, factsOf, ticketOf } from './held-facts'

/** One request as read at one moment: a picture for a page, the truth under its row lock. */
export interface Picture {
  /** Epoch ms by the database's clock, at which it was read. */
  now: number
  rows: HeldRows
  ticket: Ticket
  contract: Contract
  /** false: the stored contract is not what was hashed. There is then nothing to evaluate by. */
  isIntact: boolean
  facts: Facts
  /** Pinned, then current when it differs. Empty when one of them cannot be loaded: evaluation then holds. */
  policies: CompiledPolicy[]
  evaluateAt: (at: number) => Evaluation
}

export interface ReadInput {
  requestId: string
  actingPersonId?: string | null
}

/** Reads a request with its facts and policies. Without the lock it is a picture for a page; under it, the truth. */
export async function readHeld(
  runtime: Pick<Runtime, 'policies' | 'installation'>,
  sql: Sql,
  input: ReadInput,
): Promise<Picture | null> {
  const load = (groupNames: string[]) =>
    loadHeld(sql, {
      requestId: input.requestId,
      groupNames,
      actingPersonId: input.actingPersonId ?? null,
    })
  const asked = runtime.policies.knownGroups()
  let rows = await load(asked)
  if (!rows) return null
  const { contract, isIntact } = contractOf(rows, runtime.installation.domain)
  const policies = isIntact ? await policiesFor(runtime, sql, rows) : []
  // A version compiled just now may name groups that were not asked for.
  const wanted = runtime.policies.knownGroups()
  if (wanted.length > asked.length) rows = (await load(wanted)) ?? rows
  const facts = factsOf(rows, runtime.installation.domain)
  return {
    now: rows.now,
    rows,
    ticket: ticketOf(rows),
    contract,
    isIntact,
    facts,
    policies,
    evaluateAt: (at) => evaluate({ contract, facts: asOf(facts, at), policies, now: at }),
  }
}

/** A version that cannot be loaded leaves nothing to evaluate by: fail closed, whichever of the two it is. */
async function policiesFor(
  runtime: Pick<Runtime, 'policies'>,
  sql: Sql,
  rows: HeldRows,
): Promise<CompiledPolicy[]> {
  const versions = [rows.request.policy_version, rows.currentPolicyVersion]
  const policies: CompiledPolicy[] = []
  for (const version of new Set(versions)) {
    const policy = version === null ? null : await runtime.policies.get(version, sql)
    if (!policy) return []
    policies.push(policy)
  }
  return policies
}

/**
 * A ticket is evaluated as of its deadline at the latest, but the last answer about its last input may only come after
 * that. It is the answer about that moment, so it is dated to it.
 */
function asOf(facts: Facts, at: number): Facts {
  const remotes = facts.remotes.map((remote) =>
    remote.at > at && remote.inputSeq === facts.inputSeq ? { ...remote, at } : remote,
  )
  return { ...facts, remotes }
}
