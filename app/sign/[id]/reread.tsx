'use client'

import { useRouter } from 'next/navigation'
import { startTransition, useEffect } from 'react'

const EVERY_MS = 5_000

/**
 * Reads the page again every few seconds while it is looked at. The stream of changes is for sessions: a pass opens this
 * page and nothing else, so it asks this page, and for no longer than the pass holds.
 */
export function Reread() {
  const router = useRouter()
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === 'visible') startTransition(() => router.refresh())
    }
    const timer = setInterval(read, EVERY_MS)
    document.addEventListener('visibilitychange', read)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', read)
    }
  }, [router])
  return <span className="live">Read again every few seconds</span>
}
