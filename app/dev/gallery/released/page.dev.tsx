import type { Metadata } from 'next'
import { Button, ButtonLink } from '../../../_ui/button'
import { ConsoleFrame } from '../../../_ui/frame/console-frame'
import { Section } from '../../../_ui/section'
import { GrantState } from '../../../_ui/state'
import { GrantSteps } from '../../../_ui/ticket/grant'
import { Time } from '../../../_ui/time'
import { TicketPage } from '../../../(console)/tickets/[id]/ticket-page'
import { navItems, page, releasedClock } from '../sample-frame'
import { collectedGrant, readyGrant, releasedTicket } from '../sample-released'

export const metadata: Metadata = { title: `Released: ${releasedTicket.goal}` }

const earlier = [
  {
    grant: readyGrant,
    at: readyGrant.readyAt,
    hint: 'You, the owner or an admin, until it is redeemed',
  },
  {
    grant: collectedGrant,
    at: '2026-03-16T11:31:09.437+01:00',
    hint: 'A collected token stops working at once',
  },
]

export default function ReleasedSample() {
  return (
    <ConsoleFrame
      page={{
        ...page,
        ...releasedClock,
        audit: {
          entryCount: 41_241,
          sealedAt: '2026-03-16T11:31:11+01:00',
          witnessedAt: '2026-03-16T11:30:00+01:00',
        },
      }}
      items={navItems}
      current="/inbox"
      isWrapped={false}
    >
      <TicketPage
        ticket={releasedTicket}
        clock={releasedClock}
        freshVoteId="vot_2"
        slots={{
          record: (
            <ButtonLink size="small" icon="print" href="#record">
              Approval record
            </ButtonLink>
          ),
        }}
      />
      <div className="wrap">
        <Section
          id="earlier"
          title="The grant, earlier"
          note="For builders: the same panel two seconds before."
          isPrinted={false}
        >
          <div className="stages">
            {earlier.map(({ grant, at, hint }) => (
              <div key={grant.state}>
                <p className="stage-word">
                  <GrantState state={grant.state} />{' '}
                  <Time at={at} form="millis" clock={releasedClock} />
                </p>
                <GrantSteps grant={grant} runtimeName="deploy-runner" clock={releasedClock} />
                <p className="acts">
                  <Button kind="reject" size="small">
                    Revoke grant
                  </Button>
                  <span className="hint">{hint}</span>
                </p>
              </div>
            ))}
          </div>
        </Section>
      </div>
    </ConsoleFrame>
  )
}
