'use client'

import type { Told } from '../_server/told'
import { Notice } from '../_ui/notice'
import type { CeremonyFault } from './proof/use-ceremony'

/** What came of a deed, beside its button: the ceremony's own fault first, since then nothing was sent. */
export function ToldNotice({ told, fault = null }: { told: Told; fault?: CeremonyFault | null }) {
  if (fault) {
    return (
      <Notice tone="stop" role="alert" isCompact isStacked lead={fault.lead}>
        {fault.text}
      </Notice>
    )
  }
  if (!told) return null
  if (told.ok) return <Notice tone="go" role="status" isCompact lead={told.text} />
  return (
    <Notice tone="stop" role="alert" isCompact isStacked lead={`${told.title}.`}>
      {told.text}
    </Notice>
  )
}
