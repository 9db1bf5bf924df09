import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon'

/** A part that opens on demand, without script. */
export function Fold({
  id,
  icon,
  title,
  isStop = false,
  isOpen = false,
  children,
}: {
  id?: string
  icon: IconName
  title: ReactNode
  isStop?: boolean
  isOpen?: boolean
  children: ReactNode
}) {
  return (
    <details className="fold" id={id} open={isOpen}>
      <summary className={isStop ? 'stop' : undefined}>
        <Icon name={icon} />
        {title}
      </summary>
      <div>{children}</div>
    </details>
  )
}
