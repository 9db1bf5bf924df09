/** As the server makes them, and as any JWS begins. */
const API_KEY = /csk_[a-z]+_[A-Za-z0-9]+/g
const JWS = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g
const HEADER_SAFE = /^[!-~]+$/
const MOST_CAUSES = 5

/** A text without API keys and tokens, for errors: they end up in logs. */
export function redact(text: string, key?: string): string {
  const without = key === undefined || key === '' ? text : text.replaceAll(key, '[key]')
  return without.replace(API_KEY, '[key]').replace(JWS, '[token]')
}

/**
 * What went wrong below, as plain errors that hold neither keys nor tokens. Other libraries put whole requests on their errors,
 * and the platform's own names a header with its value.
 */
export function redactedCause(cause: unknown, key?: string, depth = 1): Error | undefined {
  if (cause === undefined || cause === null || depth > MOST_CAUSES) return undefined
  if (!(cause instanceof Error)) return new Error(redact(String(cause), key))
  const inner = redactedCause(cause.cause, key, depth + 1)
  const copy = new Error(redact(cause.message, key), inner && { cause: inner })
  copy.name = cause.name
  const code: unknown = Reflect.get(cause, 'code')
  return typeof code === 'string' ? Object.assign(copy, { code: redact(code, key) }) : copy
}

/**
 * A key travels in a header. One with a line break from the file it was read from would be named, whole, in the platform's error.
 * @throws TypeError that does not hold it
 */
export function checkKey(key: string | undefined, name: string): void {
  if (key === undefined || HEADER_SAFE.test(key)) return
  throw new TypeError(
    `Countersign: ${name} is empty, or holds a space, a line break or another character that no key has`,
  )
}
