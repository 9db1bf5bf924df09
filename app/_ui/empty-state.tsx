import type { ReactNode } from 'react'
import { HoldLine } from './hold-line'
import type { HoldTone } from './states'

/** What happened, whether anything ran, what to do next. `standing` is for a verdict and a state above the line. */
export function EmptyState({
  title,
  tone,
  standing,
  heading = 'h2',
  actions,
  children,
}: {
  title: ReactNode
  tone?: HoldTone
  standing?: ReactNode
  heading?: 'h1' | 'h2' | 'h3'
  actions?: ReactNode
  children?: ReactNode
}) {
  const Heading = heading
  return (
    <div className="empty">
      {standing && <p className="standing">{standing}</p>}
      {tone && <HoldLine tone={tone} />}
      <Heading>{title}</Heading>
      {children}
      {actions && <p className="acts">{actions}</p>}
    </div>
  )
}
