'use client'

import type { ReactNode } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import { useCopied } from '../../_client/use-copied'
import { Button } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import type { LinkMade } from './actions'

interface SheetProps {
  name: string
  clock: Clock
  onDone: () => void
  /** What else to do. */
  children?: ReactNode
}

/** A link that signs somebody in: where it was mailed to, or this once itself. */
export function LinkSheet({ link, ...sheet }: SheetProps & { link: LinkMade }) {
  const { url, mailedTo, endsAt } = link
  return url === null ? (
    <MailedSheet mailedTo={mailedTo} endsAt={endsAt} {...sheet} />
  ) : (
    <ShownSheet url={url} endsAt={endsAt} {...sheet} />
  )
}

function MailedSheet({
  mailedTo,
  endsAt,
  name,
  clock,
  onDone,
  children,
}: SheetProps & { mailedTo: string; endsAt: string }) {
  return (
    <div className="stack">
      <Notice
        tone="go"
        role="status"
        isCompact
        isStacked
        lead={`A link was mailed to ${mailedTo}.`}
      >
        It signs {name} in, once, until {timeText(endsAt, 'time', clock)}.
      </Notice>
      <div className="acts">
        {children}
        <Button size="small" kind="quiet" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  )
}

/** It is in this page's memory and nowhere else that can be read. */
function ShownSheet({
  url,
  endsAt,
  name,
  clock,
  onDone,
  children,
}: SheetProps & { url: string; endsAt: string }) {
  const [copied, copy] = useCopied(url)
  return (
    <div className="stack">
      <Notice
        tone="hold"
        role="status"
        isCompact
        isStacked
        lead="You will not see this link again."
      >
        It signs {name} in, once, until {timeText(endsAt, 'time', clock)}. Give it to nobody else:
        whoever opens it first is {name}.
      </Notice>
      <p>
        <code className="shown-once">{url}</code>
      </p>
      <div className="acts">
        <Button size="small" icon="copy" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : 'Copy the link'}
        </Button>
        {children}
        <Button size="small" kind="quiet" onClick={onDone}>
          I have passed it on
        </Button>
      </div>
      <p className="vh" role="status">
        {copied === 'yes' && 'Copied.'}
      </p>
      {copied === 'no' && (
        <p className="soft">This browser does not let the page copy. Select the link instead.</p>
      )}
    </div>
  )
}
