import type { Sql } from './client'

/** A message row as whoever sends it needs it. Times are epoch ms. */
export interface SlackMessageRow {
  id: string
  kind: 'card' | 'direct' | 'requester' | 'digest' | 'alert'
  channelId: string | null
  personId: string | null
  requestId: string | null
  callerId: string
  occasion: string | null
  ts: string | null
  shown: string | null
  toldOrdinal: number
  state: 'queued' | 'sent' | 'failed' | 'given_up'
  attempts: number
  createdAt: number
  changedAt: number | null
  dueAt: number | null
  version: number
  isLeased: boolean
  isClosed: boolean
  /** Some delivery says that this message tells it. One that none names was replaced or withdrawn. */
  isTelling: boolean
  /** Until when Slack wants to hear nothing at all. */
  pausedUntil: number | null
}

/** A sender that talks to Slack longer than this without renewing is taken for dead. Longer than any one call. */
const LEASE = `interval '30 seconds'`

const epoch = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8`

const COLUMNS = `m.id, m.kind, m.channel_id AS "channelId", m.person_id AS "personId", m.request_id AS "requestId",
  m.caller_id AS "callerId", m.occasion, m.ts, m.shown, m.told_ordinal AS "toldOrdinal", m.state, m.attempts,
  ${epoch('m.created_at')} AS "createdAt", ${epoch('m.changed_at')} AS "changedAt", ${epoch('m.due_at')} AS "dueAt", m.version,
  coalesce(m.lease_until >= clock_timestamp(), false) AS "isLeased", m.closed_at IS NOT NULL AS "isClosed",
  EXISTS (SELECT 1 FROM slack_deliveries d WHERE d.message_id = m.id) AS "isTelling",
  (SELECT ${epoch('w.paused_until')} FROM slack_workspaces w WHERE w.paused_until > clock_timestamp()) AS "pausedUntil"`

/**
 * Messages that tell of a request, and those of its own that no longer do: what its announcement keeps up to date. Only what
 * never got there is given up for good: whatever Slack shows is tried again at each change.
 */
export async function messagesOf(sql: Sql, requestId: string): Promise<SlackMessageRow[]> {
  return await sql.$queryRawUnsafe<SlackMessageRow[]>(
    `SELECT ${COLUMNS} FROM slack_messages m
     WHERE m.closed_at IS NULL AND (m.state <> 'given_up' OR m.ts IS NOT NULL) AND (m.request_id = $1
       OR m.id IN (SELECT d.message_id FROM slack_deliveries d WHERE d.request_id = $1))
     ORDER BY m.kind = 'card' DESC, m.id`,
    requestId,
  )
}

export async function messageById(sql: Sql, id: string): Promise<SlackMessageRow | null> {
  const rows = await sql.$queryRawUnsafe<SlackMessageRow[]>(
    `SELECT ${COLUMNS} FROM slack_messages m WHERE m.id = $1`,
    id,
  )
  return rows[0] ?? null
}

/** The right to talk to Slack about one message, until it is saved or the lease runs out. */
export interface Lease {
  id: string
  version: number
  /** As PostgreSQL wrote it: what tells this lease from a later one. */
  until: string
}

/**
 * Takes those messages that nobody is sending, each as it is then. What is read after that is not older than what anybody else
 * has sent. Should the sender die, they are due once the lease has run out.
 * @param forgets what Slack shows counts as unknown from now on: whoever comes next writes it anew
 */
export async function leaseMessages(
  sql: Sql,
  ids: readonly string[],
  { forgets = false }: { forgets?: boolean } = {},
): Promise<{ row: SlackMessageRow; lease: Lease }[]> {
  const rows = await sql.$queryRawUnsafe<(SlackMessageRow & { until: string })[]>(
    `UPDATE slack_messages m
     SET lease_until = clock_timestamp() + ${LEASE}, due_at = clock_timestamp() + ${LEASE}, version = m.version + 1,
       shown = CASE WHEN $2::boolean THEN NULL ELSE m.shown END
     WHERE m.id = ANY($1::text[]) AND m.closed_at IS NULL AND (m.lease_until IS NULL OR m.lease_until < clock_timestamp())
     RETURNING ${COLUMNS}, m.lease_until::text AS until`,
    [...ids],
    forgets,
  )
  return rows.map(({ until, ...row }) => ({
    row,
    lease: { id: row.id, version: row.version, until },
  }))
}

/** @returns the lease and the message as they are now, or null when it ran out and somebody else has it */
export async function renewLease(
  sql: Sql,
  lease: Lease,
): Promise<{ row: SlackMessageRow; lease: Lease } | null> {
  const rows = await sql.$queryRawUnsafe<(SlackMessageRow & { until: string })[]>(
    `UPDATE slack_messages m SET lease_until = clock_timestamp() + ${LEASE},
       due_at = CASE WHEN m.due_at <> m.lease_until THEN m.due_at ELSE clock_timestamp() + ${LEASE} END
     WHERE m.id = $1 AND m.lease_until = $2::timestamptz
     RETURNING ${COLUMNS}, m.lease_until::text AS until`,
    lease.id,
    lease.until,
  )
  const [found] = rows
  if (!found) return null
  const { until, ...row } = found
  return { row, lease: { ...lease, until } }
}

/** Tells whoever is sending it that there is news: they look again before they let go. @returns whether anybody heard */
export async function nudgeSender(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.$queryRawUnsafe<{ id: string }[]>(
    `UPDATE slack_messages SET version = version + 1
     WHERE id = $1 AND closed_at IS NULL AND lease_until >= clock_timestamp() RETURNING id`,
    id,
  )
  return rows.length > 0
}

/** It is brought up to date `afterMs` from now at the latest: for news that can wait for more of its kind. */
export async function touchMessage(sql: Sql, id: string, afterMs: number): Promise<void> {
  await sql.$executeRawUnsafe(
    `UPDATE slack_messages
     SET due_at = LEAST(CASE WHEN due_at = lease_until THEN NULL ELSE due_at END, clock_timestamp() + make_interval(secs => $2::float8 / 1000))
     WHERE id = $1 AND closed_at IS NULL`,
    id,
    afterMs,
  )
}

/** Slack wants to hear nothing before: whatever tells of the request is due then. */
export async function postponeMessages(
  sql: Sql,
  ids: readonly string[],
  until: number,
): Promise<void> {
  await sql.$executeRawUnsafe(
    `UPDATE slack_messages SET due_at = to_timestamp($2::float8 / 1000), why = 'Slack asked to wait a moment.'
     WHERE id = ANY($1::text[]) AND closed_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())`,
    [...ids],
    until,
  )
}

/** What one sending left behind. Times are epoch ms. */
export interface SentMessage {
  channelId: string | null
  ts: string | null
  shown: string | null
  toldOrdinal: number
  state: 'queued' | 'sent' | 'failed' | 'given_up'
  why: string | null
  attempts: number
  dueAt: number | null
  hasChanged: boolean
  isFinal: boolean
}

/**
 * Saves what was sent. Where news came meanwhile, the lease goes on; unless sending failed, which is tried again anyway.
 * @returns the lease to go on with where there is news; `lost`: it ran out and somebody else has the message
 */
export async function saveSent(
  sql: Sql,
  lease: Lease,
  sent: SentMessage,
  now: number,
): Promise<Lease | 'done' | 'lost'> {
  const rows = await sql.$queryRawUnsafe<{ version: number; until: string | null }[]>(
    `UPDATE slack_messages SET channel_id = $4, ts = $5, told_ordinal = GREATEST(told_ordinal, $7::int), state = $8, why = $9,
       attempts = $10::int, shown = $6,
       due_at = CASE WHEN due_at <> lease_until THEN due_at WHEN version <> $2::int AND $8 = 'sent' THEN lease_until
         WHEN $11::float8 IS NOT NULL THEN to_timestamp($11::float8 / 1000) END,
       sent_at = CASE WHEN $5::text IS NULL THEN sent_at ELSE coalesce(sent_at, to_timestamp($12::float8 / 1000)) END,
       changed_at = CASE WHEN $13 THEN to_timestamp($12::float8 / 1000) ELSE changed_at END,
       closed_at = CASE WHEN $14 AND version = $2::int THEN to_timestamp($12::float8 / 1000) END,
       lease_until = CASE WHEN version = $2::int OR $8 <> 'sent' THEN NULL ELSE lease_until END,
       version = version + 1
     WHERE id = $1 AND lease_until = $3::timestamptz RETURNING version, lease_until::text AS until`,
    lease.id,
    lease.version,
    lease.until,
    sent.channelId,
    sent.ts,
    sent.shown,
    sent.toldOrdinal,
    sent.state,
    sent.why,
    sent.attempts,
    sent.dueAt,
    now,
    sent.hasChanged,
    sent.isFinal,
  )
  const row = rows[0]
  if (!row) return 'lost'
  return row.until === null ? 'done' : { id: lease.id, version: row.version, until: row.until }
}

/**
 * Lets a message go whose content in Slack is not what the database says: it is brought up to date `afterMs` from now, or at
 * once where news came meanwhile.
 */
export async function letGo(sql: Sql, lease: Lease, afterMs: number): Promise<void> {
  await sql.$executeRawUnsafe(
    `UPDATE slack_messages SET lease_until = NULL, shown = NULL, version = version + 1,
       due_at = clock_timestamp() + make_interval(secs => CASE WHEN version = $3::int THEN $4::float8 / 1000 ELSE 0 END)
     WHERE id = $1 AND lease_until = $2::timestamptz`,
    lease.id,
    lease.until,
    lease.version,
    afterMs,
  )
}
