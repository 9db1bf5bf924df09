import type { Json } from '#lib/core/contract/json'
import type { EventDraft } from '#lib/db/append-events'
import type { FactorRef } from '#lib/wire/auth'
import type { Confirmers } from './confirmers'
import { factorKey } from './factors'

/** What the audit trail says of a factor: a passkey's public key is in it, a secret never. */
export type FactorBody = { kind: string; id: string; [member: string]: Json }

/** A factor was added; and confirmed in the same breath where another factor vouched for it. */
export function factorAdded(added: {
  personId: string
  factor: FactorBody
  vouchedBy: FactorRef | null
  isConfirmed: boolean
}): EventDraft[] {
  const { personId, factor } = added
  const stream = `person:${personId}`
  const actor = { kind: 'person', id: personId } as const
  const vouchedBy = added.vouchedBy === null ? null : factorKey(added.vouchedBy)
  const body = { ...factor, vouched_by: vouchedBy, confirmed: added.isConfirmed }
  const events: EventDraft[] = [{ stream, type: 'factor.added', actor, body }]
  if (added.isConfirmed) {
    const confirmed = { kind: factor.kind, id: factor.id, control: 'own_factor' }
    events.push({ stream, type: 'factor.confirmed', actor, body: confirmed })
  }
  return events
}

/** A human confirmed a factor. Where that human may not be a second one, the installation's stream says so, loudly. */
export function factorConfirmed(confirmed: {
  personId: string
  ref: FactorRef
  byId: string
  control: Confirmers['control']
}): EventDraft[] {
  const { personId, ref, byId, control } = confirmed
  const actor = { kind: 'person', id: byId } as const
  const body = { kind: ref.kind, id: factorKey(ref), control }
  const stream = `person:${personId}`
  const event: EventDraft = { stream, type: 'factor.confirmed', actor, body }
  if (control === 'second_human') return [event]
  const loud = { person: personId, factor: factorKey(ref), control }
  return [event, { stream: 'installation', type: 'dual_control.off', actor, body: loud }]
}

export function factorRemoved(removed: {
  personId: string
  ref: FactorRef
  by: EventDraft['actor']
}): EventDraft {
  const { personId, ref, by } = removed
  return {
    stream: `person:${personId}`,
    type: 'factor.removed',
    actor: by,
    body: { kind: ref.kind, id: factorKey(ref) },
  }
}
