import { ButtonLink } from '../../../_ui/button'
import { EmptyState } from '../../../_ui/empty-state'
import { Notice } from '../../../_ui/notice'

export function Down() {
  return (
    <div className="cases">
      <EmptyState
        heading="h3"
        tone="shut"
        title="Nothing can be approved right now"
        actions={
          <ButtonLink icon="reload" href="#again">
            Try again
          </ButtonLink>
        }
      >
        <p>
          The database does not answer. Nothing has run, and nothing will until it does. Every held
          request is kept.
        </p>
      </EmptyState>
      <EmptyState heading="h3" tone="open" title="Held, because Stage0 does not answer">
        <p>
          Asked three times since 10:23:51. The next try is in 40 s. Approvals given meanwhile are
          kept.
        </p>
      </EmptyState>
      <div className="stack">
        <h3 className="vh">Channels</h3>
        <Notice tone="hold" icon="message" isStacked lead="Slack has not taken the card.">
          Nobody was asked there yet. Next try 10:53:10. The console works.
        </Notice>
        <Notice tone="hold" isStacked lead="Audit tail unprotected.">
          No outside witness has signed the log since 09:12.
        </Notice>
      </div>
      <EmptyState
        heading="h3"
        tone="past"
        title="You were signed out"
        actions={<ButtonLink href="#sign-in">Sign in</ButtonLink>}
      >
        <p>An admin ended your session at 10:50:33. Every vote you gave still stands.</p>
      </EmptyState>
    </div>
  )
}
