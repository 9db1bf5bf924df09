import { NO_LONGER_LINKED } from '#lib/wire/delivery-whys'
import type { Sql } from './client'

/** What the announcement of one request is planned from, besides the request itself. Times are RFC 3339 text. */
export interface AnnouncementRows {
  existing: {
    target: string
    /** Of the announcement, where it has no message. */
    why: string | null
    message: {
      id: string
      kind: 'card' | 'direct' | 'requester' | 'digest'
      request_id: string | null
      state: 'queued' | 'sent' | 'failed' | 'given_up'
      is_posted: boolean
      occasion: string | null
      created_at: string
    } | null
  }[]
  watch: {
    next_at: string | null
    reminders_sent: number
    escalations: number
    unreached_since: string | null
  } | null
  liveCards: Record<string, string>
  elders: Record<string, string | null>
  rejectedAt: string | null
  recentCards: Record<string, number>
  recentDirects: number
  recentAlerts: number
  digests: Record<string, string>
  /** By person. */
  ownerDigests: Record<string, string>
  hasAlert: boolean
  /** Of those asked about and those messaged already: linked to this workspace, and active. */
  reachable: string[]
  /** Memberships of the reachable, by person. */
  groups: Record<string, string[]>
}

const READ = `
WITH input AS (SELECT to_timestamp($5::float8 / 1000) AS since),
told AS (SELECT d.target, d.message_id, d.why FROM slack_deliveries d WHERE d.request_id = $1),
linked AS (
  SELECT l.person_id FROM slack_links l JOIN people p ON p.id = l.person_id LEFT JOIN slack_workspaces w ON w.id = 1
  WHERE l.ended_at IS NULL AND p.active AND (w.id IS NULL OR (w.team_id = l.team_id AND w.enterprise_id = l.enterprise_id))
    AND (l.person_id = ANY($4::text[]) OR l.person_id IN (SELECT split_part(target, ':', 2) FROM told))
),
mine AS (SELECT m.* FROM slack_messages m, input WHERE m.caller_id = $3 AND m.created_at > input.since),
elder AS (
  SELECT w.request_id FROM slack_watches w JOIN requests r ON r.id = w.request_id
  WHERE w.share_key = $2 AND w.request_id < $1 AND r.state = 'open' ORDER BY w.request_id LIMIT 1
)
SELECT jsonb_build_object(
  'existing', (SELECT coalesce(jsonb_agg(jsonb_build_object('target', t.target, 'why', t.why, 'message',
      CASE WHEN m.id IS NULL THEN NULL ELSE jsonb_build_object('id', m.id, 'kind', m.kind, 'request_id', m.request_id,
        'state', m.state, 'is_posted', m.ts IS NOT NULL, 'occasion', m.occasion, 'created_at', m.created_at) END) ORDER BY t.target), '[]')
    FROM told t LEFT JOIN slack_messages m ON m.id = t.message_id),
  'watch', (SELECT to_jsonb(w) FROM slack_watches w WHERE w.request_id = $1),
  'liveCards', (SELECT coalesce(jsonb_object_agg(m.channel_id, m.id), '{}') FROM slack_messages m
    WHERE m.kind = 'card' AND m.closed_at IS NULL AND m.share_key = $2),
  'elders', (SELECT coalesce(jsonb_object_agg(d.target, d.message_id), '{}') FROM slack_deliveries d
    WHERE d.request_id = (SELECT request_id FROM elder)),
  'rejectedAt', (SELECT max(r.closed_at) FROM slack_watches w JOIN requests r ON r.id = w.request_id
    WHERE w.share_key = $2 AND w.request_id <> $1 AND r.state = 'rejected'),
  'recentCards', (SELECT coalesce(jsonb_object_agg(channel_id, cards), '{}') FROM (
    SELECT channel_id, count(*) AS cards FROM mine WHERE kind = 'card' GROUP BY channel_id) c),
  'recentDirects', (SELECT count(DISTINCT request_id) FROM mine WHERE kind = 'direct'),
  'recentAlerts', (SELECT count(*) FROM mine WHERE kind = 'alert'),
  'digests', (SELECT coalesce(jsonb_object_agg(channel_id, id), '{}') FROM mine
    WHERE kind = 'digest' AND person_id IS NULL AND closed_at IS NULL),
  'ownerDigests', (SELECT coalesce(jsonb_object_agg(person_id, id), '{}') FROM mine
    WHERE kind = 'digest' AND person_id IS NOT NULL AND closed_at IS NULL
      AND EXISTS (SELECT 1 FROM slack_deliveries d WHERE d.message_id = mine.id)),
  'hasAlert', EXISTS (SELECT 1 FROM slack_messages m WHERE m.request_id = $1 AND m.kind = 'alert'),
  'reachable', (SELECT coalesce(jsonb_agg(person_id), '[]') FROM linked),
  'groups', (SELECT coalesce(jsonb_object_agg(person_id, names), '{}') FROM (
    SELECT person_id, jsonb_agg(group_name) AS names FROM group_members
    WHERE person_id IN (SELECT person_id FROM linked) AND (expires_at IS NULL OR expires_at > clock_timestamp())
    GROUP BY person_id) g)
) AS rows`

