import { type Clock, msBetween, timeText } from '#lib/wire/clock'
import type { DeliveryFilter, EndpointView, WebhookDeliveryRowView } from '#lib/wire/views/webhooks'
import { ButtonLink } from '../../../_ui/button'
import { EmptyState } from '../../../_ui/empty-state'
import { cappedText, counted } from '../../../_ui/number-words'
import { Sent } from '../../../_ui/sent'
import { WebhookState } from '../../../_ui/state'
import { Until } from '../../../_ui/time'
import { metShort } from '../words'

const TABS: Record<DeliveryFilter, string> = {
  all: 'All',
  waiting: 'Waiting',
  delivered: 'Delivered',
  dead: 'Dead letters',
}

/** What was sent to an endpoint, waits for it or was given up; each row opens its log. */
export function Deliveries({ endpoint, clock }: { endpoint: EndpointView; clock: Clock }) {
  const { id, filter, counts, deliveries, nextBefore } = endpoint
  return (
    <div>
      <nav className="tabs" aria-label="Deliveries by state">
        {(Object.keys(TABS) as DeliveryFilter[]).map((view) => (
          <a
            key={view}
            href={`/webhooks/${id}?view=${view}#deliveries`}
            aria-current={view === filter ? 'page' : undefined}
          >
            {TABS[view]}{' '}
            {(view === 'waiting' || view === 'dead') && (
              <span className="count">{cappedText(counts[view])}</span>
            )}
          </a>
        ))}
      </nav>
      {deliveries.length === 0 ? (
        <NoDelivery endpoint={endpoint} />
      ) : (
        <DeliveriesTable endpointId={id} rows={deliveries} clock={clock} />
      )}
      {nextBefore && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink
              size="small"
              href={`/webhooks/${id}?view=${filter}&before=${nextBefore}#deliveries`}
            >
              Show older
            </ButtonLink>
          </div>
        </div>
      )}
    </div>
  )
}

function DeliveriesTable({
  endpointId,
  rows,
  clock,
}: {
  endpointId: string
  rows: readonly WebhookDeliveryRowView[]
  clock: Clock
}) {
  return (
    <table className="table cards webhooks">
      <caption className="vh">Deliveries, newest first</caption>
      <thead>
        <tr>
          <th scope="col" className="c-what">
            Event
          </th>
          <th scope="col">Happened</th>
          <th scope="col">State</th>
          <th scope="col">Came back</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a href={`/webhooks/${endpointId}/${row.id}`}>
                <code>{row.type}</code>
                <span className="vh"> of {timeText(row.at, 'day_seconds', clock)}</span>
              </a>
              {row.request && (
                <span className="goal-said sub">
                  <Sent text={row.request.goal} />
                </span>
              )}
            </th>
            <td>{timeText(row.at, 'day_seconds', clock)}</td>
            <td>
              <DeliveryStanding delivery={row} clock={clock} />
            </td>
            <td>{row.last ? metShort(row.last) : <span className="soft">Not sent yet</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The state, and under it when something happens next. */
export function DeliveryStanding({
  delivery: { state, dueAt, endedAt, attempts },
  clock,
}: {
  delivery: WebhookDeliveryRowView
  clock: Clock
}) {
  return (
    <>
      <WebhookState state={state} />
      {endedAt && <span className="sub">{timeText(endedAt, 'day_seconds', clock)}</span>}
      {dueAt && (
        <span className="sub">
          {msBetween(clock.now, dueAt) > 0 ? (
            <>
              next try in <Until at={dueAt} clock={clock} />
            </>
          ) : (
            'sent in a moment'
          )}
        </span>
      )}
      {attempts > 1 && <span className="sub">{counted(attempts, 'try', 'tries')}</span>}
    </>
  )
}

function NoDelivery({ endpoint: { filter, id, state } }: { endpoint: EndpointView }) {
  if (filter !== 'all') {
    return (
      <EmptyState
        title={NONE[filter]}
        heading="h3"
        actions={<ButtonLink href={`/webhooks/${id}#deliveries`}>See all deliveries</ButtonLink>}
      />
    )
  }
  return (
    <EmptyState title="Nothing was sent yet" heading="h3">
      <p>
        {state === 'enabled'
          ? 'Send a test to see whether it arrives. The next request of the caller is told by itself.'
          : 'Nothing is sent while the endpoint is disabled.'}
      </p>
    </EmptyState>
  )
}

const NONE: Record<Exclude<DeliveryFilter, 'all'>, string> = {
  waiting: 'Nothing waits',
  delivered: 'Nothing was delivered yet',
  dead: 'No dead letters',
}
