import { TEST_EVENT_TYPE } from '#lib/core/webhook/events'
import { DISABLED_AFTER_MS, nextAttemptInMs, TOLD_AFTER_MS } from '#lib/core/webhook/schedule'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { ClaimedDelivery } from '#lib/db/webhook-rows'
import type { Posted } from '#lib/notify/webhook/post'
import { readRetryAfterMs } from '#lib/notify/webhook/retry-after'
import type { Runtime } from '#lib/runtime'
import { announceTo } from '../announcement/announce-to'

export type SaveRuntime = Pick<Runtime, 'db' | 'now' | 'newId'>

export type AttemptResult = 'delivered' | 'failed' | 'gone'

interface Attempt {
  /** Epoch ms. */
  at: number
  headers: Record<string, string>
  body: string
  posted: Posted
  result: AttemptResult
}

/** An endpoint's last success is told to the minute: one that is busy is not written at each delivery. */
const SUCCESS_TOLD_EVERY_MS = 60_000

/** Writes what came of one attempt: the log, what happens next with the delivery, and how its endpoint fares. */
export async function saveAttempt(
  runtime: SaveRuntime,
  claimed: ClaimedDelivery,
  attempt: Attempt,
): Promise<void> {
  const now = runtime.now()
  const ordinal = claimed.attemptsEver + 1
  await inTransaction(runtime.db, async (tx) => {
    const { count } = await tx.webhookDelivery.updateMany({
      where: { id: claimed.id, attemptsEver: claimed.attemptsEver },
      data: {
        ...nextOf(claimed, attempt, now),
        attemptsEver: ordinal,
        leaseUntil: null,
        queuedAt: null,
      },
    })
    // The lease ran out and somebody else has sent it meanwhile: their row stands.
    if (count === 0) return
    await tx.webhookAttempt.create({ data: logRow(claimed, attempt, ordinal) })
    await saveEndpoint(runtime, tx, claimed, attempt, now)
  })
}

function nextOf({ attempts, type }: ClaimedDelivery, { posted, result }: Attempt, now: number) {
  const tried = { attempts: attempts + 1 }
  if (result === 'delivered') return { ...tried, state: 'delivered', endedAt: new Date(now) }
  // A test is for whoever is looking at the page: it is not tried again hours later.
  const waitMs =
    type === TEST_EVENT_TYPE || result === 'gone'
      ? null
      : nextAttemptInMs(attempts + 1, readRetryAfterMs(posted.headers['retry-after'], now))
  if (waitMs === null) return { ...tried, state: 'dead', endedAt: new Date(now) }
  return { ...tried, dueAt: new Date(now + waitMs) }
}

function logRow(claimed: ClaimedDelivery, attempt: Attempt, ordinal: number) {
  const { posted, at, headers, body } = attempt
  const isAnswered = posted.status !== null
  return {
    deliveryId: claimed.id,
    ordinal,
    at: new Date(at),
    cause: causeOf(claimed),
    url: claimed.url,
    requestHeaders: headers,
    requestBody: body,
    status: posted.status,
    ...(isAnswered && { responseHeaders: posted.headers, responseBody: posted.body }),
    error: posted.fault,
    latencyMs: posted.latencyMs,
  }
}

function causeOf({ type, attempts, attemptsEver }: ClaimedDelivery): string {
  if (type === TEST_EVENT_TYPE) return 'test'
  return attempts < attemptsEver ? 'replay' : 'schedule'
}

