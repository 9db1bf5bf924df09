import type { ReactNode } from 'react'
import { Icon } from '../icon'
import { Brand } from '../mark'

export interface NavItem {
  href: string
  label: string
  /** How much waits there; left out when nothing does. */
  waitingCount?: number
  /** For those who look after the installation: under one head where there is no room for all. */
  isOversight?: boolean
}

/** Places that a bar of 1280 px has room for. */
const MOST_PLACES = 7

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
          <Places items={items} current={current} />
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

/** All in one line, or what is oversight under a head of its own. */
function Places({ items, current }: { items: readonly NavItem[]; current: string | null }) {
  if (items.length <= MOST_PLACES) return <NavLinks items={items} current={current} />
  const under = items.filter(({ isOversight }) => isOversight)
  const here = under.find(({ href }) => href === current)
  return (
    <>
      <NavLinks items={items.filter(({ isOversight }) => !isOversight)} current={current} />
      <details className="nav-under">
        <summary className={here && 'is-here'}>
          More{here && <span className="vh">, {here.label}</span>}
        </summary>
        <div className="nav-sheet">
          <NavLinks items={under} current={current} />
        </div>
      </details>
    </>
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
