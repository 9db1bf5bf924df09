/** What a browser says of a ceremony (WebAuthn Level 3, section 5.8.1). Believed only once its signature was verified. */
export interface ClientData {
  challenge: string
  /** The page ran inside a frame of another site. */
  isFramed: boolean
}

/** Reads clientDataJSON, base64url; undefined when it is not that. */
export function readClientData(encoded: string): ClientData | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
    if (typeof data !== 'object' || data === null || !('challenge' in data)) return undefined
    if (typeof data.challenge !== 'string') return undefined
    const isFramed = ('crossOrigin' in data && data.crossOrigin === true) || 'topOrigin' in data
    return { challenge: data.challenge, isFramed }
  } catch {
    // Not JSON: no client data.
    return undefined
  }
}
