import type { ReactNode } from 'react'
import { type Clock, dayOf } from '#lib/wire/clock'
import type { InboxAlertView, InboxSectionView, InboxView } from '#lib/wire/views/inbox'
import { ButtonLink } from '../../_ui/button'
import { InboxBar } from '../../_ui/inbox/inbox-bar'
import { inboxHref } from '../../_ui/inbox/inbox-href'
import { InboxSection } from '../../_ui/inbox/inbox-section'
import { Notice } from '../../_ui/notice'
import { cappedText, countText } from '../../_ui/number-words'
import { PageHead } from '../../_ui/section'
import { Sent } from '../../_ui/sent'
import { Since, Time, Until } from '../../_ui/time'
import { NothingShown } from './nothing-shown'

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
        {/* With nothing to head, the mark stands where other lists have it. */}
        {shown.length === 0 && live}
      </PageHead>
      <InboxBar inbox={inbox} />
      {alertsOf(inbox).map((alert) => (
        <Alert key={alert.kind} alert={alert} clock={clock} />
      ))}
      {shown.length === 0 && <NothingShown inbox={inbox} />}
      {shown.map((section, at) => (
        <InboxSection
          key={section.id}
          section={section}
          clock={clock}
          isFirst={at === 0}
          isSelectable={Boolean(batchReject)}
          title={section.id === 'closed' && inbox.tab === 'today' ? 'Closed today' : undefined}
          foot={<Rest inbox={inbox} section={section} />}
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

/** What has a view of its own is not told above that view. */
function alertsOf({ alerts, filter, backCursor }: InboxView): InboxAlertView[] {
  return backCursor === null ? alerts.filter(({ kind }) => kind !== filter.state) : []
}

/** What needs the viewer and has no room above the rest. */
function Rest({ inbox, section }: { inbox: InboxView; section: InboxSectionView }) {
  const isWhole = section.rows.length >= section.totalCount && !section.isMore
  if (section.id !== 'needs_me' || inbox.tab === 'needs_me' || isWhole) return null
  const { sort, sorts, filter } = inbox
  return (
    <p className="group-rest">
      <a href={inboxHref({ tab: 'needs_me', sort, sorts, filter })}>See all that need you</a>
    </p>
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
    <Notice
      tone="hold"
      isCompact
      role="status"
      lead={`${look.lead}: ${countText(alert.count)}.`}
      action={
        <a className="small" href={`/inbox?view=${alert.kind}`}>
          {alert.count === 1 ? 'What to do' : `See all ${countText(alert.count)}`}
          <span className="vh">: {look.lead}</span>
        </a>
      }
    >
      <a className="goal-said" href={`/tickets/${alert.requestId}`}>
        <Sent text={alert.goal} />
      </a>{' '}
      {look.was} <Since at={alert.since} clock={clock} /> ago. {look.now}
    </Notice>
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
        {batchReject && (
          <span>
            <kbd>x</kbd> select
          </span>
        )}
        <span>
          <kbd>/</kbd> search
        </span>
        <span>
          <kbd>?</kbd> all keys
        </span>
      </p>
      <div className="acts">
        {inbox.backCursor !== null && (
          <ButtonLink size="small" href={inboxHref(inbox, { cursor: inbox.backCursor })}>
            Back
          </ButtonLink>
        )}
        {inbox.nextCursor && (
          <ButtonLink size="small" href={inboxHref(inbox, { cursor: inbox.nextCursor })}>
            Show more
          </ButtonLink>
        )}
        {batchReject}
      </div>
    </div>
  )
}
