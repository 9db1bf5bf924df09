import type { ReactNode } from 'react'
import { Icon } from './icon'

/** The frame of a dialog. Opening it as a modal, and keeping the focus in it, is its client's work. */
export function Dialog({
  id,
  title,
  isOpen = false,
  closeHref,
  footer,
  children,
}: {
  id: string
  title: string
  isOpen?: boolean
  /** Where closing leads without script. */
  closeHref: string
  footer: ReactNode
  children: ReactNode
}) {
  return (
    <dialog className="dialog" id={id} open={isOpen} aria-labelledby={`${id}-head`}>
      <header>
        <h2 id={`${id}-head`}>{title}</h2>
        <a className="icon-btn" href={closeHref} aria-label="Close">
          <Icon name="close" />
        </a>
      </header>
      <div className="body stack">{children}</div>
      <footer>{footer}</footer>
    </dialog>
  )
}
