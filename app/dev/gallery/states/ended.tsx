import { ButtonLink } from '../../../_ui/button'
import { EmptyState } from '../../../_ui/empty-state'
import { Tool } from '../../../_ui/sent'
import { GrantState, TicketState, Verdict } from '../../../_ui/state'

export function Ended() {
  return (
    <div className="cases">
      <EmptyState
        heading="h3"
        tone="past"
        standing={<TicketState state="expired" />}
        title="Expired, nothing ran"
      >
        <p>
          Nobody who may approve it did so by Tue 17 Mar 10:41. That is not a no. The caller may ask
          again.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="shut"
        standing={<TicketState state="rejected" />}
        title="Rejected by Tomás Rey"
      >
        <p>
          Wrong time: “Payroll runs until 14:00, ask after that.” Mon 16 Mar 11:02:18, nothing ran.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="shut"
        standing={
          <>
            <Verdict verdict="DENY" /> <TicketState state="denied" />
          </>
        }
        title="Denied by policy, nothing ran"
      >
        <p>
          ci-release is registered for staging and production, not for <Tool name="dr-site" />. No
          approval can change that.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="past"
        standing={<TicketState state="cancelled" />}
        title="Cancelled by its owner, nothing ran"
      >
        <p>Jonas Weber withdrew it on Mon 16 Mar at 11:14:50.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="past"
        standing={<TicketState state="superseded" />}
        title="Superseded, nothing ran"
        actions={<ButtonLink href="/dev/gallery#diff">See what changed</ButtonLink>}
      >
        <p>
          treasury-agent sent a new request with another amount. Votes on this one do not carry
          over.
        </p>
      </EmptyState>
      <EndedGrants />
    </div>
  )
}

function EndedGrants() {
  return (
    <>
      <EmptyState
        heading="h3"
        tone="past"
        standing={<GrantState state="lapsed" />}
        title="Approved, never collected"
      >
        <p>The grant lapsed at 15:31:09. Nothing ran. The caller has to ask again.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="shut"
        standing={<GrantState state="burnt" />}
        title="Refused at redeem, nothing ran"
      >
        <p>
          The plan hash changed between signing and running. The grant is burnt and nobody can use
          it.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="open"
        standing={<GrantState state="reported" outcome="unknown" />}
        title="Redeemed, outcome unknown"
        actions={<ButtonLink href="/dev/gallery/released">Open the request</ButtonLink>}
      >
        <p>
          deploy-runner restarted after redeeming and did not run the action again. Look at
          production, then record what you find.
        </p>
      </EmptyState>
    </>
  )
}
