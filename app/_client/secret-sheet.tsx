'use client'

import type { ReactNode } from 'react'
import { Button } from '../_ui/button'
import { Notice } from '../_ui/notice'
import { useCopied } from './use-copied'

/** A secret, this once. It is in this page's memory and nowhere else that can be read. */
export function SecretSheet({
  secret,
  onDone,
  next,
  children,
}: {
  secret: string
  onDone: () => void
  /** Where to go from here. */
  next?: ReactNode
  /** What to do with it. */
  children: ReactNode
}) {
  const [copied, copy] = useCopied(secret)
  return (
    <div className="stack">
      <Notice
        tone="hold"
        role="status"
        isCompact
        isStacked
        lead="You will not see this secret again."
      >
        {children}
      </Notice>
      <p>
        <code className="shown-once">{secret}</code>
      </p>
      <div className="acts">
        <Button size="small" icon="copy" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy the secret'}
        </Button>
        {next}
        <Button size="small" kind="quiet" onClick={onDone}>
          I have put it away
        </Button>
      </div>
      <p className="vh" role="status">
        {copied === 'yes' && 'Copied.'}
      </p>
      {copied === 'no' && (
        <p className="soft">This browser does not let the page copy. Select the secret instead.</p>
      )}
    </div>
  )
}
