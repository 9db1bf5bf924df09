import { z } from 'zod'
import type { OidcConfig } from '#lib/config'

/** What an issuer says of somebody who signs in, once the library has checked signature, audience, time and nonce of its ID token. */
export interface OidcClaims {
  /** As the ID token writes it. */
  issuer: string
  /** Never given to somebody else by this issuer (OpenID Connect Core 1.0, section 5.7), as an address may be. */
  subject: string
  /** Of this sign-in alone. */
  nonce: string
  /** '' where there is none. */
  email: string
  /** The issuer says, as a boolean, that the address is this subject's. */
  emailVerified: boolean
  /** Groups here that the claim maps to; null: no claim is mapped. */
  groups: readonly string[] | null
}

type Claims = Readonly<Record<string, unknown>>

/** Section 2: a subject has at most 255 ASCII characters. */
const required = z.object({
  iss: z.string(),
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  nonce: z.string().min(1),
})

/** @returns null for the ID token of another issuer than the configured one, or of no use */
export function readOidcClaims(claims: unknown, config: OidcConfig): OidcClaims | null {
  const read = required.safeParse(claims)
  if (!read.success || bare(read.data.iss) !== bare(config.issuer)) return null
  const { email, email_verified: verified }: Claims = { ...Object(claims) }
  return {
    issuer: read.data.iss,
    subject: read.data.sub,
    nonce: read.data.nonce,
    email: typeof email === 'string' ? email : '',
    emailVerified: verified === true,
    groups: groupsOf({ ...Object(claims) }, config),
  }
}

/** Whether the userinfo endpoint has to be asked: ID tokens of the code flow may leave out all but the subject (section 5.4). */
export function isThin(claims: Claims, { groups }: OidcConfig): boolean {
  const lacksGroups = groups !== null && claims[groups.claim] === undefined
  return claims['email'] === undefined || claims['email_verified'] === undefined || lacksGroups
}

/**
 * Adds what the ID token left out. What it says itself stands, and whether an address is verified is never taken from what is
 * said of another one.
 */
export function fillClaims(claims: Claims, userinfo: Claims, { groups }: OidcConfig): Claims {
  const filled: Record<string, unknown> = { ...claims }
  if (claims['email'] === undefined) {
    filled['email'] = userinfo['email']
    filled['email_verified'] = userinfo['email_verified']
  } else if (claims['email_verified'] === undefined && claims['email'] === userinfo['email']) {
    filled['email_verified'] = userinfo['email_verified']
  }
  if (groups !== null) filled[groups.claim] = claims[groups.claim] ?? userinfo[groups.claim]
  return filled
}

function groupsOf(claims: Claims, { groups }: OidcConfig): string[] | null {
  if (groups === null) return null
  const said = claims[groups.claim]
  const values: unknown[] = Array.isArray(said) ? said : [said]
  const mapped = groups.pairs.filter(({ value }) => values.includes(value))
  return [...new Set(mapped.map(({ group }) => group))].sort()
}

/** A slash at the end is written by some and left out by others. */
function bare(issuer: string): string {
  return issuer.replace(/\/$/, '')
}
