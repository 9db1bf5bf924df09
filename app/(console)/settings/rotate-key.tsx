'use client'

import { useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import type { SigningKeysView } from '#lib/wire/views/settings'
import { type ChangeDone, ChangeToldNotice } from '../../_client/change-told-notice'
import { SettingsDialog } from './settings-dialog'

/** A new key in place of the one in use, with an overlap in which both are trusted. */
export function RotateKey({
  purpose,
  title,
  ways,
}: {
  purpose: SigningKeysView['purpose']
  title: string
  ways: ProofWays
}) {
  const [done, setDone] = useState<ChangeDone | null>(null)
  return (
    <div className="stack">
      <div className="acts">
        <SettingsDialog
          id={`rotate-${purpose}`}
          label="Rotate the key"
          labelEnd={`of ${title.toLowerCase()}`}
          title={`Rotate the key of ${title.toLowerCase()}?`}
          change={{ kind: 'keys.rotate', purpose }}
          isLoosening
          ways={ways}
          onDone={setDone}
        >
          A new key is published at once and signs a quarter of an hour later. The present one stays
          published for as long as what it signed may be used, so nothing that was released is lost.
          Where dual control is on, another admin approves it first.
        </SettingsDialog>
      </div>
      <ChangeToldNotice done={done} about={title} />
    </div>
  )
}
