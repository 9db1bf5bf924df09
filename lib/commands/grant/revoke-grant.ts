import { ok, type Result } from '#lib/core/result'
import { voterOf } from '#lib/core/ticket/eligibility'
import { groupsOf } from '#lib/core/ticket/tally'
import { transition } from '#lib/core/ticket/transition'
import type { Actor } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import { isBehindOrAdmin } from '../request/cancel-request'
import { type Held, transact } from '../transact'

export interface RevokeInput {
  requestId: string
  actor: Actor & { kind: 'person' }
  reason: string | null
}

/** Ends an unredeemed grant at once: by any eligible approver, the owner or an admin. Its token can no longer be redeemed. */
export function revokeGrant(
  runtime: Runtime,
  input: RevokeInput,
): Promise<Result<{ state: 'revoked' }>> {
  return transact(
    runtime,
    { requestId: input.requestId, actingPersonId: input.actor.id },
    (held) => {
      const mayRevoke = isBehindOrAdmin(held, input.actor) || isApprover(held, input.actor.id)
      const command = {
        kind: 'revoke',
        actor: input.actor,
        mayRevoke,
        reason: input.reason,
      } as const
      const moved = transition(held.ticket, command, held.now)
      if (!moved.ok) return { result: moved, events: [] }
      return { result: ok({ state: 'revoked' }), events: moved.value }
    },
  )
}

function isApprover(held: Held, personId: string): boolean {
  const voter = voterOf(personId, held.facts, held.now)
  if (!voter.active || voter.isRequester) return false
  const named = held
    .evaluateAt(held.now)
    .requirements.flatMap(({ requirement }) =>
      requirement.kind === 'approval' ? groupsOf(requirement.tree) : [],
    )
  return voter.groups.some((group) => named.includes(group))
}
