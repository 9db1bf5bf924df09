import { ok, type Result, refuse } from '../result'
import type { Json } from './json'
import { JsonReader } from './json-reader'

/** The whole contract, 2-domain: 256 KiB. */
export const MAX_JSON_BYTES = 256 * 1024

/** Objects and arrays inside each other; the outermost counts as one. */
export const MAX_JSON_DEPTH = 32

export type JsonLimits = { maxBytes?: number; maxDepth?: number }

/**
 * Reads JSON (RFC 8259) in which nothing is ambiguous. Refused, not folded: duplicate keys, lone surrogates (escaped ones
 * too), U+0000, bytes that are not UTF-8, the key `__proto__`, numbers that a double would change, too deep, too large,
 * anything after the value. Takes linear time and bounded stack.
 *
 * The refusal's `detail` is a sentence about the place and `fields` has one entry: JSON Pointer, sentence, code.
 */
export function parseJson(input: string | Uint8Array, limits: JsonLimits = {}): Result<Json> {
  const { maxBytes = MAX_JSON_BYTES, maxDepth = MAX_JSON_DEPTH } = limits
  if (isLarger(input, maxBytes)) {
    const message = `The body is larger than ${maxBytes} bytes.`
    return refuse('body_too_large', {
      detail: message,
      fields: [{ path: '', message, code: 'body_too_large' }],
    })
  }
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  if (text === undefined) {
    const message = 'The body holds bytes that are not UTF-8.'
    return refuse('invalid_utf8', {
      detail: message,
      fields: [{ path: '', message, code: 'invalid_utf8' }],
    })
  }
  const reader = new JsonReader(text, maxDepth)
  const value = reader.readDocument()
  if (value !== undefined) return ok(value)
  const { code, path, message } = reader.problem
  return refuse(code, { detail: message, fields: [{ path, message, code }] })
}

function isLarger(input: string | Uint8Array, maxBytes: number): boolean {
  if (typeof input !== 'string') return input.length > maxBytes
  // A UTF-16 unit takes one to three bytes in UTF-8, so most texts need no counting.
  if (input.length > maxBytes) return true
  return input.length * 3 > maxBytes && new TextEncoder().encode(input).length > maxBytes
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    // A byte order mark stays in the text and is refused there: RFC 8259 forbids senders to add one.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