async function saveEndpoint(
  runtime: SaveRuntime,
  tx: Tx,
  claimed: ClaimedDelivery,
  { result }: Attempt,
  now: number,
): Promise<void> {
  // Whether a test arrives says nothing about the deliveries that wait for their next try.
  if (claimed.type === TEST_EVENT_TYPE && result !== 'delivered') return
  if (result === 'delivered') {
    await tx.webhookEndpoint.updateMany({
      where: {
        id: claimed.endpointId,
        url: claimed.url,
        OR: [
          { failingSince: { not: null } },
          { lastSuccessAt: null },
          { lastSuccessAt: { lt: new Date(now - SUCCESS_TOLD_EVERY_MS) } },
        ],
      },
      data: { lastSuccessAt: new Date(now), failingSince: null, toldAt: null },
    })
    return
  }
  const endpoint = await endpointNow(tx, claimed.endpointId)
  // It was moved while this was under way: what the old address answers says nothing about the new one.
  if (endpoint.url !== claimed.url) return
  if (endpoint.failingSince === null) {
    await tx.webhookEndpoint.update({
      where: { id: claimed.endpointId },
      data: { failingSince: new Date(now) },
    })
  }
  // Since when by the row as it is now: meanwhile another delivery may have arrived, or somebody enabled it anew.
  const failingForMs = now - (endpoint.failingSince?.getTime() ?? now)
  if (result === 'gone') await disable(runtime, tx, claimed, 'gone', now)
  else if (failingForMs >= DISABLED_AFTER_MS) await disable(runtime, tx, claimed, 'failing', now)
  else if (failingForMs >= TOLD_AFTER_MS) await tellFailing(runtime, tx, claimed, now)
}

/** Locked until the attempt is written, as it is by whoever changes it. */
async function endpointNow(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT 1 AS locked FROM webhook_endpoints WHERE id = ${id} FOR NO KEY UPDATE`
  return await tx.webhookEndpoint.findUniqueOrThrow({
    where: { id },
    select: { url: true, failingSince: true },
  })
}

async function disable(
  runtime: SaveRuntime,
  tx: Tx,
  { endpointId, callerId, url }: ClaimedDelivery,
  reason: 'failing' | 'gone',
  now: number,
): Promise<void> {
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { id: endpointId, state: 'enabled' },
    data: { state: 'disabled', stateReason: reason, stateAt: new Date(now), toldAt: new Date(now) },
  })
  if (count === 0) return
  const host = new URL(url).host
  const why = reason === 'gone' ? 'it answered 410 Gone' : 'nothing reached it for five days'
  await tellOwner(
    runtime,
    tx,
    { endpointId, callerId, type: 'webhook.disabled', body: { reason } },
    now,
    {
      text: (caller) =>
        `The webhook endpoint ${host} of ${caller} was disabled: ${why}. What it missed can be replayed once it is enabled again.`,
    },
  )
}

async function tellFailing(
  runtime: SaveRuntime,
  tx: Tx,
  { endpointId, callerId, url }: ClaimedDelivery,
  now: number,
): Promise<void> {
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { id: endpointId, state: 'enabled', toldAt: null },
    data: { toldAt: new Date(now) },
  })
  if (count === 0) return
  const host = new URL(url).host
  await tellOwner(runtime, tx, { endpointId, callerId, type: 'webhook.failing', body: {} }, now, {
    text: (caller) =>
      `Nothing has reached the webhook endpoint ${host} of ${caller} for an hour. Deliveries are tried again for three days; after five days of failures the endpoint is disabled.`,
  })
}

/** The audit entry on the caller's stream, and the same in words to the caller's owner. */
async function tellOwner(
  runtime: SaveRuntime,
  tx: Tx,
  event: { endpointId: string; callerId: string; type: string; body: Record<string, string> },
  now: number,
  { text }: { text: (caller: string) => string },
): Promise<void> {
  const { callerId, endpointId, type, body } = event
  const caller = await tx.caller.findUniqueOrThrow({
    where: { id: callerId },
    select: { name: true, ownerId: true },
  })
  const actor = { kind: 'system' as const }
  const draft = {
    stream: `caller:${callerId}`,
    type,
    actor,
    body: { endpoint: endpointId, ...body },
  }
  const [eventSeq = 0n] = await appendEvents(tx, [draft], now)
  await announceTo(
    runtime,
    tx,
    { personId: caller.ownerId, eventSeq, text: text(caller.name) },
    now,
  )
}
