'use client'

import { type ReactNode, useState } from 'react'
import type { ChangeForm } from '#lib/wire/change'
import type { ProofWays } from '#lib/wire/views/common'
import type { ChangeDone } from '../../_client/change-told-notice'
import { Modal } from '../../_client/modal'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { Button } from '../../_ui/button'
import { changeSettings } from './actions'

const NO_PROOF: ProofWays = { passkey: false, code: false }

/** A change of a setting: a button, and a dialog that says what follows and takes a factor where another admin approves it. */
export function SettingsDialog({
  id,
  label,
  labelEnd,
  title,
  change,
  isLoosening,
  ways,
  onDone,
  children,
}: {
  id: string
  label: string
  /** What the button is about: read out, not shown. */
  labelEnd?: string
  title: string
  change: ChangeForm
  isLoosening: boolean
  ways: ProofWays
  onDone: (done: ChangeDone) => void
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState<boolean | null>(null)
  const proved = useProved({ action: 'change', change }, async (proof) => {
    const told = await changeSettings({ change, proof })
    if (told.ok) {
      setOpen(false)
      onDone(told)
    }
    return told
  })
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {label}
        {labelEnd && <span className="vh"> {labelEnd}</span>}
      </Button>
      {isOpen !== null && (
        <Modal id={id} title={title} isOpen={isOpen} onClose={() => setOpen(false)}>
          <p>{children}</p>
          <ProveForm id={id} verb={label} ways={isLoosening ? ways : NO_PROOF} proved={proved} />
        </Modal>
      )}
    </>
  )
}
