'use client'

export interface ChangesOptions {
  requestId: string | null
  /** RFC 3339, by the database's clock. */
  since: string
  onChange: () => void
  onState: (isHeard: boolean) => void
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000

/**
 * Hears of changed requests (server-sent events: ids, nothing else) while the page is looked at: a browser has few
 * connections to one server, and pages in the background would use them up. Whoever comes back to a page has it read
 * again.
 * @returns how to stop
 */
export function openChanges(options: ChangesOptions): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let hasMissed = false

  const open = () => {
    source = new EventSource(addressOf(options))
    source.onopen = () => {
      failures = 0
      options.onState(true)
      // What was said while nobody listened is lost.
      if (hasMissed) options.onChange()
      hasMissed = true
    }
    source.onmessage = ({ data }) => {
      if (isAbout(options.requestId, String(data))) options.onChange()
    }
    source.onerror = () => {
      options.onState(false)
      // The browser tries again by itself after a lost connection, and never after an answer that is no stream.
      if (source?.readyState !== EventSource.CLOSED) return
      retry = setTimeout(open, Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS))
      failures += 1
    }
  }
  const close = () => {
    clearTimeout(retry)
    source?.close()
    source = null
  }
  const onVisibility = () => {
    close()
    if (document.visibilityState === 'visible') open()
  }
  document.addEventListener('visibilitychange', onVisibility)
  if (document.visibilityState === 'visible') open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

function addressOf({ requestId, since }: ChangesOptions): string {
  const query = new URLSearchParams({ since })
  if (requestId) query.set('request', requestId)
  return `/api/events?${query.toString()}`
}

/** `*`: changes may have been missed. */
function isAbout(requestId: string | null, changed: string): boolean {
  return changed === '*' || requestId === null || changed === requestId
}
