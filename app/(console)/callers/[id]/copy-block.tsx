'use client'

import type { ReactNode } from 'react'
import { useCopied } from '../../../_client/use-copied'
import { Button } from '../../../_ui/button'

/** Some lines to be copied, as they are. */
export function CopyBlock({
  what,
  text,
  children,
}: {
  /** Read out on the button. */
  what: string
  text: string
  /** What the lines do. */
  children: ReactNode
}) {
  const [copied, copy] = useCopied(text)
  return (
    <div className="stack">
      <p className="soft">{children}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: lines of one text, not form fields */}
      <div className="bytes lines" role="group" aria-label={what}>
        {text.split('\n').map((line, at) => (
          <code key={String(at)} className="b">
            {line === '' ? ' ' : line}
          </code>
        ))}
      </div>
      <div className="acts">
        <Button size="small" icon="copy" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy'}
          <span className="vh"> {what}</span>
        </Button>
      </div>
      {copied === 'no' && (
        <p className="soft">This browser does not let the page copy. Select the lines instead.</p>
      )}
    </div>
  )
}
