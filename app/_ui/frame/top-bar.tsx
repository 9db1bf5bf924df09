import type { ReactNode } from 'react'
import { Icon } from '../icon'
import { Brand } from '../mark'

export interface NavItem {
  href: string
  label: string
  /** How much waits there; left out when nothing does. */
  waitingCount?: number
}

/** Mark, places, who is signed in. Below 992 px the places fold into a menu. `end` is for account and sign-out. */
export function TopBar({
  items,
  current,
  viewerName,
  organisation,
  end,
}: {
  items: readonly NavItem[]
  /** The `href` of the place this page belongs to. */
  current: string | null
  viewerName: string
  organisation: string
  end?: ReactNode
}) {
  return (
    <header className="top">
      <div className="wrap">
        <Brand />
        <nav className="nav" aria-label="Main">
          <NavLinks items={items} current={current} />
        </nav>
        <div className="top-end">
          <p className="who">
            {viewerName}
            <span>{organisation}</span>
          </p>
          {end}
        </div>
        <details className="menu">
          <summary>
            <Icon name="menu" />
            <span className="vh">Menu</span>
          </summary>
          <nav className="menu-sheet" aria-label="Main, small screen">
            <NavLinks items={items} current={current} />
            <div className="menu-who">
              <p>
                {viewerName}, {organisation}
              </p>
              {end}
            </div>
          </nav>
        </details>
      </div>
    </header>
  )
}

function NavLinks({ items, current }: { items: readonly NavItem[]; current: string | null }) {
  return items.map((item) => (
    <a key={item.href} href={item.href} aria-current={item.href === current ? 'page' : undefined}>
      {item.label}{' '}
      {item.waitingCount ? (
        <span className="count">
          {item.waitingCount}
          <span className="vh"> waiting</span>
        </span>
      ) : null}
    </a>
  ))
}
