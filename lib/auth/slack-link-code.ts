import { MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import type { SlackUser } from '#lib/wire/slack/buttons'
import { secretHash } from './secret-hash'

/** Which Slack user asked for the link, as Slack's signed call said. */
export interface SlackLinkAsked {
  user: SlackUser
  /** As the user calls themselves in Slack: anybody may call themselves anything. */
  userName: string
  /** Epoch ms. */
  expiresAt: number
}

export const SLACK_LINK_MS = 10 * MINUTE_MS
const SECRET_BYTES = 32
/** Anybody in the workspace may ask for one after another: each makes room for as many as it takes. */
const SWEPT_AT_ONCE = 50

/** @returns the secret, told once to the Slack user alone, and when it ends (epoch ms) */
export async function createSlackLinkCode(
  tx: Tx,
  asked: { user: SlackUser; userName: string; randomBytes: (length: number) => Uint8Array },
  now: number,
): Promise<{ secret: string; expiresAt: number }> {
  const secret = Buffer.from(asked.randomBytes(SECRET_BYTES)).toString('base64url')
  const expiresAt = now + SLACK_LINK_MS
  const { user, userName } = asked
  await tx.slackLinkCode.deleteMany({
    where: { expiresAt: { lt: new Date(now) } },
    limit: SWEPT_AT_ONCE,
  })
  await tx.slackLinkCode.create({
    data: { tokenHash: secretHash(secret), ...user, userName, expiresAt: new Date(expiresAt) },
  })
  return { secret, expiresAt }
}

/**
 * Which Slack user a secret was given to. Uses nothing up.
 * @returns refusal `unauthenticated`, the same for unknown, used and expired
 */
export async function peekSlackLinkCode(
  db: Tx,
  secret: string,
  now: number,
): Promise<Result<SlackLinkAsked>> {
  const row = await db.slackLinkCode.findUnique({ where: { tokenHash: secretHash(secret) } })
  if (row === null || row.usedAt !== null || row.expiresAt.getTime() <= now) {
    return refuse('unauthenticated', { detail: SPENT })
  }
  const { enterpriseId, teamId, userId, userName } = row
  const user = { enterpriseId, teamId, userId }
  return ok({ user, userName, expiresAt: row.expiresAt.getTime() })
}

/** Uses the code up. Of many at once, one gets it: the condition is in the UPDATE. */
export async function spendSlackLinkCode(tx: Tx, secret: string, now: number): Promise<boolean> {
  const { count } = await tx.slackLinkCode.updateMany({
    where: { tokenHash: secretHash(secret), usedAt: null, expiresAt: { gt: new Date(now) } },
    data: { usedAt: new Date(now) },
  })
  return count === 1
}

export const SPENT =
  'It was used already, or its ten minutes are over. Type /countersign link in Slack for a new one.'
