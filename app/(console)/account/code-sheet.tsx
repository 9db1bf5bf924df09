'use client'

import { useState } from 'react'
import { PrintButton } from '../../_client/print-button'
import { Button } from '../../_ui/button'
import { Ordered } from '../../_ui/list'
import { Notice } from '../../_ui/notice'

/** Ten codes, this once: to be printed, copied or saved. They are in this page's memory and nowhere else. */
export function CodeSheet({
  codes,
  email,
  onDone,
}: {
  codes: readonly string[]
  email: string
  onDone: () => void
}) {
  const [copied, setCopied] = useState<'' | 'yes' | 'no'>('')
  const text = sheetText(codes, email)

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied('yes')
    } catch {
      // Not every browser lets a page do it.
      setCopied('no')
    }
  }

  return (
    <div className="stack code-sheet">
      <Notice tone="hold" role="status" isCompact isStacked lead="These codes are shown this once.">
        Each signs you in once, with your e-mail address. None of them votes, and none of them adds
        a factor that counts: a second person confirms what you add.
      </Notice>
      <Ordered className="codes" aria-label="Your recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </Ordered>
      <p className="print-only">Recovery codes of {email} for Countersign. Each signs in once.</p>
      <div className="acts">
        <PrintButton label="Print" />
        <Button size="small" icon="copy" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
        <Button size="small" onClick={() => save(text)}>
          Save as text
        </Button>
        <Button size="small" kind="quiet" onClick={onDone}>
          I have put them away
        </Button>
      </div>
      <p className="vh" role="status">
        {copied === 'yes' && 'Copied.'}
      </p>
      {copied === 'no' && (
        <p className="soft">This browser does not let the page copy. Select the codes instead.</p>
      )}
    </div>
  )
}

function sheetText(codes: readonly string[], email: string): string {
  return [
    `Recovery codes for Countersign at ${location.origin}`,
    `Of ${email}. Each signs in once, and votes never.`,
    '',
    ...codes,
    '',
  ].join('\n')
}

/** A file made in the browser: the codes go over no wire again. */
function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'countersign-recovery-codes.txt'
  link.click()
  URL.revokeObjectURL(url)
}
