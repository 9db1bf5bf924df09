/** JSON values as parsed: plain data, nothing else. */
export type Json = null | boolean | number | string | Json[] | JsonObject

export type JsonObject = { [key: string]: Json }

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A JSON Pointer (RFC 6901) one step further down: `/` and `~` in the key are escaped. Long keys are cut, because a pointer
 * is for finding a place and goes into answers and pages.
 */
export function pointer(parent: string, key: string | number): string {
  return `${parent}/${brief(String(key)).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** A text short enough to be repeated in a message. Whole characters: a pair is never cut in half. */
export function brief(text: string, most = 80): string {
  if (text.length <= most) return text
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`
}
