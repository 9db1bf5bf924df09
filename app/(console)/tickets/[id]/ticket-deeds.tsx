'use client'

import { useState } from 'react'
import type { EvidenceView } from '#lib/wire/views/ticket'
import { DeedDialog } from '../../../_client/deed-dialog'
import { ToldNotice } from '../../../_client/told-notice'
import type { Told } from '../../../_server/told'
import { cancel, rejectEvidence, revoke, withdrawEvidence } from './actions'

/** What came of it stays when the page has read itself again and there is nothing left to revoke. */
export function RevokeGrant({
  requestId,
  runtimeName,
  canRevoke,
  isCollected,
}: {
  requestId: string
  runtimeName: string
  canRevoke: boolean
  isCollected: boolean
}) {
  const [told, setTold] = useState<Told>(null)
  const act = async (form: FormData) => {
    const came = await revoke(requestId, form)
    setTold(came)
    return came
  }
  return (
    <div className="grant-acts no-print">
      {canRevoke && (
        <div className="acts">
          <DeedDialog
            id="revoke-grant"
            label="Revoke grant"
            title="Revoke this grant?"
            keepLabel="Keep the grant"
            reason={{ label: 'Reason, kept in the record', isRequired: false }}
            act={act}
          >
            {isCollected
              ? `${runtimeName} has the token and has not redeemed it. The token stops working at once, nothing runs, and the caller has to ask again.`
              : `${runtimeName} has not collected it. After this it cannot, nothing runs, and the caller has to ask again.`}
          </DeedDialog>
          <span className="hint">
            {isCollected
              ? 'A collected token stops working at once'
              : 'You, the owner or an admin, until it is redeemed'}
          </span>
        </div>
      )}
      {!canRevoke && <ToldNotice told={told} />}
    </div>
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
