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
/** After that the times on a page are old, whether anything changed or not. */
const LONG_AWAY_MS = 5 * 60_000

/**
 * Hears of changed requests (server-sent events: ids, nothing else) while the page is looked at: a browser has few
 * connections to one server, and pages in the background would use them up. Whoever comes back, to the page or from a lost
 * connection, is told what they missed: each event says until when changes were told.
 * @returns how to stop
 */
export function openChanges(options: ChangesOptions): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let heardUntil = options.since
  let leftAt: number | null = null

  const open = () => {
    source = new EventSource(addressOf(options.requestId, heardUntil))
    source.onopen = () => {
      failures = 0
      options.onState(true)
    }
    const hear = ({ lastEventId }: MessageEvent) => {
      if (lastEventId) heardUntil = lastEventId
    }
    source.addEventListener('beat', hear)
    source.onmessage = (message) => {
      hear(message)
      if (isAbout(options.requestId, String(message.data))) options.onChange()
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
    if (document.visibilityState !== 'visible') {
      leftAt ??= Date.now()
      return
    }
    if (leftAt !== null && Date.now() - leftAt > LONG_AWAY_MS) options.onChange()
    leftAt = null
    open()
  }
  document.addEventListener('visibilitychange', onVisibility)
  if (document.visibilityState === 'visible') open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

function addressOf(requestId: string | null, since: string): string {
  const query = new URLSearchParams({ since })
  if (requestId) query.set('request', requestId)
  return `/api/events?${query.toString()}`
}

/** `*`: changes may have been missed. */
function isAbout(requestId: string | null, changed: string): boolean {
  return changed === '*' || requestId === null || changed === requestId
}
