import type { ReactNode } from 'react'
import { Brand } from '../_ui/mark'
import { PageHead } from '../_ui/section'

/** One column that asks one thing, for whoever is not signed in yet. */
export function Sheet({
  organisation,
  title,
  lead,
  children,
}: {
  organisation: string
  title: string
  lead: ReactNode
  children: ReactNode
}) {
  return (
    <div className="signing door">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="sheet">
        <header className="sheet-top">
          <Brand />
          <span>{organisation}</span>
        </header>
        <main id="main">
          <PageHead title={title}>{lead}</PageHead>
          {children}
        </main>
      </div>
    </div>
  )
}
