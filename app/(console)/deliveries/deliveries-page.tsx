import type { ReactNode } from 'react'
import { type Clock, msBetween } from '#lib/wire/clock'
import { DELIVERY_KINDS, MOST_DELIVERIES } from '#lib/wire/deliveries'
import type { DeliveriesView } from '#lib/wire/views/deliveries'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { ListBar, type ListSelect, listQuery } from '../../_ui/list-bar'
import { Notice } from '../../_ui/notice'
import { countText } from '../../_ui/number-words'
import { PageHead } from '../../_ui/section'
import { Since, Time, Until } from '../../_ui/time'
import { DeliveriesTable } from './deliveries-table'

const KIND_CHOICES: Record<(typeof DELIVERY_KINDS)[number], string> = {
  card: 'Cards',
  direct: 'Direct messages',
  requester: 'Messages to owners',
  digest: 'Digests',
  alert: 'Alerts',
  route: 'No channel set',
}

/** What Slack was told, what it is told next, and what it could not be told. */
export function DeliveriesPage({
  deliveries,
  clock,
  live,
}: {
  deliveries: DeliveriesView
  clock: Clock
  /** Whether the page hears of changes. */
  live?: ReactNode
}) {
  const { tab, tabCounts, filter, rows, nextCursor } = deliveries
  const kind: ListSelect = {
    name: 'kind',
    label: 'Kind of message',
    all: 'Any kind',
    options: DELIVERY_KINDS.map((value) => ({ value, label: KIND_CHOICES[value] })),
    chosen: filter.kind,
  }
  const query = { tab, text: filter.text, selects: [kind] }
  return (
    <>
      <PageHead title="Deliveries">
        What Slack was told, and what it could not be told. {live}
      </PageHead>
      <ListBar
        href="/deliveries"
        tabs={[
          { id: 'all', label: 'All' },
          { id: 'failed', label: 'Failed', count: tabCounts.failed },
          { id: 'waiting', label: 'Waiting', count: tabCounts.waiting },
        ]}
        what="deliveries"
        placeholder="Request, channel, person"
        {...query}
      />
      <Troubles deliveries={deliveries} clock={clock} />
      {rows.length === 0 ? (
        <NothingShown deliveries={deliveries} />
      ) : (
        <DeliveriesTable rows={rows} clock={clock} isAdmin={deliveries.isAdmin} />
      )}
      {nextCursor && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink
              size="small"
              href={`/deliveries?${listQuery(query)}&${new URLSearchParams({ cursor: nextCursor })}`}
            >
              Show more
            </ButtonLink>
          </div>
        </div>
      )}
    </>
  )
}

/** What concerns all messages at once. */
function Troubles({ deliveries, clock }: { deliveries: DeliveriesView; clock: Clock }) {
  const { fault, pausedUntil, hasSlack, hasWorkspace, isAdmin, rows } = deliveries
  const setUp = isAdmin && (
    <a className="small" href="/slack">
      Slack’s settings
    </a>
  )
  if (rows.length > 0 && !hasSlack) {
    return (
      <Notice tone="hold" isCompact lead="Slack is not set up here any more." action={setUp}>
        Nothing below is sent or changed. Votes in the console count as ever.
      </Notice>
    )
  }
  if (fault) {
    return (
      <Notice tone="hold" isCompact role="status" lead={fault.why} action={setUp}>
        For <Since at={fault.since} clock={clock} />, since{' '}
        <Time at={fault.since} form="day_seconds" clock={clock} />. Nothing is lost: messages wait,
        and votes in the console count as ever.
      </Notice>
    )
  }
  if (rows.length > 0 && !hasWorkspace) {
    return (
      <Notice tone="hold" isCompact lead="Countersign is in no Slack workspace." action={setUp}>
        What is not sent waits until it is. Votes in the console count as ever.
      </Notice>
    )
  }
  if (pausedUntil && msBetween(clock.now, pausedUntil) > 0) {
    return (
      <Notice tone="plain" isCompact role="status" lead="Slack asked for patience.">
        Messages go on in <Until at={pausedUntil} clock={clock} />, in their order.
      </Notice>
    )
  }
  return null
}

function NothingShown({ deliveries }: { deliveries: DeliveriesView }) {
  const { filter, tab, hasSlack, hasWorkspace, isAdmin } = deliveries
  if (filter.text !== '' || filter.kind !== null) {
    return (
      <EmptyState
        title={filter.text ? `No delivery matches “${filter.text}”` : 'No delivery matches'}
        tone="past"
        actions={<ButtonLink href={`/deliveries?view=${tab}`}>Clear the search</ButtonLink>}
      >
        <p>
          The search covers request ids, channel ids, people and callers
          {tab === 'all' && `; of what was sent, the newest ${countText(MOST_DELIVERIES)}`}.
        </p>
      </EmptyState>
    )
  }
  if (!hasSlack || !hasWorkspace) {
    return (
      <EmptyState
        title={hasSlack ? 'Countersign is in no Slack workspace yet' : 'Slack is not set up here'}
        tone="past"
        actions={isAdmin && <ButtonLink href="/slack">Set Slack up</ButtonLink>}
      >
        <p>
          Held requests are shown in the inbox alone, and voting there works without Slack.
          {!isAdmin && ' An admin can set it up.'}
        </p>
      </EmptyState>
    )
  }
  if (tab !== 'all') {
    return (
      <EmptyState
        title={tab === 'failed' ? 'Nothing failed' : 'Nothing waits'}
        tone="clear"
        actions={<ButtonLink href="/deliveries">See all deliveries</ButtonLink>}
      >
        <p>Slack has everything that it was to be told.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="Slack was told nothing yet"
      tone="past"
      actions={isAdmin && <ButtonLink href="/slack#routing">Set the channels</ButtonLink>}
    >
      <p>A card is posted as soon as a request is held and a channel is set for it.</p>
    </EmptyState>
  )
}
