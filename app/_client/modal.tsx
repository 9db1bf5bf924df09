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
      const { scrollX, scrollY } = window
      shown.showModal()
      // The browser would choose the cross that closes it, which comes first.
      shown.querySelector<HTMLElement>(FIRST_FIELD)?.focus({ preventScroll: true })
      // It also scrolls to where the dialog stood before it floated, and away from what is being read.
      scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' })
    } else shown.close()
  }, [isOpen])

  return <Dialog {...dialog} ref={element} onClose={onClose} />
}
