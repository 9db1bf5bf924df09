import type { Clock } from '#lib/wire/clock'
import type { TicketDeliveriesView } from '#lib/wire/views/deliveries'
import type { TicketView } from '#lib/wire/views/ticket'
import { Notice } from '../notice'
import { Section } from '../section'
import { Tool } from '../sent'
import { Since, Time } from '../time'
import { DeliveryPlace, DeliveryStanding, DeliveryTime, deliveryKindWords } from './delivery'

interface Part {
  ticket: Pick<TicketView, 'state' | 'tools' | 'environment'>
  told: TicketDeliveriesView
  clock: Clock
}

/** Whether something of Slack is worth a notice: once a ticket has ended, nobody has to be reached any more. */
export function saysNotice({ ticket, told }: Omit<Part, 'clock'>): boolean {
  return ticket.state === 'open' && (told.isUnrouted || told.unreachedSince !== null)
}

/** That nobody could be told, at the top of the ticket: whoever reads it may tell them. */
export function SlackNotices({ ticket, told, clock }: Part) {
  const { isUnrouted, unreachedSince, canRoute } = told
  return (
    <>
      {isUnrouted && (
        <Notice tone="hold" lead={<NoChannel ticket={ticket} />}>
          No card stands in any channel.{' '}
          {canRoute ? <a href="/slack#routing">Set one</a> : 'An admin can set one.'}
        </Notice>
      )}
      {unreachedSince !== null && (
        <Notice tone="hold" lead="Nobody who may approve could be reached.">
          Since <Time at={unreachedSince} form="day" clock={clock} />, for{' '}
          <Since at={unreachedSince} clock={clock} />. It stands in their inboxes: tell one of them.
        </Notice>
      )}
    </>
  )
}

function NoChannel({ ticket: { tools, environment } }: Pick<Part, 'ticket'>) {
  const [tool] = tools
  return (
    <>
      No Slack channel is set for {tool ? <Tool name={tool.name} /> : 'it'}
      {environment.registered && ` in ${environment.name}`}.
    </>
  )
}

/** Where Slack was told of the request, and how far each of it got. */
export function SlackSection({ told, clock }: Part) {
  const { deliveries, fault } = told
  return (
    <Section
      id="slack"
      title="Slack"
      note="Where it is announced. Votes in the console count as ever."
      isPrinted={false}
    >
      <div className="stack">
        {fault && (
          <Notice tone="hold" isCompact lead={fault.why}>
            For <Since at={fault.since} clock={clock} />. What is not sent waits.
          </Notice>
        )}
        {deliveries.length === 0 ? (
          <p className="soft">It is about to be announced.</p>
        ) : (
          <table className="table cards deliveries of-one">
            <caption className="vh">Messages to Slack about this request</caption>
            <thead>
              <tr>
                <th scope="col" className="c-what">
                  What
                </th>
                <th scope="col" className="c-where">
                  Where
                </th>
                <th scope="col">State</th>
                <th scope="col" className="c-when">
                  Sent, or tried next
                </th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery, at) => (
                <tr key={String(at)}>
                  <th scope="row">{deliveryKindWords[delivery.kind]}</th>
                  <td>
                    <DeliveryPlace to={delivery.to} />
                  </td>
                  <td>
                    <DeliveryStanding delivery={delivery} />
                  </td>
                  <td>
                    <DeliveryTime delivery={delivery} clock={clock} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Section>
  )
}
