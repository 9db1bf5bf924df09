'use client'

import { type ReactNode, useState } from 'react'
import type { ChangeForm } from '#lib/wire/change'
import type { ProofWays } from '#lib/wire/views/common'
import type { ChangePreview } from '#lib/wire/views/people'
import type { ChangeDone } from '../../_client/change-told-notice'
import { Modal } from '../../_client/modal'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { UnmetNotice } from '../../_client/unmet-notice'
import type { Answer, NotDone } from '../../_server/told'
import { Button, type ButtonKind } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { makeItSo, previewChange } from './actions'
import { Leaving } from './leaving'

const NO_PROOF: ProofWays = { passkey: false, code: false }

/** A change of who may do what: a button, and a dialog that says what follows and takes a factor where the change gives something. */
export function ChangeDialog({
  id,
  label,
  labelEnd,
  kind = 'normal',
  button = 'quiet',
  title,
  change,
  missing = () => null,
  isLoosening,
  isTaking = false,
  ways,
  onDone,
  fields,
  children,
}: {
  id: string
  /** Of the deed, and of the button that opens the dialog: buttons keep the word. */
  label: string
  /** What the button is about, where many of them stand on a page: read out, not shown. */
  labelEnd?: string
  kind?: 'normal' | 'reject'
  button?: ButtonKind
  title: string
  change: ChangeForm
  /** What has to be typed or chosen first. */
  missing?: () => NotDone | null
  /** It gives somebody more than they had: that takes a factor of whoever asks. */
  isLoosening: boolean
  /** It takes somebody out of groups: what nobody could give then is looked up. */
  isTaking?: boolean
  ways: ProofWays
  onDone: (done: ChangeDone) => void
  fields?: ReactNode
  /** What follows from it. */
  children: ReactNode
}) {
  // A row each has one: what nobody opened is not on the page.
  const [isOpen, setOpen] = useState<boolean | null>(null)
  const [preview, setPreview] = useState<Answer<ChangePreview> | null>(null)
  const proved = useProved(
    { action: 'change', change },
    async (proof) => {
      const told = await makeItSo({ change, proof })
      if (told.ok) {
        setOpen(false)
        onDone(told)
      }
      return told
    },
    missing,
  )
  async function open() {
    setOpen(true)
    if (!isTaking) return
    setPreview(null)
    setPreview(await previewChange(change).catch(() => NOT_LOOKED_UP))
  }
  return (
    <>
      <Button kind={button} size="small" onClick={() => void open()}>
        {label}
        {labelEnd && <span className="vh"> {labelEnd}</span>}
      </Button>
      {isOpen !== null && (
        <Modal id={id} title={title} isOpen={isOpen} onClose={() => setOpen(false)}>
          <p>{children}</p>
          {isTaking && <Foreseen preview={preview} />}
          <ProveForm
            id={id}
            verb={label}
            kind={kind}
            ways={isLoosening ? ways : NO_PROOF}
            proved={proved}
          >
            {fields}
          </ProveForm>
        </Modal>
      )}
    </>
  )
}

/** What the change would end and leave behind, as it was when the dialog opened. */
function Foreseen({ preview }: { preview: Answer<ChangePreview> | null }) {
  if (preview === null) return <p className="soft">Looking up what it would leave behind …</p>
  if (!preview.ok) {
    return (
      <Notice tone="hold" isCompact isStacked lead={`${preview.title}.`}>
        {preview.text}
      </Notice>
    )
  }
  const { unmet, leaving } = preview.value
  return (
    <>
      {leaving && <Leaving leaving={leaving} />}
      {unmet && <UnmetNotice unmet={unmet} lead="Nobody could give this then." />}
    </>
  )
}

const NOT_LOOKED_UP: NotDone = {
  ok: false,
  title: 'What it would leave behind could not be looked up',
  text: 'Close this and open it again, or go on without knowing.',
}
