import { secretHash } from '#lib/auth/secret-hash'
import type { Door } from '#lib/rate-limit/rate-limits'

/**
 * Whom a form at a door is about: an address, a link, a passkey. Of the one field that this door looks at, read as the door
 * reads it (of several the last), so that nothing else in the form makes another target of it.
 * @returns never as it was sent; null: nobody
 */
export function doorTarget(door: Door, body: string): string | null {
  const form = new Map(new URLSearchParams(body))
  const named = namedAt(door, form)
  return named ? secretHash(named) : null
}

function namedAt(door: Door, form: ReadonlyMap<string, string>): string | null | undefined {
  if (door === 'recovery') return form.get('email')?.trim().toLowerCase()
  if (door === 'link') return form.get('secret')
  return door === 'passkey' ? credentialOf(form.get('assertion')) : null
}

function credentialOf(assertion: string | undefined): string | null {
  try {
    const parsed: unknown = JSON.parse(assertion ?? 'null')
    const isNamed = typeof parsed === 'object' && parsed !== null && 'id' in parsed
    return isNamed && typeof parsed.id === 'string' ? parsed.id : null
  } catch {
    // Not JSON: the door refuses it, and it names nobody.
    return null
  }
}
