'use client'

import { useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import { DeedDialog } from '../../../_client/deed-dialog'
import { ProvedDialog } from '../../../_client/proof/proved-dialog'
import { ChangedNotice } from '../../../_ui/changed-notice'
import { type CallerChanged, changeCaller } from '../actions'

/** Pauses it at once, or lets it ask again, which gives something and takes a factor. */
export function CallerState({
  callerId,
  name,
  isActive,
  ways,
}: {
  callerId: string
  name: string
  isActive: boolean
  ways: ProofWays
}) {
  const [changed, setChanged] = useState<Extract<CallerChanged, { ok: true }> | null>(null)
  const kept = (done: CallerChanged) => {
    if (done.ok) setChanged(done)
    return done
  }
  const resume = { kind: 'callers.resume', caller: callerId } as const
  return (
    <div className="stack">
      <div className="acts flush">
        {isActive ? (
          <DeedDialog
            id="pause"
            kind="quiet"
            label="Pause"
            title={`Pause ${name}?`}
            keepLabel="Keep it active"
            reason={null}
            act={async () =>
              kept(
                await changeCaller({
                  change: { kind: 'callers.pause', caller: callerId },
                  proof: null,
                }),
              )
            }
          >
            Its keys are refused at once and nothing that it asked for runs, until it is resumed.
            Resuming takes another admin.
          </DeedDialog>
        ) : (
          <ProvedDialog
            id="resume"
            label="Resume"
            labelEnd={name}
            title={`Let ${name} ask again?`}
            action={{ action: 'change', change: resume }}
            ways={ways}
            act={async (proof) => kept(await changeCaller({ change: resume, proof }))}
            onDone={() => undefined}
          >
            With the keys it has. Where dual control is on, another admin approves it first.
          </ProvedDialog>
        )}
      </div>
      <ChangedNotice changed={changed} />
    </div>
  )
}
