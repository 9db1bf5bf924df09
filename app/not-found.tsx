import type { Metadata } from 'next'
import { ButtonLink } from './_ui/button'
import { ErrorPage } from './_ui/frame/error-page'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <ErrorPage
      title="No such page, or not one you may see"
      tone="past"
      actions={<ButtonLink href="/inbox">Go to the inbox</ButtonLink>}
    >
      <p>Check the link. If somebody sent it to you, ask them to add you to the approver group.</p>
    </ErrorPage>
  )
}
