import type { ReactNode } from 'react'
import type { PageView } from '#lib/wire/views/common'
import { Button } from '../_ui/button'
import { ConsoleFrame } from '../_ui/frame/console-frame'
import { AboutAccount } from './about-account'

/** A page of the console for somebody who is signed in: the places there are, and the way out. */
export function ConsolePage({
  page,
  current,
  isWrapped,
  isBriefAbove = false,
  bar,
  children,
}: {
  page: PageView
  /** The place the page belongs to; null: none of them. */
  current:
    | '/inbox'
    | '/policy'
    | '/deliveries'
    | '/people'
    | '/callers'
    | '/webhooks'
    | '/slack'
    | '/audit'
    | '/queues'
    | '/insights'
    | '/settings'
    | '/account'
    | null
  isWrapped?: boolean
  /** What concerns the person and not the page is one line above it: a page that is read and signed in seconds. */
  isBriefAbove?: boolean
  bar?: ReactNode
  children: ReactNode
}) {
  return (
    <ConsoleFrame
      page={page}
      items={[
        { href: '/inbox', label: 'Inbox', waitingCount: page.needsMeCount },
        { href: '/policy', label: 'Policy' },
        { href: '/deliveries', label: 'Deliveries' },
        { href: '/people', label: 'People' },
        { href: '/callers', label: 'Callers' },
        { href: '/webhooks', label: 'Webhooks' },
        ...(page.isAdmin ? [{ href: '/slack', label: 'Slack', isOversight: true }] : []),
        ...(page.canAudit ? [{ href: '/audit', label: 'Audit', isOversight: true }] : []),
        ...(page.isAdmin ? [{ href: '/queues', label: 'Queues', isOversight: true }] : []),
        ...(page.canSeeInsights
          ? [{ href: '/insights', label: 'Insights', isOversight: true }]
          : []),
        ...(page.isAdmin ? [{ href: '/settings', label: 'Settings', isOversight: true }] : []),
      ]}
      current={current}
      isWrapped={isWrapped ?? true}
      bar={bar}
      above={<AboutAccount clock={page} isBrief={isBriefAbove} />}
      end={<AccountLinks isHere={current === '/account'} />}
    >
      {children}
    </ConsoleFrame>
  )
}

/** Signing out is a plain post, so that it works whatever else of a page does not. */
function AccountLinks({ isHere }: { isHere: boolean }) {
  return (
    <>
      <a className="small" href="/account" aria-current={isHere ? 'page' : undefined}>
        Account
      </a>
      <form method="post" action="/sign-out">
        <Button kind="quiet" size="small" type="submit">
          Sign out
        </Button>
      </form>
    </>
  )
}
