'use client'

import { Button } from './_ui/button'
import { ErrorPage } from './_ui/frame/error-page'
import { IconSprite } from './_ui/icon'
import './_ui/style/index.css'

/** The last page there is: the root layout itself failed, so it brings its own. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Nothing can be approved right now · Countersign</title>
        <IconSprite />
        <ErrorPage
          title="Nothing can be approved right now"
          actions={
            <Button icon="reload" onClick={reset}>
              Try again
            </Button>
          }
        >
          <p>
            The console does not answer. Nothing has run because of it. Every held request is kept.
          </p>
        </ErrorPage>
      </body>
    </html>
  )
}
