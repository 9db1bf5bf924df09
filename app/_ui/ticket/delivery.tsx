import { type Clock, msBetween, timeText } from '#lib/wire/clock'
import type { DeliveryKind } from '#lib/wire/deliveries'
import type { DeliveryView } from '#lib/wire/views/deliveries'
import { counted } from '../number-words'
import { Sent } from '../sent'
import { DeliveryState } from '../state'
import { Until } from '../time'

export const deliveryKindWords: Record<DeliveryKind, string> = {
  card: 'Card',
  direct: 'Direct message',
  requester: 'Message to the owner',
  digest: 'Digest of many requests',
  alert: 'Alert',
  route: 'Card',
}

/** Where it stands in Slack: a channel by its id, or a person. */
export function DeliveryPlace({ to }: { to: DeliveryView['to'] }) {
  if (to === null) return <>Nowhere</>
  if (to.kind === 'person') return <>{to.name}</>
  if (to.kind === 'group') return <>Group: {to.label}</>
  return (
    <>
      Channel <code>{to.id}</code>
    </>
  )
}

/** The state as a word, and under it why it is not there. */
export function DeliveryStanding({ delivery }: { delivery: DeliveryView }) {
  const { state, why, attempts } = delivery
  return (
    <>
      <DeliveryState state={state} />
      {why && (
        <span className="sub">
          <Sent text={why} />
        </span>
      )}
      {state !== 'sent' && attempts > 1 && (
        <span className="sub">{counted(attempts, 'try', 'tries')} so far</span>
      )}
    </>
  )
}

/** When Slack had it, or when it is tried next. */
export function DeliveryTime({ delivery, clock }: { delivery: DeliveryView; clock: Clock }) {
  const { state, dueAt, sentAt, changedAt } = delivery
  if (state === 'sent' && sentAt) {
    return (
      <>
        {timeText(sentAt, 'day_seconds', clock)}
        {changedAt && <span className="sub">edited {timeText(changedAt, 'short', clock)}</span>}
      </>
    )
  }
  if (state === 'taken_back' || state === 'not_needed') {
    return <span className="soft">Not any more</span>
  }
  if (state === 'given_up' || state === 'not_sent') {
    return <span className="soft">Not by itself</span>
  }
  if (dueAt === null) return <span className="soft">In a moment</span>
  if (msBetween(clock.now, dueAt) <= 0) return <>Now</>
  return (
    <>
      In <Until at={dueAt} clock={clock} />
      <span className="sub">{timeText(dueAt, 'day_seconds', clock)}</span>
    </>
  )
}
