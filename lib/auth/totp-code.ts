import { timingSafeEqual } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** RFC 4226 section 4 recommends 160 bits. */
export const TOTP_SECRET_BYTES = 20
const PERIOD_S = 30
const DIGITS = 6
/** SHA-1 because common authenticator apps ignore any other; HMAC does not need collision resistance. */
const ALGORITHM = 'SHA1'
/** Steps before and after now: clocks of phones are off by some seconds (RFC 6238 section 5.2). */
const WINDOW = [-1, 0, 1] as const
const CODE = /^[0-9]{6}$/

export function isTotpCode(text: string): boolean {
  return CODE.test(text)
}

/** RFC 6238: the number of whole periods since 1970. */
export function totpStep(now: number): number {
  return Math.floor(now / 1000 / PERIOD_S)
}

/**
 * The step for which this is the code, or null. All steps of the window are computed and compared, each in constant time,
 * so the time taken does not tell which one it was. If two steps share a code, the newest counts.
 */
export function matchingStep(secret: Uint8Array, code: string, now: number): number | null {
  if (!isTotpCode(code)) return null
  const given = Buffer.from(code, 'ascii')
  const current = totpStep(now)
  let found: number | null = null
  for (const offset of WINDOW) {
    const step = current + offset
    if (timingSafeEqual(Buffer.from(codeOfStep(secret, step), 'ascii'), given)) found = step
  }
  return found
}

/** The code an authenticator app shows at that step. */
export function codeOfStep(secret: Uint8Array, step: number): string {
  return TOTP.generate({
    secret: secretOf(secret),
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD_S,
    timestamp: step * PERIOD_S * 1000,
  })
}

/** For typing into an app that cannot scan. */
export function totpSecretText(secret: Uint8Array): string {
  return secretOf(secret).base32
}

/** otpauth URI (github.com/google/google-authenticator/wiki/Key-Uri-Format): holds the secret, never log it. */
export function totpUri(input: { secret: Uint8Array; issuer: string; account: string }): string {
  const { secret, issuer, account: label } = input
  const parts = { issuer, label, algorithm: ALGORITHM, digits: DIGITS, period: PERIOD_S }
  return new TOTP({ ...parts, secret: secretOf(secret) }).toString()
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer })
}
