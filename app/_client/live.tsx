'use client'

import { useRouter } from 'next/navigation'
import { startTransition, useEffect, useState } from 'react'
import { openChanges } from './changes'

/** One read for all that changes within this time. */
const GATHER_MS = 120
/** Lists show any request: all that are open hear of each change, and would ask the server at one moment. */
const SPREAD_MS = 600

/**
 * Reads the page again when what it shows has changed, and says whether it hears of changes. What was typed, the scroll
 * position and the focus stay: only what differs is drawn anew.
 */
export function Live({
  requestId = null,
  readAt,
}: {
  /** The one request the page is about; null: any. */
  requestId?: string | null
  /** Database time at which the page was read: what changed between then and now is asked for. */
  readAt: string
}) {
  const router = useRouter()
  const [isLive, setLive] = useState<boolean | null>(null)
  // Only the first reading counts: later ones are made because of what is heard.
  const [since] = useState(readAt)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const close = openChanges({
      requestId,
      since,
      onChange: () => {
        timer ??= setTimeout(() => {
          timer = undefined
          startTransition(() => router.refresh())
        }, gatherMs(requestId))
      },
      onState: setLive,
    })
    return () => {
      clearTimeout(timer)
      close()
    }
  }, [router, requestId, since])

  return (
    <span className="live" data-live={isLive ?? undefined}>
      {liveWord(isLive)}
    </span>
  )
}

function gatherMs(requestId: string | null): number {
  return requestId === null ? GATHER_MS + Math.random() * SPREAD_MS : GATHER_MS
}

function liveWord(isLive: boolean | null): string {
  if (isLive === null) return ''
  return isLive ? 'Live' : 'Reconnecting'
}
