import type { CompiledPolicy } from '#lib/core/policy/types'
import { ok, type Result } from '#lib/core/result'
import { appendEvents, type EventDraft } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { lockTighten, wakeOpen } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import { compilePolicy } from '#lib/policies/compile-policy'
import { checkSatisfiable } from '#lib/policies/satisfiable'
import { groupsNow } from '#lib/queries/people/groups-now'
import type { Runtime } from '#lib/runtime'

export interface PublishPolicyInput {
  /** YAML */
  source: string
  /** null: the installation itself, at first start. */
  personId: string | null
}

/**
 * Makes a policy document the current one. It waits for every release and redemption under way and is in force for the
 * next. Refused when it does not compile, or asks for more distinct votes than a group can give.
 */
export function publishPolicy(
  runtime: Pick<Runtime, 'db' | 'policies' | 'now'>,
  input: PublishPolicyInput,
): Promise<Result<{ version: string }>> {
  const { name } = runtime.policies
  // What does not compile is told before anybody has to wait for the gate.
  const draft = compilePolicy(input.source, { name, ordinal: 1 })
  if (!draft.ok) return Promise.resolve(draft)
  return inTransaction(runtime.db, async (tx) => {
    await lockTighten(tx)
    const actor = input.personId
      ? { kind: 'person' as const, id: input.personId }
      : { kind: 'system' as const }
    const { source } = input
    return await savePolicy(tx, { name, source, by: { actor, told: {} } }, runtime.now())
  })
}

/**
 * Whether a document could be the next version: it compiles, and the groups as they are can give what it asks for. Before there is
 * anybody, nobody could satisfy anything: the first policy then holds all that it does not simply allow.
 */
export async function checkPolicy(
  tx: Tx,
  source: string,
  name: string,
): Promise<Result<{ policy: CompiledPolicy; ordinal: number; replaces: string | null }>> {
  const last = await tx.policyVersion.findFirst({ where: { name }, orderBy: { ordinal: 'desc' } })
  const ordinal = (last?.ordinal ?? 0) + 1
  const compiled = compilePolicy(source, { name, ordinal })
  if (!compiled.ok) return compiled
  const isEmpty = (await tx.person.count()) === 0
  const satisfiable = isEmpty ? ok() : checkSatisfiable(compiled.value, await groupsNow(tx))
  if (!satisfiable.ok) return satisfiable
  return ok({ policy: compiled.value, ordinal, replaces: last?.version ?? null })
}

/** Writes the next version. The caller holds the lock that tightening takes. */
export async function savePolicy(
  tx: Tx,
  input: {
    name: string
    source: string
    by: { actor: EventDraft['actor']; told: EventDraft['body'] }
  },
  now: number,
): Promise<Result<{ version: string }>> {
  const { name, source, by } = input
  const checked = await checkPolicy(tx, source, name)
  if (!checked.ok) return checked
  const { policy, ordinal, replaces } = checked.value
  const { version, digest } = policy
  await wakeOpen(tx)
  const publishedBy = by.actor.kind === 'person' ? (by.actor.id ?? null) : null
  await tx.policyVersion.create({
    data: { version, name, ordinal, digest, source, publishedBy },
  })
  const body = { version, digest, replaces, ...by.told }
  const event = { stream: `policy:${name}`, type: 'policy.published', actor: by.actor, body }
  await appendEvents(tx, [event], now)
  return ok({ version })
}
