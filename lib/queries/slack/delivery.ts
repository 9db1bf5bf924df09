import type { DeliveryKind } from '#lib/wire/deliveries'
import { NOT_NEEDED_WHYS, TAKEN_BACK_WHYS } from '#lib/wire/delivery-whys'
import type { DeliveryStateView, DeliveryView } from '#lib/wire/views/deliveries'

/** A message, or an announcement without one: for that nothing is due by itself, and a failure stays one. */
export interface DeliveryRecord {
  kind: DeliveryKind
  hasMessage: boolean
  channelId: string | null
  personName: string | null
  /** Where a request was escalated to a group of which nobody could be told. */
  groupLabel?: string | null
  state: DeliveryStateView
  why: string | null
  attempts: number
  dueAt: Date | null
  sentAt: Date | null
  changedAt: Date | null
}

export function deliveryOf(record: DeliveryRecord): DeliveryView {
  const { kind, why, attempts, sentAt, changedAt } = record
  const state = stateOf(record)
  const isUnderWay = state === 'failed' || state === 'queued'
  return {
    kind,
    to: placeOf(record),
    state,
    why,
    attempts,
    dueAt: isUnderWay ? (record.dueAt?.toISOString() ?? null) : null,
    sentAt: sentAt?.toISOString() ?? null,
    changedAt: sentAt && changedAt && changedAt > sentAt ? changedAt.toISOString() : null,
  }
}

/** What ended without a failure is told by why it ended. */
function stateOf({ hasMessage, state, why }: DeliveryRecord): DeliveryStateView {
  if (hasMessage ? state !== 'given_up' : state !== 'failed') return state
  if (NOT_NEEDED_WHYS.includes(why ?? '')) return 'not_needed'
  if (hasMessage) return state
  return TAKEN_BACK_WHYS.includes(why ?? '') ? 'taken_back' : 'not_sent'
}

/** Whether somebody may have it tried again. */
export function isTrouble(state: DeliveryStateView): boolean {
  return state === 'failed' || state === 'given_up'
}

/** A direct message has a conversation too, but who it is for says more. */
function placeOf({ kind, channelId, personName, groupLabel }: DeliveryRecord): DeliveryView['to'] {
  if (kind === 'route') return null
  if (groupLabel) return { kind: 'group', label: groupLabel }
  if (personName !== null) return { kind: 'person', name: personName }
  return channelId === null ? null : { kind: 'channel', id: channelId }
}
