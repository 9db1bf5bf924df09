import type { Metadata } from 'next'
import { Button, ButtonLink } from '../../../_ui/button'
import { CodeField } from '../../../_ui/field'
import { RejectForm } from '../../../_ui/reject-form'
import { SignPage } from '../../../sign/[id]/sign-page'
import { signView } from '../sample-ticket'

export const metadata: Metadata = { title: `Sign: ${signView.ticket.goal}` }

export default function SignSample() {
  return (
    <SignPage
      view={signView}
      slots={{
        passkey: (
          <ButtonLink kind="sign" size="large" isWide icon="passkey" href="/dev/gallery/released">
            Approve with passkey
          </ButtonLink>
        ),
        code: (
          <form method="post" action="#code" className="stack">
            <p className="soft">Signed in as {signView.signedInName}. A code works once.</p>
            <CodeField id="totp" name="code" label="Code from your authenticator" required />
            <Button kind="sign" size="large" isWide type="submit">
              Approve with code
            </Button>
          </form>
        ),
        reject: <RejectForm action="#reject" reasons={signView.rejectReasons} />,
      }}
    />
  )
}
