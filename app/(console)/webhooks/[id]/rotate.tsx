'use client'

import { useState } from 'react'
import { DeedDialog } from '../../../_client/deed-dialog'
import { SecretSheet } from '../../../_client/secret-sheet'
import { rotateEndpoint } from '../actions'

interface Fresh {
  secret: string
  endsOldAtOnce: boolean
}

/** A new secret, with a day for the receiver to change over, or at once where the old one leaked. */
export function Rotate({
  endpointId,
  oldEnds,
}: {
  endpointId: string
  /** Until when the one before signs too; null: it does not. */
  oldEnds: string | null
}) {
  const [fresh, setFresh] = useState<Fresh | null>(null)
  const rotate = async (endsOldAtOnce: boolean) => {
    const answer = await rotateEndpoint({ endpointId, endsOldAtOnce })
    if (!answer.ok) return answer
    setFresh({ secret: answer.value.secret, endsOldAtOnce })
    return null
  }
  if (fresh) {
    return (
      <SecretSheet secret={fresh.secret} onDone={() => setFresh(null)}>
        {fresh.endsOldAtOnce
          ? 'The old secret signs nothing any more. Put this one where the receiver reads it now.'
          : 'Put it where the receiver reads it within a day. Until then both secrets sign.'}
      </SecretSheet>
    )
  }
  return (
    <div className="stack">
      {oldEnds && (
        <p>The secret before this one signs too, until {oldEnds}. Then this one alone does.</p>
      )}
      <div className="acts">
        <DeedDialog
          id="rotate-secret"
          kind="normal"
          label="Rotate the secret"
          title="Rotate the secret?"
          keepLabel="Keep the secret"
          reason={null}
          act={() => rotate(false)}
        >
          A new secret is shown once. For a day deliveries are signed with the new and the old one,
          so that the receiver can change over without missing any.
        </DeedDialog>
        <DeedDialog
          id="replace-secret"
          kind="quiet"
          label="End the old secret at once"
          title="End the old secret at once?"
          keepLabel="Keep the secret"
          reason={null}
          act={() => rotate(true)}
        >
          For a secret that leaked. A new one is shown once and signs alone from then on: the
          receiver refuses deliveries until it has it. What it refuses is tried again.
        </DeedDialog>
      </div>
    </div>
  )
}
