import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { lockTighten, wakeOpen } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import { compilePolicy } from '#lib/policies/compile-policy'
import { checkSatisfiable } from '#lib/policies/satisfiable'
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
    const last = await tx.policyVersion.findFirst({ where: { name }, orderBy: { ordinal: 'desc' } })
    const ordinal = (last?.ordinal ?? 0) + 1
    const compiled = compilePolicy(input.source, { name, ordinal })
    if (!compiled.ok) return compiled
    // Before there is anybody, nobody could satisfy anything: the first policy then holds all that it does not simply allow.
    const isEmpty = (await tx.person.count()) === 0
    const satisfiable = isEmpty ? ok() : checkSatisfiable(compiled.value, await groupSizes(tx))
    if (!satisfiable.ok) return satisfiable
    const { version, digest } = compiled.value
    await wakeOpen(tx)
    await tx.policyVersion.create({
      data: { version, name, ordinal, digest, source: input.source, publishedBy: input.personId },
    })
    await appendEvents(
      tx,
      [
        {
          stream: `policy:${name}`,
          type: 'policy.published',
          actor: input.personId ? { kind: 'person', id: input.personId } : { kind: 'system' },
          body: { version, digest, replaces: last?.version ?? null },
        },
      ],
      runtime.now(),
    )
    return ok({ version })
  })
}

async function groupSizes(tx: Tx): Promise<Record<string, string[]>> {
  const members = await tx.groupMember.findMany({
    where: { person: { active: true } },
    select: { groupName: true, personId: true },
  })
  const groups: Record<string, string[]> = {}
  for (const { groupName, personId } of members) {
    groups[groupName] = [...(groups[groupName] ?? []), personId]
  }
  return groups
}
