'use client'

import { type ComponentProps, useEffect, useRef } from 'react'
import { Dialog } from '../_ui/dialog'

const FIRST_FIELD = ':is(input, select, textarea):not([type=hidden], :disabled)'

/** A dialog over the page, opened and closed by its owner; Escape and its own button close it too. */
export function Modal({
  isOpen,
  onClose,
  ...dialog
}: Omit<ComponentProps<typeof Dialog>, 'open' | 'ref'> & { isOpen: boolean; onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null)

  useEffect(() => {
    const shown = element.current
    if (!shown || shown.open === isOpen) return
    if (isOpen) {
      shown.showModal()
      // The browser would choose the cross that closes it, which comes first.
      shown.querySelector<HTMLElement>(FIRST_FIELD)?.focus()
    } else shown.close()
  }, [isOpen])

  return <Dialog {...dialog} ref={element} onClose={onClose} />
}
