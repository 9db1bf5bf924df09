'use client'

import { type ReactNode, useState } from 'react'
import type { FactorProof, StepUpAction } from '#lib/wire/auth'
import type { ProofWays } from '#lib/wire/views/common'
import type { Told } from '../../_server/told'
import { Button } from '../../_ui/button'
import { Modal } from '../modal'
import { ProveForm } from './prove-form'
import { useProved } from './use-proved'

/** A deed to somebody else that asks for a factor: a button, and a dialog that says what follows and takes the proof. */
export function ProvedDialog({
  id,
  label,
  labelEnd,
  kind = 'normal',
  title,
  action,
  ways,
  act,
  onDone,
  children,
}: {
  id: string
  /** Of the deed, and of the button that opens the dialog: buttons keep the word. */
  label: string
  /** What the button is about, where many of them stand on a page: read out, not shown. */
  labelEnd: string
  kind?: 'normal' | 'reject'
  title: string
  action: StepUpAction
  ways: ProofWays
  act: (proof: FactorProof | null) => Promise<Told>
  onDone: (text: string) => void
  /** What follows from it. */
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(false)
  const proved = useProved(action, async (proof) => {
    const told = await act(proof)
    if (told?.ok) {
      setOpen(false)
      onDone(told.text)
    }
    return told
  })
  return (
    <>
      <Button kind="quiet" size="small" onClick={() => setOpen(true)}>
        {label}
        <span className="vh"> {labelEnd}</span>
      </Button>
      <Modal id={id} title={title} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>{children}</p>
        <ProveForm id={id} verb={label} kind={kind} ways={ways} proved={proved} />
      </Modal>
    </>
  )
}
