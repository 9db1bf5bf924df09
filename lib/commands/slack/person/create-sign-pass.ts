import type { AuthRuntime } from '#lib/auth/runtime'
import { createPass } from '#lib/auth/sign-pass'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'

export interface CreateSignPassInput {
  /** Whom Slack's user is linked to. */
  personId: string
  requestId: string
}

export interface SignPassCreated {
  /** For this person's eyes alone; the secret stands in its fragment. */
  url: string
  /** Epoch ms. */
  expiresAt: number
}

/**
 * Makes the way from Slack to the signing page: it shows one open request to one linked person for ten minutes, and
 * nothing is done by it that their passkey did not sign.
 * @returns refusal `not_found`, `ticket_closed`, or `slack_not_linked` (no live link, or nobody active)
 */
export function createSignPass(
  runtime: Pick<AuthRuntime, 'config' | 'db' | 'now' | 'randomBytes'>,
  { personId, requestId }: CreateSignPassInput,
): Promise<Result<SignPassCreated>> {
  const { config, db, randomBytes } = runtime
  const now = runtime.now()
  return inTransaction(db, async (tx) => {
    const standing = await requestStanding(tx, requestId)
    if (!standing.ok) return standing
    const link = await tx.slackLink.findFirst({
      where: { personId, endedAt: null, person: { active: true } },
      select: { id: true },
    })
    if (link === null) return refuse('slack_not_linked')
    const pass = { personId, requestId, linkId: link.id, randomBytes }
    const { secret, expiresAt } = await createPass(tx, pass, now)
    const event = {
      stream: `person:${personId}`,
      type: 'sign_pass.created',
      actor: { kind: 'person' as const, id: personId },
      body: {
        request_id: requestId,
        link: link.id,
        expires_at: new Date(expiresAt).toISOString(),
      },
    }
    await appendEvents(tx, [event], now)
    return ok({ url: `${config.publicUrl}/sign/${requestId}#${secret}`, expiresAt })
  })
}

async function requestStanding(tx: Tx, requestId: string): Promise<Result<null>> {
  const request = await tx.request.findUnique({
    where: { id: requestId },
    select: { state: true, openedAt: true },
  })
  if (request === null) return refuse('not_found')
  return request.state === 'open' && request.openedAt !== null ? ok(null) : refuse('ticket_closed')
}
