'use client'

import { Button } from './_ui/button'
import { ErrorPage } from './_ui/frame/error-page'

/** A fault while a page was made. The request itself is untouched: reading never changes anything. */
export default function ErrorShown({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <ErrorPage
      title="This page could not be shown"
      actions={
        <Button icon="reload" onClick={reset}>
          Try again
        </Button>
      }
    >
      <p>
        Something failed while reading. Nothing has run because of it, and every held request is
        kept.
      </p>
      {error.digest && (
        <p>
          For whoever looks after this installation: <code>{error.digest}</code>
        </p>
      )}
    </ErrorPage>
  )
}
