import type { RejectReason } from '#lib/core/ticket/types'

/** Why somebody rejects, as they chose it. */
export const REJECT_REASONS: Record<RejectReason, string> = {
  not_now: 'Wrong time',
  wrong_target: 'Wrong target',
  evidence_insufficient: 'Evidence is not good enough',
  too_risky: 'Too risky as it stands',
  not_understood: 'I cannot tell what it does',
  other: 'Another reason',
}
