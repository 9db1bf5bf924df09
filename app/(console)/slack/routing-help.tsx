import { Fold } from '../../_ui/fold'

const EXAMPLE = `routes:                        # the first that fits takes the request
  - channel: C0RELEASES00
    tools: [deploy.*]          # names, or dotted prefixes
    environments: [production]
  - channel: C0MONEY00000
    risks: [money_outward]
default: C0APPROVALS0          # what no route takes
alerts: C0OPS0000000           # nobody could be reached, or no channel is set
direct_messages: 5             # most people messaged about one request; 0: none
requesters: true               # whoever owns the caller hears what becomes of it
remind: { after: 30m, every: 2h, most: 3 }
escalate:
  - { after: 2h, group: security_approvers }
  - { after: 4h, channel: C0OPS0000000 }
quiet: { zone: Europe/Berlin, from: "22:00", to: "07:00" }
cool_off: 15m                  # an equal ask after a reject is announced only then
flood: { cards: 10, within: 5m }`

/** What the document can say, by example. */
export function RoutingHelp({ isOpen }: { isOpen: boolean }) {
  return (
    <Fold icon="question" title="What it can say" isOpen={isOpen}>
      <div className="stack">
        <p className="soft">
          Everything but one channel can be left out. Slack shows the id of a channel at the end of
          its details. A card goes to one channel; direct messages wait for the end of the quiet
          hours, cards do not.
        </p>
        <pre className="bytes">{EXAMPLE}</pre>
      </div>
    </Fold>
  )
}
