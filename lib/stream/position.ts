import { isId } from '#lib/core/ids'

/**
 * How long the listener of a process may have lost its connection before it notices. What commits meanwhile is told to
 * its own streams afterwards, but not to a browser that has gone on to another process by then: it is told again there.
 */
const UNNOTICED_MS = 25_000

/**
 * A position is epoch ms of the database's clock until which all that committed was told.
 *
 * @param elapsed ms of this process's steady clock; `readAt` is now
 * @param toldUntil by the same clock: until when everything was told. Now, where nobody knows better
 */
export function positionAfter(
  readAt: Date,
  elapsed = () => performance.now(),
  toldUntil = elapsed,
): () => string {
  const from = elapsed()
  return () => String(Math.floor(readAt.getTime() + toldUntil() - from) - UNNOTICED_MS)
}

/** What a stream is asked for: changes of one request or of any, and since when. The browser's own memory counts first. */
export function askedFor(request: Request): { requestId: string | null; since: Date | null } {
  const { searchParams } = new URL(request.url)
  const id = searchParams.get('request') ?? ''
  return {
    requestId: isId('req', id) ? id : null,
    since:
      readPosition(request.headers.get('last-event-id')) ??
      readPosition(searchParams.get('since')) ??
      null,
  }
}

/** A position, or the time at which a page was read (RFC 3339). null: neither, and everything may have changed since. */
export function readPosition(text: string | null): Date | null {
  const isPosition = /^\d{1,14}$/.test(text ?? '')
  if (text === null || !(isPosition || /^\d{4}-/.test(text))) return null
  const at = new Date(isPosition ? Number(text) : text)
  return at.getTime() >= 0 && at.getTime() <= LATEST_MS ? at : null
}

/** End of the year 9999: later years have another form of RFC 3339, which the database does not read. It knows no year 0 either. */
const LATEST_MS = 253_402_300_799_999
