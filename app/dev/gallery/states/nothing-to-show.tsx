import { ButtonLink } from '../../../_ui/button'
import { EmptyState } from '../../../_ui/empty-state'

export function NothingToShow() {
  return (
    <div className="cases">
      <EmptyState
        heading="h3"
        tone="clear"
        title="Nothing needs you"
        actions={<ButtonLink href="/dev/gallery/inbox">See open requests</ButtonLink>}
      >
        <p>5 requests wait for other people. You get a message when one needs you.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="past"
        title="No requests yet"
        actions={<ButtonLink href="#callers">Register a caller</ButtonLink>}
      >
        <p>Register a caller, then send its first contract:</p>
        <pre className="bytes">npx countersign request --contract deploy.json</pre>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="past"
        title="No open request matches “payuot”"
        actions={<ButtonLink href="/dev/gallery/inbox">Clear the search</ButtonLink>}
      >
        <p>The search covers goal, tool, caller and request id.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        tone="past"
        title="No such request, or not one you may see"
        actions={<ButtonLink href="/dev/gallery/inbox">Go to the inbox</ButtonLink>}
      >
        <p>
          Check the link. If somebody sent it to you, ask them to add you to the approver group.
        </p>
      </EmptyState>
    </div>
  )
}
