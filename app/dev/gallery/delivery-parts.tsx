import type { TicketDeliveriesView } from '#lib/wire/views/deliveries'
import { SlackNotices, SlackSection } from '../../_ui/ticket/ticket-slack'
import { openClock } from './sample-frame'
import { openTicket as ticket } from './sample-ticket'

const told: TicketDeliveriesView = {
  isUnrouted: true,
  unreachedSince: '2026-03-16T10:26:00+01:00',
  fault: { why: 'Slack did not answer in time.', since: '2026-03-16T10:48:00+01:00' },
  isExpected: true,
  canRoute: true,
  deliveries: [
    {
      kind: 'card',
      to: { kind: 'channel', id: 'C0RELEASE1' },
      state: 'sent',
      why: null,
      attempts: 0,
      dueAt: null,
      sentAt: '2026-03-16T10:41:08+01:00',
      changedAt: null,
    },
    {
      kind: 'direct',
      to: { kind: 'person', name: 'Tomás Rey' },
      state: 'failed',
      why: 'Slack did not answer in time.',
      attempts: 3,
      dueAt: '2026-03-16T10:52:46+01:00',
      sentAt: null,
      changedAt: null,
    },
    {
      kind: 'direct',
      to: { kind: 'person', name: 'Aiko Mori' },
      state: 'queued',
      why: 'It waits for the end of the quiet hours.',
      attempts: 0,
      dueAt: '2026-03-16T18:00:00+01:00',
      sentAt: null,
      changedAt: null,
    },
    {
      kind: 'alert',
      to: { kind: 'channel', id: 'C0ALERTS01' },
      state: 'given_up',
      why: 'Countersign is not in this channel. Invite it there: /invite @Countersign.',
      attempts: 8,
      dueAt: null,
      sentAt: null,
      changedAt: null,
    },
    {
      kind: 'route',
      to: null,
      state: 'not_sent',
      why: 'No Slack channel is set for deploy.production.',
      attempts: 0,
      dueAt: null,
      sentAt: null,
      changedAt: null,
    },
  ],
}

/** What a ticket says of Slack: that nobody was reached, and how far each message got. */
export function DeliveryParts() {
  const part = { ticket, told, clock: openClock }
  return (
    <>
      <div className="stack notices">
        <SlackNotices {...part} />
      </div>
      <SlackSection {...part} />
    </>
  )
}
