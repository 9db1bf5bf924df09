/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110 section 10.2.3); 0 when there is none or it is odd. */
export function readRetryAfterMs(text: string | undefined, now: number): number {
  if (text === undefined) return 0
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.max(ms, 0) : 0
}
