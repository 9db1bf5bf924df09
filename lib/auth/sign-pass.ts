import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { secretHash } from './secret-hash'

/**
 * A pass shows one person's signing page of one request to a browser without a session. It proves nobody: whoever votes on
 * that page proves with a passkey that they are the person it was given to.
 */
export interface SignPass {
  personId: string
  name: string
  requestId: string
  /** Epoch ms. */
  expiresAt: number
}

/** From the press in Slack to the end of looking, whenever in between it was exchanged. */
export const SIGN_PASS_MS = 10 * MINUTE_MS
const SECRET_BYTES = 32
/** Ended ones are refused by their time; they are kept this long to tell whose an old link was. */
const KEPT_MS = DAY_MS
const SWEPT_AT_ONCE = 50

type Random = (length: number) => Uint8Array

/** @returns the secret, told once, and when the pass ends (epoch ms) */
export async function createPass(
  tx: Tx,
  pass: { personId: string; requestId: string; linkId: string; randomBytes: Random },
  now: number,
): Promise<{ secret: string; expiresAt: number }> {
  const { personId, requestId, linkId } = pass
  const secret = newSecret(pass.randomBytes)
  const expiresAt = now + SIGN_PASS_MS
  const tokenHash = secretHash(secret)
  await sweepPasses(tx, now)
  await tx.signPass.create({
    data: { tokenHash, personId, requestId, linkId, expiresAt: new Date(expiresAt) },
  })
  return { secret, expiresAt }
}

/**
 * Exchanges the secret of a link for that of a cookie. Of many at once, one gets it: the condition is in the UPDATE.
 * @returns refusal `unauthenticated`, the same for unknown, used, ended and meant for another page
 */
export async function spendPass(
  tx: Tx,
  sent: { requestId: string; secret: string; randomBytes: Random },
  now: number,
): Promise<Result<SignPass & { cookie: string }>> {
  await sweepPasses(tx, now)
  const tokenHash = secretHash(sent.secret)
  const pass = livePass(await findPass(tx, { tokenHash }), sent.requestId, now)
  if (pass === null) return refuse('unauthenticated', { detail: ENDED })
  const cookie = newSecret(sent.randomBytes)
  const { count } = await tx.signPass.updateMany({
    where: { tokenHash, usedAt: null },
    data: { usedAt: new Date(now), cookieHash: secretHash(cookie) },
  })
  return count === 1 ? ok({ ...pass, cookie }) : refuse('unauthenticated', { detail: ENDED })
}

/**
 * Called on every request with what the cookie holds: the row decides, so that deactivating the person and ending their
 * Slack link bite at once.
 * @returns refusal `unauthenticated`
 */
export async function verifyPass(
  db: Tx,
  sent: { requestId: string; cookie: string },
  now: number,
): Promise<Result<SignPass>> {
  const row = await findPass(db, { cookieHash: secretHash(sent.cookie) })
  const pass = livePass(row, sent.requestId, now)
  return pass === null ? refuse('unauthenticated', { detail: ENDED }) : ok(pass)
}

/** The pass that this browser made of this very secret before; null: another one's, or ended. */
export async function holdsPassOf(
  tx: Tx,
  sent: { requestId: string; secret: string; cookie: string },
  now: number,
): Promise<SignPass | null> {
  const row = await findPass(tx, { tokenHash: secretHash(sent.secret) })
  return row?.cookieHash === secretHash(sent.cookie) ? livePass(row, sent.requestId, now) : null
}

/** Ends the pass that a cookie holds, for whoever does not want to look as that person. */
export async function endPass(tx: Tx, cookie: string, now: number): Promise<void> {
  await tx.signPass.updateMany({
    where: { cookieHash: secretHash(cookie), expiresAt: { gt: new Date(now) } },
    data: { expiresAt: new Date(now) },
  })
}

/** Whose link a refused secret was, so that the attempt is told on their stream; null for a secret nobody gave out. */
export async function ownerOfPass(
  db: Tx,
  secret: string,
): Promise<{ personId: string; requestId: string } | null> {
  return await db.signPass.findUnique({
    where: { tokenHash: secretHash(secret) },
    select: { personId: true, requestId: true },
  })
}

async function sweepPasses(tx: Tx, now: number): Promise<void> {
  await tx.signPass.deleteMany({
    where: { expiresAt: { lt: new Date(now - KEPT_MS) } },
    limit: SWEPT_AT_ONCE,
  })
}

type PassRow = NonNullable<Awaited<ReturnType<typeof findPass>>>

function findPass(tx: Tx, by: { tokenHash: string } | { cookieHash: string }) {
  return tx.signPass.findUnique({
    where: by,
    include: {
      person: { select: { name: true, active: true } },
      link: { select: { endedAt: true } },
    },
  })
}

function livePass(row: PassRow | null, requestId: string, now: number): SignPass | null {
  if (row === null || row.requestId !== requestId) return null
  if (!row.person.active || row.link.endedAt !== null) return null
  const expiresAt = row.expiresAt.getTime()
  if (expiresAt <= now) return null
  return { personId: row.personId, name: row.person.name, requestId, expiresAt }
}

function newSecret(randomBytes: Random): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
}

const ENDED =
  'It was used already, or its ten minutes are over. Press Approve in Slack once more for a new one.'
