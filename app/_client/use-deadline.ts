'use client'

import { useRouter } from 'next/navigation'
import { startTransition, useEffect } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { Instant } from '#lib/wire/views/common'
import { useDatabaseClock } from './database-clock'

const READ_AGAIN_MS = 2_000
/** A ticket whose end nobody tells for so long is held up elsewhere; the page has said that no vote is taken. */
const MOST_READS = 30

/**
 * Whether the deadline has passed while the page is open. Nothing has to be loaded for that: at zero it is over, and the page
 * reads itself again until the server has said how it ended.
 */
export function useDeadline(closesAt: Instant | null, clock: Clock): boolean {
  const router = useRouter()
  const isOver = useDatabaseClock(
    clock.now,
    (nowMs) => closesAt !== null && nowMs >= Date.parse(closesAt),
  )
  useEffect(() => {
    if (!isOver) return
    let reads = 0
    const timer = setInterval(() => {
      reads += 1
      if (reads > MOST_READS) clearInterval(timer)
      else startTransition(() => router.refresh())
    }, READ_AGAIN_MS)
    return () => clearInterval(timer)
  }, [router, isOver])
  return isOver
}
