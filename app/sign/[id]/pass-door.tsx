'use client'

import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ButtonLink } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { Sheet } from '../../(auth)/sheet'
import { openPass } from './pass-actions'

/** Of what was sent: the secret of a link, or null for the cookie alone. */
type Asked = { secret: string | null; fault: { lead: string; text: string } | null }

const SECRET = /^[A-Za-z0-9_-]{43}$/

/**
 * Opens the page for whoever comes by a link from Slack. The secret is in the fragment, which no server, unfurler or log
 * sees, and a script sends it: opening the address alone uses nothing up.
 */
export function PassDoor({
  requestId,
  organisation,
  viewerName,
  children,
}: {
  requestId: string
  organisation: string
  /** As whom the page is shown already; null: as nobody. */
  viewerName: string | null
  /** The page, for whoever may see it already; null for everybody else. */
  children: ReactNode
}) {
  const secret = useSecret()
  const [answered, setAnswered] = useState<Asked | null>(null)
  const asking = useRef<string | null | undefined>(undefined)
  const signIn = `/sign-in?from=${encodeURIComponent(`/sign/${requestId}`)}`
  const isDrawnHere = secret !== undefined
  const isNeeded = isDrawnHere && (secret !== null || children === null)
  const fault = answered !== null && answered.secret === secret ? answered.fault : null

  useEffect(() => {
    if (secret === undefined || !isNeeded || asking.current === secret) return
    asking.current = secret
    void ask(requestId, secret).then(({ isOpen, fault }) => {
      // What is left is the address without its secret. The page reads itself anew, as the one who is known now.
      if (isOpen) location.replace(location.pathname + location.search)
      else if (fault === null) location.replace(signIn)
      else setAnswered({ secret, fault })
    })
  }, [requestId, secret, isNeeded, signIn])

  if (children !== null && !isNeeded) return children
  if (children !== null && fault) {
    return (
      <>
        <div className="wrap">
          <Notice tone="stop" role="alert" lead={`${fault.lead}.`}>
            You look at this as {viewerName}.
          </Notice>
        </div>
        {children}
      </>
    )
  }
  return (
    <Sheet
      organisation={organisation}
      title={fault ? fault.lead : 'Opening the request'}
      lead={fault ? fault.text : 'This shows one request, and takes one passkey to vote on it.'}
    >
      {fault && (
        <p className="acts">
          <ButtonLink href={signIn}>Sign in instead</ButtonLink>
        </p>
      )}
      <noscript>
        <Notice tone="stop" lead="A link from Slack needs JavaScript.">
          <a href={signIn}>Sign in</a> to see the request without it.
        </Notice>
      </noscript>
    </Sheet>
  )
}

async function ask(
  requestId: string,
  secret: string | null,
): Promise<{ isOpen: boolean; fault: Asked['fault'] }> {
  const answer = await openPass(requestId, secret).catch(() => null)
  if (!answer) return { isOpen: false, fault: UNREACHABLE }
  if (answer.ok) return { isOpen: answer.value, fault: null }
  return { isOpen: false, fault: { lead: answer.title, text: answer.text } }
}

const UNREACHABLE = {
  lead: 'Countersign cannot be reached',
  text: 'Check the connection, then load this page again. Nothing was recorded.',
}

/** What stands after the #: null when that is no secret, undefined while the server draws the page. */
function useSecret(): string | null | undefined {
  const fragment = useSyncExternalStore(
    (onChange) => {
      addEventListener('hashchange', onChange)
      return () => removeEventListener('hashchange', onChange)
    },
    () => location.hash.slice(1),
    () => undefined,
  )
  if (fragment === undefined) return undefined
  return SECRET.test(fragment) ? fragment : null
}
