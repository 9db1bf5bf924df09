import type {
  GrantStateView,
  OutcomeView,
  TicketStateView,
  VerdictView,
} from '#lib/wire/views/common'
import type { DeliveryStateView } from '#lib/wire/views/deliveries'
import type { EndpointStateView, WebhookDeliveryStateView } from '#lib/wire/views/webhooks'
import { Icon } from './icon'
import {
  deliveryLook,
  endpointLook,
  grantLook,
  outcomeLook,
  ticketLook,
  verdictLook,
  webhookLook,
} from './states'

/** A machine said it: capitals, mono, framed. */
export function Verdict({ verdict }: { verdict: VerdictView }) {
  const look = verdictLook[verdict]
  return (
    <span className={`verdict ${look.tone}`}>
      <Icon name={look.icon} />
      {look.word}
    </span>
  )
}

/** The ticket is in it: a word with a seal, no frame. */
export function TicketState({ state }: { state: TicketStateView }) {
  return <StateWord {...ticketLook[state]} />
}

/** With a reported outcome that asks for a person, the outcome's word stands instead. */
export function GrantState({
  state,
  outcome = null,
}: {
  state: GrantStateView
  outcome?: OutcomeView | null
}) {
  return <StateWord {...(outcome ? outcomeLook[outcome] : grantLook[state])} />
}

/** How far telling it got. */
export function DeliveryState({ state }: { state: DeliveryStateView }) {
  return <StateWord {...deliveryLook[state]} />
}

/** Whether a webhook's endpoint is sent anything, and whether it arrives. */
export function EndpointState({ state }: { state: EndpointStateView }) {
  return <StateWord {...endpointLook[state]} />
}

export function WebhookState({ state }: { state: WebhookDeliveryStateView }) {
  return <StateWord {...webhookLook[state]} />
}

function StateWord({
  tone,
  icon,
  word,
}: {
  tone: string
  icon: Parameters<typeof Icon>[0]['name']
  word: string
}) {
  return (
    <span className={`state ${tone}`}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
