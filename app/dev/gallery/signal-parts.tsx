import { Section } from '../../_ui/section'
import { Claim } from '../../_ui/sent'
import { GrantState, TicketState, Verdict } from '../../_ui/state'
import { Tag } from '../../_ui/tag'

const ticketStates = [
  ...(['open', 'released', 'rejected', 'denied', 'expired', 'cancelled', 'superseded'] as const),
]
const grantStates = [...(['ready', 'collected', 'redeemed', 'lapsed', 'revoked', 'burnt'] as const)]

/** Verdicts, states, and where a statement comes from. */
export function SignalParts() {
  return (
    <Section
      id="badges"
      title="Verdicts and states"
      note="A verdict is a machine’s and sits in a frame. A state is the ticket’s and stands free."
    >
      <div className="gl">
        <div>
          <h3>Verdict</h3>
          <div className="row">
            <Verdict verdict="ALLOW" />
            <Verdict verdict="DEFER" />
            <Verdict verdict="DENY" />
          </div>
        </div>
        <div>
          <h3>Ticket</h3>
          <div className="row">
            {ticketStates.map((state) => (
              <TicketState key={state} state={state} />
            ))}
          </div>
        </div>
        <div>
          <h3>Grant</h3>
          <div className="row">
            {grantStates.map((state) => (
              <GrantState key={state} state={state} />
            ))}
            <GrantState state="reported" outcome="unknown" />
          </div>
        </div>
        <div>
          <h3>Where a statement comes from</h3>
          <div className="row">
            <Tag kind="claim" />
            <Tag kind="registered" />
            <Tag kind="recorded" />
            <span>
              <Tag kind="claims" /> <Claim text="OPS-214" />
            </span>
          </div>
        </div>
      </div>
    </Section>
  )
}