export interface ReadAnnouncement {
  requestId: string
  shareKey: string
  callerId: string
  /** Whom it may be told to. */
  personIds: readonly string[]
  /** Epoch ms: what the caller set off since then is counted against a flood. */
  since: number
}

export async function readAnnouncement(
  sql: Sql,
  { requestId, shareKey, callerId, personIds, since }: ReadAnnouncement,
): Promise<AnnouncementRows> {
  const found = await sql.$queryRawUnsafe<{ rows: AnnouncementRows }[]>(
    READ,
    requestId,
    shareKey,
    callerId,
    [...personIds],
    since,
  )
  const rows = found[0]?.rows
  if (!rows) throw new Error('The announcement could not be read')
  return rows
}

/**
 * Announcements of one caller's requests are planned one after the other: cards that are shared, and floods, are counted
 * right however many workers plan.
 * @returns the caller's id, or null when there is no such request
 */
export async function lockAnnouncements(sql: Sql, requestId: string): Promise<string | null> {
  const rows = await sql.$queryRawUnsafe<{ caller_id: string }[]>(
    `SELECT r.caller_id, pg_advisory_xact_lock(hashtextextended('slack:' || r.caller_id, 0))::text
     FROM requests r WHERE r.id = $1`,
    requestId,
  )
  return rows[0]?.caller_id ?? null
}

/** A wake-up of the oldest open request among equal asks that were announced. */
export async function wakeNextEqual(sql: Sql, shareKey: string): Promise<void> {
  await sql.$executeRawUnsafe(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT 'notify', w.request_id, 'equal ask ended' FROM slack_watches w JOIN requests r ON r.id = w.request_id
     WHERE w.share_key = $1 AND r.state = 'open' ORDER BY w.request_id LIMIT 1`,
    shareKey,
  )
}

/** A wake-up of each open request that a message tells of. */
export async function wakeToldBy(sql: Sql, messageId: string): Promise<void> {
  await sql.$executeRawUnsafe(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT 'notify', r.id, 'message given up' FROM slack_deliveries d JOIN requests r ON r.id = d.request_id
     WHERE d.message_id = $1 AND r.state = 'open' ORDER BY r.id`,
    messageId,
  )
}

/** Equal asks that wait for a card in a channel are told by the one that has just been made. */
export async function joinWaiting(
  sql: Sql,
  input: { shareKey: string; target: string; messageId: string },
): Promise<void> {
  await sql.$executeRawUnsafe(
    `UPDATE slack_deliveries d SET message_id = $3, state = 'queued', why = NULL
     FROM slack_watches w JOIN requests r ON r.id = w.request_id
     WHERE w.share_key = $1 AND r.state = 'open' AND d.request_id = w.request_id AND d.target = $2 AND d.message_id IS NULL`,
    input.shareKey,
    input.target,
    input.messageId,
  )
}

