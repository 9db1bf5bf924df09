'use client'

import { useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import { type ChangeDone, ChangeToldNotice } from '../../_client/change-told-notice'
import { Button } from '../../_ui/button'
import { TextField } from '../../_ui/field'
import { SettingsDialog } from './settings-dialog'

/** For how long evidence stays readable. Nothing typed is lost to a refusal. */
export function Retention({
  days,
  fewest,
  most,
  ways,
}: {
  days: number | null
  /** Bounds of the days. */
  fewest: number
  most: number
  ways: ProofWays
}) {
  const [typed, setTyped] = useState(days === null ? '' : String(days))
  const [done, setDone] = useState<ChangeDone | null>(null)
  const text = typed.trim()
  const wanted = text === '' ? null : Number(text)
  const isRight =
    wanted === null || (Number.isInteger(wanted) && wanted >= fewest && wanted <= most)
  const isShorter = wanted !== null && (days === null || wanted < days)
  const isSame = wanted === days
  return (
    <div className="stack form">
      <TextField
        id="evidence-days"
        name="days"
        label="Days after the end of its request"
        hint={`From ${fewest} to ${most} days. Left empty: for ever.`}
        inputMode="numeric"
        autoComplete="off"
        width={3}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        error={isRight ? undefined : `Type ${fewest} to ${most}, or nothing.`}
      />
      <div className="acts">
        {isSame || !isRight ? (
          <Button size="small" disabled>
            Keep it so
          </Button>
        ) : (
          <SettingsDialog
            id="retention"
            label={isShorter ? 'Keep it shorter' : 'Keep it longer'}
            title={
              wanted === null ? 'Keep evidence for ever?' : `Keep evidence for ${wanted} days?`
            }
            change={{ kind: 'settings.retention', days: wanted }}
            isLoosening={isShorter}
            ways={ways}
            onDone={setDone}
          >
            {isShorter
              ? 'What is older is erased within hours, and cannot be had back. Hashes stay, so votes and the trail still verify. Where dual control is on, another admin approves it first.'
              : 'Done at once. What was erased stays erased.'}
          </SettingsDialog>
        )}
      </div>
      <ChangeToldNotice done={done} about="Evidence" />
    </div>
  )
}
