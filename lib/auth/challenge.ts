import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import type { Tx } from '#lib/db/client'
import { secretHash } from './secret-hash'

/** One ceremony's challenge serves that ceremony alone: what was signed to sign in is no vote. */
export type ChallengePurpose =
  | 'sign_in'
  | 'vote'
  | 'step_up'
  | 'passkey_enrolment'
  | 'totp_enrolment'
  | 'oidc_nonce'

export interface NewChallenge {
  id: string
  purpose: ChallengePurpose
  /** null: the passkey will say who it is. */
  personId: string | null
  requestId?: string
  /** What the authenticator signs. */
  bytes: Uint8Array
  payload: object
  /** Epoch ms. */
  expiresAt: number
}

export interface ChallengeRow {
  id: string
  purpose: string
  personId: string | null
  requestId: string | null
  challenge: string
  payload: unknown
  expiresAt: Date
  usedAt: Date | null
}

/** No ceremony takes longer, and a vote's challenge may not live longer (2-domain, MFA and votes). */
export const CHALLENGE_MS = 5 * MINUTE_MS
/** Expired ones are refused by their time; they are kept this long to tell "expired" from "unknown". */
const KEPT_MS = DAY_MS
const SWEPT_AT_ONCE = 50
/** The door forgets what it asked for after a quarter of an hour: its cookie ends. */
const NONCE_MS = HOUR_MS

/** Every new challenge sweeps some old ones, so that the table stays as small as a day's use. */
export async function saveChallenge(tx: Tx, challenge: NewChallenge, now: number): Promise<void> {
  await sweep(tx, now)
  await tx.challenge.create({
    data: {
      id: challenge.id,
      purpose: challenge.purpose,
      personId: challenge.personId,
      requestId: challenge.requestId ?? null,
      challenge: Buffer.from(challenge.bytes).toString('base64url'),
      payload: { ...challenge.payload },
      expiresAt: new Date(challenge.expiresAt),
    },
  })
}

export function findChallenge(tx: Tx, challenge: string): Promise<ChallengeRow | null> {
  return tx.challenge.findUnique({ where: { challenge } })
}

/**
 * Uses a challenge up.
 * @returns whether it was still there to use: of many at once, one hears true
 */
export async function spendChallenge(tx: Tx, id: string, now: number): Promise<boolean> {
  const { count } = await tx.challenge.updateMany({
    where: { id, usedAt: null, expiresAt: { gt: new Date(now) } },
    data: { usedAt: new Date(now) },
  })
  return count === 1
}

/**
 * Uses up what a sign-in elsewhere was asked to repeat. The library compares it with a cookie, which whoever keeps cookies could
 * send again: here it counts once.
 * @returns whether it came for the first time: of many at once, one hears true
 */
export async function spendNonce(
  tx: Tx,
  { id, text }: { id: string; text: string },
  now: number,
): Promise<boolean> {
  await sweep(tx, now)
  const row = {
    id,
    purpose: 'oidc_nonce' satisfies ChallengePurpose,
    challenge: secretHash(text),
    payload: {},
    expiresAt: new Date(now + NONCE_MS),
    usedAt: new Date(now),
  }
  const { count } = await tx.challenge.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

async function sweep(tx: Tx, now: number): Promise<void> {
  await tx.challenge.deleteMany({
    where: { expiresAt: { lt: new Date(now - KEPT_MS) } },
    limit: SWEPT_AT_ONCE,
  })
}
