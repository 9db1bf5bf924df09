import type { ReactNode } from 'react'
import { EmptyState } from '../empty-state'
import { Brand } from '../mark'
import type { HoldTone } from '../states'

/** A whole page that could not be shown: no places, no names, one way on. */
export function ErrorPage({
  title,
  tone = 'shut',
  actions,
  children,
}: {
  title: string
  tone?: HoldTone
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <>
      <header className="top">
        <div className="wrap">
          <Brand />
        </div>
      </header>
      <main id="main" className="wrap">
        <EmptyState heading="h1" title={title} tone={tone} actions={actions}>
          {children}
        </EmptyState>
      </main>
    </>
  )
}
