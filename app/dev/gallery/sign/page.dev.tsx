import type { Metadata } from 'next'
import { Button, ButtonLink } from '../../../_ui/button'
import { CodeField } from '../../../_ui/field'
import { Fold } from '../../../_ui/fold'
import { Seal } from '../../../_ui/seal'
import { RejectForm } from '../../../_ui/vote/reject-form'
import { SignPage } from '../../../sign/[id]/sign-page'
import { review, signView } from '../sample-ticket'

export const metadata: Metadata = { title: `Sign: ${signView.ticket.goal}` }

export default function SignSample() {
  return (
    <SignPage view={signView}>
      <Seal review={review}>
        <ButtonLink kind="sign" size="large" isWide icon="passkey" href="/dev/gallery/released">
          Approve with passkey
        </ButtonLink>
      </Seal>
      <p className="after-seal">You sign as {signView.signedInName}.</p>
      <Fold id="code" icon="code" title="Approve with a 6-digit code">
        <form method="post" action="#code" className="stack">
          <p className="soft">A code works once.</p>
          <CodeField id="totp" name="code" label="Code from your authenticator" required />
          <Button kind="sign" size="large" isWide type="submit">
            Approve with code
          </Button>
        </form>
      </Fold>
      <Fold id="reject" icon="cross" title="Reject" isStop>
        <RejectForm action="#reject" reasons={signView.vote.rejectReasons} />
      </Fold>
    </SignPage>
  )
}
