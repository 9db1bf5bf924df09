import { type Clock, timeText } from '#lib/wire/clock'
import { localOfInstant } from '#lib/wire/local-time'
import type { EndpointView } from '#lib/wire/views/webhooks'
import { Facts } from '../../../_ui/facts'
import { Fold } from '../../../_ui/fold'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { Notice } from '../../../_ui/notice'
import { counted } from '../../../_ui/number-words'
import { PageHead, Section } from '../../../_ui/section'
import { Sent } from '../../../_ui/sent'
import { EndpointStanding } from '../endpoints-table'
import { Deliveries } from './deliveries'
import { EditEndpoint } from './edit-endpoint'
import { EndpointActs } from './endpoint-acts'
import { ReplayRange } from './replay-range'
import { Rotate } from './rotate'

const REPLAYED_BY_DEFAULT_MS = 86_400_000

/** One endpoint: what it is, how it fares, and everything that was sent to it. */
export function EndpointPage({ endpoint, clock }: { endpoint: EndpointView; clock: Clock }) {
  const { id, host, callerName, url, description, eventTypes } = endpoint
  const isOn = endpoint.state === 'enabled' || endpoint.state === 'failing'
  const now = Date.parse(clock.now)
  return (
    <>
      <div className="page-crumbs">
        <Crumbs trail={[{ href: '/webhooks', label: 'Webhooks' }]} here={<code>{host}</code>} />
      </div>
      <PageHead title={`Webhook to ${host}`}>Told of the requests of {callerName}.</PageHead>
      <Trouble endpoint={endpoint} clock={clock} />
      <Section id="endpoint" title="Endpoint" note="What waits is sent when it is enabled." isFirst>
        <div className="stack">
          <EndpointFacts endpoint={endpoint} clock={clock} />
          <EndpointActs endpointId={id} host={host} isOn={isOn} />
          <Fold icon="pen" title="Change address and events">
            <EditEndpoint endpointId={id} settings={{ url, description, eventTypes }} />
          </Fold>
        </div>
      </Section>
      <Section
        id="secret"
        title="Secret"
        note="Each delivery is signed with it. It is never shown again."
      >
        <Rotate
          endpointId={id}
          oldEnds={endpoint.oldSecretEndsAt && timeText(endpoint.oldSecretEndsAt, 'day', clock)}
        />
      </Section>
      <Section id="deliveries" title="Deliveries" note="Newest first.">
        <Deliveries endpoint={endpoint} clock={clock} />
      </Section>
      {isOn && (
        <Section
          id="replay"
          title="Send a range again"
          note="With the ids of the first time, so that the receiver can tell."
        >
          <ReplayRange
            endpointId={id}
            zone={clock.zone}
            from={localOfInstant(now - REPLAYED_BY_DEFAULT_MS, clock.zone)}
            to={localOfInstant(now, clock.zone)}
          />
        </Section>
      )}
    </>
  )
}

/** What stops deliveries from arriving, and what to do. */
function Trouble({ endpoint, clock }: { endpoint: EndpointView; clock: Clock }) {
  const { state, since } = endpoint
  const at = since ? timeText(since, 'day', clock) : ''
  if (state === 'failing') {
    return (
      <Notice tone="hold" isCompact lead={`Nothing has reached it since ${at}.`}>
        Deliveries are tried again by themselves for three days; after five days of failures the
        endpoint is disabled. The newest delivery says what came back.
      </Notice>
    )
  }
  if (state === 'given_up' || state === 'gone') {
    const why = state === 'gone' ? 'it answered 410 Gone' : 'nothing had reached it for five days'
    return (
      <Notice tone="stop" isCompact lead={`Disabled on ${at}: ${why}.`}>
        Nothing is lost. Mend the receiver, enable the endpoint, then send the missed range again.
      </Notice>
    )
  }
  return null
}

function EndpointFacts({ endpoint, clock }: { endpoint: EndpointView; clock: Clock }) {
  const { url, description, eventTypes, lastSuccessAt, createdAt, createdByName } = endpoint
  return (
    <Facts
      facts={[
        {
          label: 'State',
          value: <EndpointStanding endpoint={endpoint} clock={clock} />,
        },
        {
          label: 'Address',
          value: (
            <code className="address">
              <Sent text={url} />
            </code>
          ),
          sub: description,
        },
        { label: 'Caller', value: endpoint.callerName },
        {
          label: 'Told of',
          value: counted(eventTypes.length, 'type of event', 'types of events'),
          sub: <code className="address">{eventTypes.join(', ')}</code>,
        },
        {
          label: 'Last success',
          value: lastSuccessAt ? timeText(lastSuccessAt, 'day', clock) : 'None yet',
        },
        {
          label: 'Added',
          value: timeText(createdAt, 'day', clock),
          sub: createdByName && `by ${createdByName}`,
        },
      ]}
    />
  )
}
