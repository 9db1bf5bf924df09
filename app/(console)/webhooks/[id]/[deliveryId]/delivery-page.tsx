import { type Clock, timeText } from '#lib/wire/clock'
import type { WebhookDeliveryView } from '#lib/wire/views/webhooks'
import { EmptyState } from '../../../../_ui/empty-state'
import { Facts } from '../../../../_ui/facts'
import { Crumbs } from '../../../../_ui/frame/console-frame'
import { countText } from '../../../../_ui/number-words'
import { PageHead, Section } from '../../../../_ui/section'
import { Sent } from '../../../../_ui/sent'
import { eventWords } from '../../words'
import { DeliveryStanding } from '../deliveries'
import { Attempt } from './attempt'
import { Replay } from './replay'

/** One event for one endpoint: each try with what was sent and what came back. */
export function DeliveryPage({ delivery, clock }: { delivery: WebhookDeliveryView; clock: Clock }) {
  const { id, type, endpoint, log, attemptsEver } = delivery
  const isOn = endpoint.state === 'enabled' || endpoint.state === 'failing'
  return (
    <>
      <div className="page-crumbs">
        <Crumbs
          trail={[
            { href: '/webhooks', label: 'Webhooks' },
            { href: `/webhooks/${endpoint.id}`, label: endpoint.host },
          ]}
          here="Delivery"
        />
      </div>
      <PageHead title={type}>
        To {endpoint.host}, of {endpoint.callerName}.
      </PageHead>
      <Section id="delivery" title="Delivery" note="The id is the same in every try." isFirst>
        <div className="stack">
          <DeliveryFacts delivery={delivery} clock={clock} />
          <Replay endpointId={endpoint.id} deliveryId={id} isOn={isOn} />
        </div>
      </Section>
      <Section
        id="tries"
        title="Tries"
        note="Newest first. Signatures are left out: whoever reads this need not be able to send it."
      >
        <div>
          {log.length === 0 && (
            <EmptyState title="Not sent yet" heading="h3">
              <p>{isOn ? 'It is sent in a moment.' : 'It is sent once the endpoint is enabled.'}</p>
            </EmptyState>
          )}
          {log.map((attempt, at) => (
            <Attempt key={attempt.ordinal} attempt={attempt} isOpen={at === 0} clock={clock} />
          ))}
          {attemptsEver > log.length && log.length > 0 && (
            <p className="soft">
              The newest {countText(log.length)} of {countText(attemptsEver)} tries.
            </p>
          )}
        </div>
      </Section>
    </>
  )
}

function DeliveryFacts({ delivery, clock }: { delivery: WebhookDeliveryView; clock: Clock }) {
  const { type, at, eventId, ordinal, request } = delivery
  const words = eventWords(type)
  return (
    <Facts
      facts={[
        { label: 'State', value: <DeliveryStanding delivery={delivery} clock={clock} /> },
        {
          label: 'Event',
          value: <code>{type}</code>,
          sub: words ?? 'A test: nothing happened to any request.',
        },
        { label: 'Happened', value: timeText(at, 'full', clock) },
        {
          label: 'Request',
          value: request ? (
            <a className="goal-said" href={`/tickets/${request.id}`}>
              <Sent text={request.goal} />
            </a>
          ) : (
            'None'
          ),
          sub: ordinal !== null && `Entry ${ordinal} of its record`,
        },
        { label: 'webhook-id', value: <code className="address">{eventId}</code> },
      ]}
    />
  )
}
