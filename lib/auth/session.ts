import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'

/** `recovery`: by a recovery code. Such a session does nothing that asks for a factor, whatever factor is offered in it. */
export type SignInMethod = 'link' | 'passkey' | 'oidc' | 'recovery'

/** Who is signed in, as the people's row says now. */
export interface SignedIn {
  sessionId: string
  personId: string
  name: string
  email: string
  roles: string[]
  method: string
  /** Epoch ms. */
  expiresAt: number
}

export interface NewSession {
  id: string
  personId: string
  method: SignInMethod
  userAgent: string | null
}

/** A session ends after this long, used or not. A vote asks for a factor anyway. */
export const SESSION_MS = 7 * DAY_MS
/** And after this long unused. */
export const SESSION_IDLE_MS = DAY_MS
const SEEN_EVERY_MS = MINUTE_MS
const MOST_USER_AGENT = 300

export async function createSession(tx: Tx, session: NewSession, now: number): Promise<number> {
  const expiresAt = now + SESSION_MS
  await tx.session.create({
    data: {
      id: session.id,
      personId: session.personId,
      method: session.method,
      userAgent: session.userAgent?.slice(0, MOST_USER_AGENT) ?? null,
      createdAt: new Date(now),
      lastSeenAt: new Date(now),
      expiresAt: new Date(expiresAt),
    },
  })
  return expiresAt
}

/**
 * Called on every request with the id from the session cookie: the row decides, not the cookie, so that signing out and
 * deactivating bite at once.
 * @returns refusal `unauthenticated`
 */
export async function verifySession(
  db: Tx,
  sessionId: string,
  now: number,
): Promise<Result<SignedIn>> {
  const row = await db.session.findUnique({
    where: { id: sessionId },
    include: { person: { select: { name: true, email: true, roles: true, active: true } } },
  })
  if (row === null || row.revokedAt !== null || !row.person.active) return refuse('unauthenticated')
  const endsAt = Math.min(row.expiresAt.getTime(), row.lastSeenAt.getTime() + SESSION_IDLE_MS)
  if (endsAt <= now) return refuse('unauthenticated')
  if (row.lastSeenAt.getTime() + SEEN_EVERY_MS <= now) await markSeen(db, sessionId, now)
  const { name, email, roles } = row.person
  const { personId, method } = row
  return ok({ sessionId, personId, name, email, roles, method, expiresAt: row.expiresAt.getTime() })
}

/** @returns whether it was live */
export async function revokeSession(
  tx: Tx,
  which: { sessionId: string; personId: string },
  now: number,
): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: which.sessionId, personId: which.personId, revokedAt: null },
    data: { revokedAt: new Date(now) },
  })
  return count > 0
}

/** @returns how many were live */
export async function revokeAllSessions(
  tx: Tx,
  { personId, keptId }: { personId: string; keptId: string | undefined },
  now: number,
): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: {
      personId,
      revokedAt: null,
      expiresAt: { gt: new Date(now) },
      ...(keptId !== undefined && { id: { not: keptId } }),
    },
    data: { revokedAt: new Date(now) },
  })
  return count
}

/** The condition keeps parallel requests from writing one after the other. */
async function markSeen(db: Tx, sessionId: string, now: number): Promise<void> {
  await db.session.updateMany({
    where: { id: sessionId, revokedAt: null, lastSeenAt: { lte: new Date(now - SEEN_EVERY_MS) } },
    data: { lastSeenAt: new Date(now) },
  })
}
