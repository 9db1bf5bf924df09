import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { secretHash } from './secret-hash'

/** `first_admin` is printed at first start; `sign_in` is sent or handed to one person; `invite` is mailed to somebody new. */
export type LinkPurpose = 'sign_in' | 'invite' | 'first_admin'

export interface LinkHolder {
  personId: string
  name: string
  purpose: LinkPurpose
  /** Epoch ms. */
  expiresAt: number
}

export const LINK_MS: Record<LinkPurpose, number> = {
  sign_in: 15 * MINUTE_MS,
  invite: DAY_MS,
  first_admin: DAY_MS,
}
const SECRET_BYTES = 32

/** @returns the secret, told once, and when it ends (epoch ms) */
export async function createLink(
  tx: Tx,
  link: { personId: string; purpose: LinkPurpose; randomBytes: (length: number) => Uint8Array },
  now: number,
): Promise<{ secret: string; expiresAt: number }> {
  const secret = Buffer.from(link.randomBytes(SECRET_BYTES)).toString('base64url')
  const expiresAt = now + LINK_MS[link.purpose]
  await tx.signInLink.create({
    data: {
      tokenHash: secretHash(secret),
      personId: link.personId,
      purpose: link.purpose,
      expiresAt: new Date(expiresAt),
    },
  })
  return { secret, expiresAt }
}

/**
 * Whose link it is, for the page with the button. Uses nothing up: mail scanners and unfurlers open links too.
 * @returns refusal `unauthenticated`, the same for unknown, used and expired
 */
export async function peekLink(db: Tx, secret: string, now: number): Promise<Result<LinkHolder>> {
  const row = await db.signInLink.findUnique({
    where: { tokenHash: secretHash(secret) },
    include: { person: { select: { name: true, active: true } } },
  })
  if (row === null || row.usedAt !== null || !row.person.active || row.expiresAt.getTime() <= now) {
    return refuse('unauthenticated', { detail: 'The link was used, has expired or is not ours.' })
  }
  return ok({
    personId: row.personId,
    name: row.person.name,
    purpose: purposeOf(row.purpose),
    expiresAt: row.expiresAt.getTime(),
  })
}

/** Uses the link up. Of many at once, one gets it: the condition is in the UPDATE. */
export async function consumeLink(
  tx: Tx,
  secret: string,
  now: number,
): Promise<Result<LinkHolder>> {
  const holder = await peekLink(tx, secret, now)
  if (!holder.ok) return holder
  const { count } = await tx.signInLink.updateMany({
    where: { tokenHash: secretHash(secret), usedAt: null, expiresAt: { gt: new Date(now) } },
    data: { usedAt: new Date(now) },
  })
  return count === 1 ? holder : refuse('unauthenticated', { detail: 'The link was just used.' })
}

/** A link that its person never got: nobody uses it. */
export async function voidLink(tx: Tx, secret: string, now: number): Promise<void> {
  await tx.signInLink.updateMany({
    where: { tokenHash: secretHash(secret), usedAt: null },
    data: { usedAt: new Date(now) },
  })
}

/** What first starts printed and nobody used: it ends when an admin has signed in, or another one is printed. */
export async function voidFirstAdminLinks(tx: Tx, now: number): Promise<void> {
  await tx.signInLink.updateMany({
    where: { purpose: 'first_admin', usedAt: null },
    data: { usedAt: new Date(now) },
  })
}

/** Whose link a refused secret was, so that the attempt is told on their stream; null for a secret nobody gave out. */
export async function ownerOfLink(db: Tx, secret: string): Promise<string | null> {
  const row = await db.signInLink.findUnique({
    where: { tokenHash: secretHash(secret) },
    select: { personId: true },
  })
  return row?.personId ?? null
}

function purposeOf(purpose: string): LinkPurpose {
  return purpose === 'first_admin' || purpose === 'invite' ? purpose : 'sign_in'
}
