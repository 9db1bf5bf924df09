import type { HashedEntry } from './entry'

type Handed = { jti: string; expiresAt: number }

const ENDING = /^grant\.(?:redeemed|burnt|lapsed|revoked)$/

/**
 * Checks as an export is read that a grant is used with the token that was handed out last, before it expired.
 * @returns of each entry, why it cannot be so, in a sentence; undefined when it can
 */
export function createGrantCheck(): (entry: HashedEntry) => string | undefined {
  const handed = new Map<string, Handed>()
  return (entry) => {
    const { stream, type, body } = entry
    const last = handed.get(stream)
    if (ENDING.test(type)) handed.delete(stream)
    if (type === 'grant.redeemed' || type === 'grant.burnt') return wrongUse(last, entry)
    if (type !== 'grant.collected') return undefined
    const expiresAt = Date.parse(String(body['token_expires_at']))
    handed.set(stream, { jti: String(body['jti']), expiresAt })
    return (body['replaces'] ?? null) === (last?.jti ?? null)
      ? undefined
      : 'The token does not replace the one that was handed out last.'
  }
}

function wrongUse(last: Handed | undefined, { body, at }: HashedEntry): string | undefined {
  if (last === undefined || last.jti !== body['jti']) {
    return 'The grant was used with a token that was not handed out last.'
  }
  return Date.parse(at) < last.expiresAt ? undefined : 'The token had expired when it was used.'
}
