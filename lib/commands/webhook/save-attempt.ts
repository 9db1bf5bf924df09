import type { Json } from '#lib/core/contract/json'
import { TEST_EVENT_TYPE } from '#lib/core/webhook/events'
import { DISABLED_AFTER_MS, nextAttemptInMs, TOLD_AFTER_MS } from '#lib/core/webhook/schedule'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction, retryConflicts } from '#lib/db/transaction'
import { type AttemptRows, saveAttemptRows } from '#lib/db/webhook-attempts'
import type { ClaimedDelivery } from '#lib/db/webhook-rows'
import type { Posted } from '#lib/notify/webhook/post'
import { readRetryAfterMs } from '#lib/notify/webhook/retry-after'
import type { Runtime } from '#lib/runtime'
import { announceTo } from '../announcement/announce-to'
import { iso } from '../project'

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

/**
 * Writes what came of one attempt: the log, what happens next with the delivery, and how its endpoint fares.
 * @returns whether the endpoint may have a place for the next of what it waits for
 */
export async function saveAttempt(
  runtime: SaveRuntime,
  claimed: ClaimedDelivery,
  attempt: Attempt,
): Promise<boolean> {
  const now = runtime.now()
  const rows = attemptRows(claimed, attempt, now)
  if (attempt.result === 'delivered') {
    const saved = await retryConflicts(() => saveAttemptRows(runtime.db, rows))
    return saved?.isMoreDue ?? true
  }
  await inTransaction(runtime.db, async (tx) => {
    // The lease ran out and somebody else has sent it meanwhile: their row stands.
    if ((await saveAttemptRows(tx, rows)) === null) return
    await saveFailure(runtime, tx, claimed, attempt, now)
  })
  return true
}

function attemptRows(claimed: ClaimedDelivery, attempt: Attempt, now: number): AttemptRows {
  const { id, attempts, attemptsEver, url } = claimed
  const isWell = attempt.result === 'delivered'
  return {
    ...nextOf(claimed, attempt, now),
    id: String(id),
    attempts: attempts + 1,
    attemptsEver,
    attempt: logRow(claimed, attempt),
    url,
    wellAt: isWell ? { at: iso(now), unlessSince: iso(now - SUCCESS_TOLD_EVERY_MS) } : null,
  }
}

function nextOf(
  { attempts, type }: ClaimedDelivery,
  { posted, result }: Attempt,
  now: number,
): Pick<AttemptRows, 'state' | 'dueAt' | 'endedAt'> {
  if (result === 'delivered') return { state: 'delivered', dueAt: null, endedAt: iso(now) }
  // A test is for whoever is looking at the page: it is not tried again hours later.
  const waitMs =
    type === TEST_EVENT_TYPE || result === 'gone'
      ? null
      : nextAttemptInMs(attempts + 1, readRetryAfterMs(posted.headers['retry-after'], now))
  if (waitMs === null) return { state: 'dead', dueAt: null, endedAt: iso(now) }
  return { state: 'due', dueAt: iso(now + waitMs), endedAt: null }
}

function logRow(claimed: ClaimedDelivery, attempt: Attempt): Record<string, Json> {
  const { posted, at, headers, body } = attempt
  const isAnswered = posted.status !== null
  return {
    delivery_id: String(claimed.id),
    ordinal: claimed.attemptsEver + 1,
    at: iso(at),
    cause: causeOf(claimed),
    url: claimed.url,
    request_headers: headers,
    request_body: body,
    status: posted.status,
    response_headers: isAnswered ? posted.headers : null,
    response_body: isAnswered ? posted.body : null,
    error: posted.fault,
    latency_ms: posted.latencyMs,
  }
}

function causeOf({ type, attempts, attemptsEver }: ClaimedDelivery): string {
  if (type === TEST_EVENT_TYPE) return 'test'
  return attempts < attemptsEver ? 'replay' : 'schedule'
}

async function saveFailure(
  runtime: SaveRuntime,
  tx: Tx,
  claimed: ClaimedDelivery,
  { result }: Attempt,
  now: number,
): Promise<void> {
  // Whether a test arrives says nothing about the deliveries that wait for their next try.
  if (claimed.type === TEST_EVENT_TYPE) return
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
