'use client'

import { useRouter } from 'next/navigation'
import { startTransition, useEffect, useState } from 'react'
import { openChanges } from './changes'

/** One read for all that changes within this time; on the page of the request itself the first is read at once. */
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
    let readAgainAt = Number.NEGATIVE_INFINITY
    const close = openChanges({
      requestId,
      since,
      onChange: () => {
        timer ??= setTimeout(
          () => {
            timer = undefined
            readAgainAt = performance.now()
            startTransition(() => router.refresh())
          },
          waitMs(requestId, readAgainAt),
        )
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

function waitMs(requestId: string | null, readAgainAt: number): number {
  if (requestId === null) return GATHER_MS + Math.random() * SPREAD_MS
  return performance.now() - readAgainAt < GATHER_MS ? GATHER_MS : 0
}

function liveWord(isLive: boolean | null): string {
  if (isLive === null) return ''
  return isLive ? 'Live' : 'Reconnecting'
}