/** The request ended: its cards are nobody else's any more. @returns how many it shared, or might have */
export async function releaseCards(sql: Sql, requestId: string): Promise<number> {
  const rows = await sql.$queryRawUnsafe<{ id: string }[]>(
    `UPDATE slack_messages SET share_key = NULL
     WHERE request_id = $1 AND kind = 'card' AND share_key IS NOT NULL RETURNING id`,
    requestId,
  )
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await sql.$executeRawUnsafe(
    `UPDATE slack_deliveries SET message_id = NULL, state = 'queued', why = 'The request whose card it shared has ended.'
     WHERE message_id = ANY($1::text[]) AND request_id <> $2`,
    ids,
    requestId,
  )
  return ids.length
}

/**
 * A request's stored contract cannot be read: whoever shared its card or waits behind it is told without it, and what told
 * of it shows nothing any more. Nothing wakes it by itself.
 */
export async function releaseUnreadable(sql: Sql, requestId: string): Promise<void> {
  await releaseCards(sql, requestId)
  await sql.$executeRawUnsafe(
    `UPDATE slack_deliveries SET message_id = NULL, state = 'failed', why = 'What was asked cannot be read any more.'
     WHERE request_id = $1`,
    requestId,
  )
  const watched = await sql.$queryRawUnsafe<{ share_key: string }[]>(
    'DELETE FROM slack_watches WHERE request_id = $1 RETURNING share_key',
    requestId,
  )
  for (const { share_key } of watched) await wakeNextEqual(sql, share_key)
}

/**
 * The Slack user whom a person is, or null. Waits for whoever is ending the link: a conversation is never opened with
 * somebody whose messages were withdrawn already.
 */
export async function linkedUser(sql: Sql, personId: string): Promise<string | null> {
  const rows = await sql.$queryRawUnsafe<{ user_id: string }[]>(
    'SELECT user_id FROM slack_links WHERE person_id = $1 AND ended_at IS NULL FOR SHARE',
    personId,
  )
  return rows[0]?.user_id ?? null
}

/**
 * A person's link ended: what was sent to that Slack user tells them nothing any more, whoever the person is in Slack later.
 * After the end of the link, in its transaction. Whoever is sending one of them looks again.
 */
export async function withdrawMessages(sql: Sql, personId: string): Promise<void> {
  await sql.$executeRawUnsafe(
    `WITH theirs AS (
       UPDATE slack_messages SET version = version + 1
       WHERE person_id = $1 AND closed_at IS NULL RETURNING id
     )
     UPDATE slack_deliveries SET message_id = NULL, state = 'failed', why = '${NO_LONGER_LINKED}'
     WHERE message_id IN (SELECT id FROM theirs)`,
    personId,
  )
}

/**
 * Somebody was linked or unlinked: what they were sent, or would have been, is looked at again, and so are held requests that
 * wait for a group of theirs and have reached nobody. All of them: nothing else would come back to the rest.
 */
export async function wakeForPerson(sql: Sql, personId: string): Promise<void> {
  await sql.$executeRawUnsafe(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT 'notify', id, 'slack link' FROM (
       SELECT m.request_id AS id FROM slack_messages m
       WHERE m.person_id = $1 AND m.closed_at IS NULL AND m.request_id IS NOT NULL
       UNION SELECT d.request_id FROM slack_deliveries d JOIN requests r ON r.id = d.request_id
       WHERE d.target IN ('person:' || $1, 'requester:' || $1) AND d.message_id IS NULL AND r.state = 'open'
       UNION SELECT r.id FROM slack_watches w JOIN requests r ON r.id = w.request_id
       WHERE w.unreached_since IS NOT NULL AND r.state = 'open'
         AND r.waiting_groups && ARRAY(SELECT group_name FROM group_members WHERE person_id = $1)
     ) told ORDER BY id`,
    personId,
  )
}
