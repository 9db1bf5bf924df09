import { MINUTE_MS } from '#lib/core/durations'
import { isWebhookEventType, testBody, webhookBody } from '#lib/core/webhook/events'
import { signWebhook } from '#lib/core/webhook/signature'
import { type ClaimedDelivery, claimDelivery } from '#lib/db/webhook-rows'
import { type Posted, post } from '#lib/notify/webhook/post'
import type { Runtime } from '#lib/runtime'
import { type AttemptResult, type SaveRuntime, saveAttempt } from './save-attempt'

export const SECRET_PURPOSE = 'webhook-secret'

/** Longer than one attempt can take. */
const LEASE_MS = MINUTE_MS

export type DeliverRuntime = SaveRuntime & Pick<Runtime, 'sealer' | 'config'>

/** What the sender reaches the world with; a test resolves names itself. */
export type Sender = typeof post

/**
 * Sends one delivery once, if it is due and nobody else is sending it, and writes down what came of it. It may be called as
 * often as one likes. A process that dies between the answer and the row sends again: at least once, always with the same id.
 * @returns null when there was nothing to send; else whether its endpoint may have a place for the next of what waits for it
 */
export async function deliverWebhook(
  runtime: DeliverRuntime,
  deliveryId: string,
  send: Sender = post,
): Promise<{ mayTakeMore: boolean } | null> {
  const { db, now, config } = runtime
  const at = now()
  const claimed = await claimDelivery(db, { id: deliveryId, now: at, leaseUntil: at + LEASE_MS })
  if (!claimed) return null
  const body = bodyOf(claimed)
  const signed = signWebhook({ id: claimed.eventId, at, body }, secretsOf(runtime, claimed, at))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Countersign-Webhooks/1',
    'webhook-id': signed.id,
    'webhook-timestamp': signed.timestamp,
  }
  const posted = await send(
    claimed.url,
    { headers: { ...headers, 'webhook-signature': signed.signature }, body },
    { allowed: config.webhookAllowed },
  )
  const attempt = { at, headers, body, posted, result: resultOf(posted) }
  return { mayTakeMore: await saveAttempt(runtime, claimed, attempt) }
}

/** 2xx is delivered. 410 says that nobody is there any more. A redirect is not followed and counts as a failure. */
function resultOf({ status, fault }: Posted): AttemptResult {
  if (fault !== null || status === null) return 'failed'
  if (status >= 200 && status < 300) return 'delivered'
  return status === 410 ? 'gone' : 'failed'
}

function bodyOf({ type, at, ...about }: ClaimedDelivery): string {
  const { requestId, ordinal, runKey, contractDigest, policyVersion } = about
  const isOfRequest =
    requestId !== null && ordinal !== null && contractDigest !== null && policyVersion !== null
  if (!isOfRequest || !isWebhookEventType(type)) return testBody(at.getTime())
  const told = { requestId, ordinal, runKey, contractDigest, policyVersion }
  return webhookBody(type, at.getTime(), told)
}

function secretsOf(
  { sealer }: Pick<Runtime, 'sealer'>,
  { endpointId, sealedSecret, sealedOldSecret, oldSecretEndsAt }: ClaimedDelivery,
  now: number,
): string[] {
  const open = (sealed: string) =>
    new TextDecoder().decode(sealer.open(SECRET_PURPOSE, endpointId, sealed))
  const isOverlapping = oldSecretEndsAt !== null && oldSecretEndsAt.getTime() > now
  return [
    open(sealedSecret),
    ...(isOverlapping && sealedOldSecret !== null ? [open(sealedOldSecret)] : []),
  ]
}
