import type { AuthRuntime } from '#lib/auth/runtime'
import { holdsPassOf, ownerOfPass, type SignPass, spendPass } from '#lib/auth/sign-pass'
import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'

export interface ExchangeSignPassInput {
  /** Of the page that was opened. */
  requestId: string
  /** From the link's fragment. */
  secret: string
  /** What the browser's cookie for that page holds already; null: nothing. */
  cookie: string | null
}

/**
 * Exchanges a link's secret, once, for the secret of a cookie. A browser that has exchanged it already keeps what it has:
 * whoever presses the same button in Slack twice is not told that they were too late.
 * @returns refusal `unauthenticated`, the same whatever was wrong; the stream of the person it was for tells of it
 */
export function exchangeSignPass(
  runtime: Pick<AuthRuntime, 'db' | 'now' | 'randomBytes'>,
  { requestId, secret, cookie }: ExchangeSignPassInput,
): Promise<Result<SignPass & { cookie: string }>> {
  const { db, randomBytes } = runtime
  const now = runtime.now()
  return inTransaction(db, async (tx) => {
    const held = cookie === null ? null : await holdsPassOf(tx, { requestId, secret, cookie }, now)
    if (held !== null && cookie !== null) return ok({ ...held, cookie })
    const spent = await spendPass(tx, { requestId, secret, randomBytes }, now)
    if (spent.ok) await tell(tx, spent.value, 'sign_pass.opened', now)
    const owner = spent.ok ? null : await ownerOfPass(tx, secret)
    if (owner !== null) await tell(tx, owner, 'sign_pass.refused', now)
    return spent
  })
}

/** Who opened it is not known: a link can be in anybody's hands. */
async function tell(
  tx: Tx,
  { personId, requestId }: Pick<SignPass, 'personId' | 'requestId'>,
  type: 'sign_pass.opened' | 'sign_pass.refused',
  now: number,
): Promise<void> {
  const actor = { kind: 'system' } as const
  const body = { request_id: requestId }
  await appendEvents(tx, [{ stream: `person:${personId}`, type, actor, body }], now)
}
