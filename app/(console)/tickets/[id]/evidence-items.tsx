'use client'

import type { Clock } from '#lib/wire/clock'
import type { EvidenceView } from '#lib/wire/views/ticket'
import { EvidenceSection } from '../../../_ui/ticket/evidence'
import { EvidenceDeeds } from './ticket-deeds'

/** All items on file, drawn from their data alone, each with what the viewer may do with it. */
export function EvidenceItems({
  requestId,
  evidence,
  clock,
}: {
  requestId: string
  evidence: readonly EvidenceView[]
  clock: Clock
}) {
  return evidence.map((item) => (
    <EvidenceSection
      key={item.id}
      evidence={item}
      clock={clock}
      actions={
        (item.canWithdraw || item.canReject) && (
          <EvidenceDeeds requestId={requestId} evidence={item} />
        )
      }
    />
  ))
}
