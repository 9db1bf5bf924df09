import type { ComponentProps, ReactNode } from 'react'
import { Icon } from './icon'

/** The frame of a dialog. Opening it as a modal is its client's work (app/_client/modal); the browser keeps the focus in it. */
export function Dialog({
  id,
  title,
  footer,
  children,
  ...rest
}: {
  id: string
  title: string
  /** Left out where the body is a form that ends in its own button. */
  footer?: ReactNode
  children: ReactNode
} & ComponentProps<'dialog'>) {
  return (
    <dialog {...rest} className="dialog" id={id} aria-labelledby={`${id}-head`}>
      <header>
        <h2 id={`${id}-head`}>{title}</h2>
        <form method="dialog">
          <button className="icon-btn" type="submit" aria-label="Close">
            <Icon name="close" />
          </button>
        </form>
      </header>
      <div className="body stack">{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  )
}
