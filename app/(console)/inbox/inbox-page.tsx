import type { ReactNode } from 'react'
import { type Clock, dayOf } from '#lib/wire/clock'
import { type InboxAlertView, type InboxView, MOST_SEARCHED } from '#lib/wire/views-inbox'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { InboxBar } from '../../_ui/inbox-bar'
import { InboxSection } from '../../_ui/inbox-section'
import { Notice } from '../../_ui/notice'
import { cappedText, counted, countText } from '../../_ui/number-words'
import { PageHead } from '../../_ui/section'
import { Sent } from '../../_ui/sent'
import { Since, Time, Until } from '../../_ui/time'

/** What needs the viewer first, then what waits for others, then what ended. */
export function InboxPage({
  inbox,
  clock,
  live = 'Live',
  batchReject,
  cursorId = null,
}: {
  inbox: InboxView
  clock: Clock
  /** Whether the page hears of changes. */
  live?: ReactNode
  /** Rejecting several at once; without it rows cannot be selected. */
  batchReject?: ReactNode
  cursorId?: string | null
}) {
  const shown = inbox.sections.filter((section) => section.rows.length > 0)
  return (
    <>
      <PageHead title="Inbox">
        <NeedLine inbox={inbox} clock={clock} />
      </PageHead>
      <InboxBar inbox={inbox} />
      {inbox.alerts.map((alert) => (
        <Alert key={alert.kind} alert={alert} clock={clock} />
      ))}
      {shown.length === 0 && <NothingShown inbox={inbox} live={live} />}
      {shown.map((section, at) => (
        <InboxSection
          key={section.id}
          section={section}
          clock={clock}
          isFirst={at === 0}
          isSelectable={batchReject !== undefined}
          title={section.id === 'closed' && inbox.tab === 'today' ? 'Closed today' : undefined}
          end={at === 0 && <LiveLine live={live} inbox={inbox} clock={clock} />}
          cursorId={cursorId}
        />
      ))}
      {shown.length > 0 && <ListFoot inbox={inbox} batchReject={batchReject} />}
    </>
  )
}

function NeedLine({ inbox, clock }: { inbox: InboxView; clock: Clock }) {
  const { needsMeCount, firstClosesAt } = inbox
  if (needsMeCount === 0) return <>Nothing needs you.</>
  return (
    <>
      {cappedText(needsMeCount)} {needsMeCount === 1 ? 'request needs' : 'requests need'} you.
      {firstClosesAt && (
        <>
          {needsMeCount === 1 ? ' It closes in ' : ' The first one closes in '}
          <Until at={firstClosesAt} clock={clock} long />.
        </>
      )}
    </>
  )
}

function LiveLine({ live, inbox, clock }: { live: ReactNode; inbox: InboxView; clock: Clock }) {
  const at = inbox.lastChangeAt
  if (!at) return live
  const isToday = dayOf(at, clock.zone) === dayOf(clock.now, clock.zone)
  return (
    <>
      Last change <Time at={at} form={isToday ? 'seconds' : 'day'} clock={clock} /> {live}
    </>
  )
}

const alertLook = {
  never_collected: {
    lead: 'Released, never collected',
    was: 'was released',
    now: 'Its runtime has not asked for the token.',
  },
  never_reported: {
    lead: 'Redeemed, never reported',
    was: 'was redeemed',
    now: 'The runtime has not said how it ended.',
  },
} as const

function Alert({ alert, clock }: { alert: InboxAlertView; clock: Clock }) {
  const look = alertLook[alert.kind]
  return (
    <Notice tone="hold" isCompact role="status" lead={`${look.lead}: ${countText(alert.count)}.`}>
      <a className="goal-said" href={`/tickets/${alert.requestId}`}>
        <Sent text={alert.goal} />
      </a>{' '}
      {look.was} <Since at={alert.since} clock={clock} /> ago. {look.now}
    </Notice>
  )
}

const FIRST_CALL =
  'curl -H "Authorization: Bearer $AGENT_KEY" --json @deploy.json $COUNTERSIGN_URL/v1/requests'

function NothingShown({ inbox, live }: { inbox: InboxView; live: ReactNode }) {
  if (inbox.isFresh) {
    return (
      <EmptyState title="No requests yet" tone="past">
        <p>Register a caller, then send its first contract:</p>
        <pre className="bytes">{FIRST_CALL}</pre>
        <p className="tiny quiet">{live}</p>
      </EmptyState>
    )
  }
  const { text, risk, callerId } = inbox.filter
  if (text || risk || callerId) {
    return (
      <EmptyState
        title={text ? `No request matches “${text}”` : 'No request matches'}
        tone="past"
        actions={<ButtonLink href={`/inbox?view=${inbox.tab}`}>Clear the search</ButtonLink>}
      >
        <p>
          The search covers goal, tool, caller and request id
          {inbox.tab === 'closed' && `, of the newest ${countText(MOST_SEARCHED)} closed requests`}.
        </p>
        <p className="tiny quiet">{live}</p>
      </EmptyState>
    )
  }
  const openCount = inbox.tabCounts.open
  return (
    <EmptyState
      title="Nothing needs you"
      tone="clear"
      actions={openCount > 0 && <ButtonLink href="/inbox?view=open">See open requests</ButtonLink>}
    >
      <p>
        {openCount > 0
          ? `${counted(openCount, 'request waits', 'requests wait')} for other people.`
          : 'No request is open.'}
      </p>
      <p className="tiny quiet">{live}</p>
    </EmptyState>
  )
}

function ListFoot({ inbox, batchReject }: { inbox: InboxView; batchReject: ReactNode }) {
  return (
    <div className="list-foot">
      <p className="legend-keys">
        <span>
          <kbd>j</kbd> <kbd>k</kbd> move
        </span>
        <span>
          <kbd>Enter</kbd> open
        </span>
        <span>
          <kbd>/</kbd> search
        </span>
        <span>
          <kbd>?</kbd> all keys
        </span>
      </p>
      <div className="acts">
        {inbox.nextCursor && (
          <ButtonLink size="small" href={moreHref(inbox, inbox.nextCursor)}>
            Show more
          </ButtonLink>
        )}
        {batchReject}
      </div>
    </div>
  )
}

function moreHref(inbox: InboxView, cursor: string): string {
  const query = new URLSearchParams({ view: inbox.tab, cursor })
  if (inbox.filter.text) query.set('q', inbox.filter.text)
  if (inbox.filter.risk) query.set('risk', inbox.filter.risk)
  if (inbox.filter.callerId) query.set('caller', inbox.filter.callerId)
  return `/inbox?${query.toString()}`
}
