import { ButtonLink } from '../../../_ui/button'
import { EmptyState } from '../../../_ui/empty-state'
import { CodeField } from '../../../_ui/field'
import { Notice } from '../../../_ui/notice'
import { TicketState } from '../../../_ui/state'
import { Signature } from '../../../_ui/vote/signatures'

export function Signing() {
  return (
    <div className="cases">
      <EmptyState
        heading="h3"
        standing={<TicketState state="open" />}
        title="Signed, still held"
        actions={
          <ButtonLink href="/dev/gallery/ticket#attach-rollback_plan">
            Attach a rollback plan
          </ButtonLink>
        }
      >
        <Signature name="Mara Lindqvist" isFresh under="Approved with passkey, 10:54:31" />
        <p>A rollback plan is missing. You are asked to confirm it when it arrives.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        standing={<TicketState state="rejected" />}
        title="Rejected, nothing will run"
      >
        <Signature name="Mara Lindqvist" under="Rejected, 10:54:31. Reason: wrong time" />
        <p>The caller has been told, with your reason. It has to ask again to run this.</p>
      </EmptyState>
      <EmptyState
        heading="h3"
        standing={<TicketState state="open" />}
        title="The request changed while you read it"
        actions={
          <ButtonLink kind="sign" href="/dev/gallery/sign">
            Review and sign
          </ButtonLink>
        }
      >
        <p>
          Aiko Mori attached a rollback plan at 11:20:44. Your approval was not counted. Review the
          plan, then sign the new words:
        </p>
        <p>
          <code className="strong">tray search lemon custom grape organ</code>
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        standing={<TicketState state="released" />}
        title="Tomás Rey signed first"
        actions={<ButtonLink href="/dev/gallery/released">See what was released</ButtonLink>}
      >
        <p>
          He approved at 10:55:02 and nothing else was missing. Your vote was not needed and was not
          counted.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        standing={<TicketState state="open" />}
        title="You cannot vote on this one"
        actions={<ButtonLink href="/dev/gallery/ticket">See the request</ButtonLink>}
      >
        <p>
          You own ci-release, which asked for it. Mara Lindqvist, Tomás Rey or Aiko Mori can vote.
        </p>
      </EmptyState>
      <EmptyState
        heading="h3"
        standing={<TicketState state="open" />}
        title="This signing page has expired"
        actions={<ButtonLink href="/dev/gallery/sign">Open it again</ButtonLink>}
      >
        <p>It was good for 5 minutes, until 10:57:04. Nothing was signed.</p>
      </EmptyState>
      <RefusedFactors />
      <RefusedCodes />
      <Results />
    </div>
  )
}

/** What a vote did, above the bar. */
function Results() {
  return (
    <div className="stack">
      <h3 className="vh">Results of a vote</h3>
      <Notice tone="go" isCompact lead="Released.">
        You signed at 10:54:31 and nothing else was missing. deploy-runner can run it once. It has
        not run yet.
      </Notice>
      <Notice tone="go" isCompact lead="Signed, 1 of 2 approvals.">
        Held because one more data steward has to approve it.
      </Notice>
      <Notice tone="stop" isCompact lead="Rejected by Tomás Rey at 14:02:11, nothing will run.">
        The caller is told, with the reason.
      </Notice>
      <Notice tone="hold" icon="clock" isCompact lead="Its time is over.">
        No vote is taken any more. How it ended is shown here in a moment.
      </Notice>
      <Notice tone="hold" isCompact lead="It is not known whether your vote was counted.">
        It was sent, and the connection broke before an answer came. Load the page again: it shows
        every vote that was counted.
      </Notice>
    </div>
  )
}

function RefusedFactors() {
  return (
    <div className="stack">
      <h3 className="vh">Refused factors</h3>
      <Notice
        tone="stop"
        role="alert"
        isStacked
        lead="No signature was made."
        action={
          <ButtonLink size="small" href="#again">
            Try again
          </ButtonLink>
        }
      >
        The passkey prompt was closed. Nothing has changed.
      </Notice>
      <Notice tone="stop" role="alert" isStacked lead="This one needs a passkey.">
        Money outward is never approved with a code, nor from inside Slack.
      </Notice>
    </div>
  )
}

function RefusedCodes() {
  return (
    <div className="stack">
      <h3 className="vh">Refused codes</h3>
      <CodeField
        id="refused-code"
        label="Code from your authenticator"
        defaultValue="418203"
        error="That code was wrong, too old or used before. Nothing was counted. Type the next one."
      />
      <Notice tone="hold" role="alert" isStacked lead="Codes are locked.">
        Too many did not match. They work again at 11:10:00 CET. A passkey still works.
      </Notice>
    </div>
  )
}
