'use client'

import type { EvidenceView } from '#lib/wire/views'
import { DeedDialog } from '../../../_client/deed-dialog'
import { cancel, rejectEvidence, revoke, withdrawEvidence } from './actions'

export function RevokeGrant({
  requestId,
  runtimeName,
}: {
  requestId: string
  runtimeName: string
}) {
  return (
    <DeedDialog
      id="revoke-grant"
      label="Revoke grant"
      title="Revoke this grant?"
      keepLabel="Keep the grant"
      reason={{ label: 'Reason, kept in the record', isRequired: false }}
      act={(form) => revoke(requestId, form)}
    >
      {runtimeName} has not redeemed it. After this it cannot, and the caller has to ask again.
    </DeedDialog>
  )
}

export function CancelRequest({
  requestId,
  callerName,
}: {
  requestId: string
  callerName: string
}) {
  return (
    <DeedDialog
      id="cancel-request"
      kind="quiet"
      label="Cancel request"
      title="Cancel this request?"
      keepLabel="Keep it open"
      reason={{ label: 'Reason, told to the caller', isRequired: false }}
      act={(form) => cancel(requestId, form)}
    >
      Nothing will run, and nobody has said no. {callerName} may ask again.
    </DeedDialog>
  )
}

/** Its author takes an item back; an approver rejects one with a reason. */
export function EvidenceDeeds({
  requestId,
  evidence,
}: {
  requestId: string
  evidence: EvidenceView
}) {
  const what = evidence.label.toLowerCase()
  if (evidence.canWithdraw) {
    return (
      <DeedDialog
        id={`withdraw-${evidence.id}`}
        kind="quiet"
        label={`Withdraw the ${what}`}
        title={`Withdraw the ${what}?`}
        keepLabel="Keep it on file"
        reason={null}
        act={() => withdrawEvidence(requestId, evidence.id)}
      >
        It counts no longer, and whoever signed with it on file is asked again.
      </DeedDialog>
    )
  }
  if (!evidence.canReject) return null
  return (
    <DeedDialog
      id={`reject-${evidence.id}`}
      kind="quiet"
      label={`Reject the ${what}`}
      title={`Reject the ${what}?`}
      keepLabel="Keep it on file"
      reason={{ label: 'Reason, told to the author', isRequired: true }}
      act={(form) => rejectEvidence(requestId, evidence.id, form)}
    >
      It counts no longer, and whoever signed with it on file is asked again. The request itself
      stays open.
    </DeedDialog>
  )
}
