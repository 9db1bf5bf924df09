import type { ReactNode } from 'react'
import type { PageView } from '#lib/wire/views/common'
import { Footer } from './footer'
import { type NavItem, TopBar } from './top-bar'

/** A console page: top bar, matter, what stays at the bottom (the vote bar), foot. */
export function ConsoleFrame({
  page,
  items,
  current,
  isWrapped = true,
  end,
  above,
  bar,
  children,
}: {
  page: PageView
  items: readonly NavItem[]
  current: string | null
  /** False where the page sets its own width, as a ticket does. */
  isWrapped?: boolean
  /** Account and sign-out. */
  end?: ReactNode
  /** Between the top bar and the matter: what concerns the person and not the page. */
  above?: ReactNode
  bar?: ReactNode
  children: ReactNode
}) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar
        items={items}
        current={current}
        viewerName={page.viewer.name}
        organisation={page.organisation}
        end={end}
      />
      {above}
      <main id="main" className={isWrapped ? 'wrap' : undefined}>
        {children}
      </main>
      {bar}
      <Footer policyVersion={page.policyVersion} audit={page.audit} clock={page} />
    </>
  )
}

/** Where the page is, from the inbox down. The last one is the page itself. */
export function Crumbs({
  trail,
  here,
}: {
  trail: readonly { href: string; label: string }[]
  here: ReactNode
}) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="crumbs">
        {trail.map((step) => (
          <li key={step.href}>
            <a href={step.href}>{step.label}</a>
          </li>
        ))}
        <li>{here}</li>
      </ol>
    </nav>
  )
}
