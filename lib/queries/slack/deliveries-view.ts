import type { SignedIn } from '#lib/auth/session'
import { isId } from '#lib/core/ids'
import type { Runtime } from '#lib/runtime'
import { type DeliveriesQuery, MOST_DELIVERIES } from '#lib/wire/deliveries'
import { NOT_NEEDED_WHYS, TAKEN_BACK_WHYS } from '#lib/wire/delivery-whys'
import type { DeliveriesView, DeliveryRowView } from '#lib/wire/views/deliveries'
import { type DeliveryRecord, deliveryOf, isTrouble } from './delivery'
import { faultOf, isInstalled } from './fault'
import { HELD_UNTIL } from './held-until'

const PAGE_ROWS = 50

interface Row extends Omit<DeliveryRecord, 'hasMessage'> {
  key: string
  messageId: string | null
  at: Date
  callerName: string
  requestId: string | null
  goal: string | null
  sharedBy: number
}

interface Counts {
  failed: number
  waiting: number
}

/** What ended without a failure is listed among all, and nowhere as a failure. */
const NO_TROUBLE = [...NOT_NEEDED_WHYS, ...TAKEN_BACK_WHYS].map((why) => `'${why}'`).join(', ')
const isTroubled = (row: string) => `coalesce(${row}.why, '') NOT IN (${NO_TROUBLE})`

/** The newest of what was told; of what is waiting or failed, all, which is never much. */
const MESSAGES = {
  all: `(SELECT * FROM slack_messages ORDER BY created_at DESC, id DESC LIMIT ${MOST_DELIVERIES})`,
  troubled: "(SELECT * FROM slack_messages WHERE state <> 'sent')",
}

/**
 * Messages, and announcements for which there is no message (no channel is set, or they are held back). Each branch is read
 * newest first up to the page's end, so a page costs the same however long the history is. Only what is asked for is in
 * the statement: a plan that is kept for any values cannot use an index on what may be null.
 */
function statementFor({ tab, filter, cursor }: DeliveriesQuery, value: (one: unknown) => string) {
  const { text, kind } = filter
  const limit = value(PAGE_ROWS + 1)
  const isRequest = isId('req', text)
  const like = text === '' || isRequest ? '' : value(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const exact = text === '' ? '' : value(text)
  const ofKind = kind === null ? '' : value(kind)
  const before = cursor && `(${value(cursor.at.toISOString())}::timestamptz, ${value(cursor.key)})`
  const narrowed = (row: string, { at, key }: { at: string; key: string }, failed: string) => [
    ...(tab === 'failed' ? [`${row}.state IN (${failed}) AND ${isTroubled(row)}`] : []),
    ...(tab === 'waiting' ? [`${row}.state = 'queued'`] : []),
    ...(ofKind ? [`${row}.kind = ${ofKind}`] : []),
    ...(text === ''
      ? []
      : [
          isRequest
            ? `${row}.request_id = ${exact}`
            : `(${row}.channel_id = ${exact} OR c.name ILIKE ${like} OR p.name ILIKE ${like})`,
        ]),
    ...(before ? [`(${row}.${at}, ${row}.${key}) < ${before}`] : []),
  ]
  const where = (conditions: string[]) =>
    conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const isSearched = !isRequest && (text !== '' || kind !== null)
  const searched = isSearched ? MESSAGES.all : 'slack_messages'
  const messages = tab === 'all' ? searched : MESSAGES.troubled
  return `
SELECT * FROM (
  (SELECT m.id AS key, m.id AS "messageId", m.kind, m.channel_id AS "channelId", p.name AS "personName", NULL AS "groupLabel", m.state, m.why,
     m.attempts, m.due_at AS "dueAt", m.sent_at AS "sentAt", m.changed_at AS "changedAt", m.created_at AS at, CASE c.kind WHEN 'console' THEN 'the console' ELSE c.name END AS "callerName",
     r.id AS "requestId", r.goal, (SELECT count(*)::int FROM slack_deliveries d WHERE d.message_id = m.id) AS "sharedBy"
   FROM ${messages} m JOIN callers c ON c.id = m.caller_id LEFT JOIN people p ON p.id = m.person_id
   LEFT JOIN requests r ON r.id = m.request_id
   ${where(narrowed('m', { at: 'created_at', key: 'id' }, "'failed', 'given_up'"))}
   ORDER BY m.created_at DESC, m.id DESC LIMIT ${limit})
  UNION ALL
  (SELECT d.key, NULL, d.kind, d.channel_id, p.name, g.label, d.state, d.why, 0,
     CASE WHEN d.state = 'queued' THEN ${HELD_UNTIL('d.request_id')} END, NULL, NULL, d.at, CASE c.kind WHEN 'console' THEN 'the console' ELSE c.name END, r.id, r.goal, 1
   FROM (
     SELECT *, request_id || ' ' || target AS key, split_part(target, ':', 2) AS place,
       CASE split_part(target, ':', 1) WHEN 'channel' THEN 'card' WHEN 'person' THEN 'direct'
         WHEN 'group' THEN 'direct' WHEN 'requester' THEN 'requester' ELSE 'route' END AS kind,
       CASE WHEN target LIKE 'channel:%' THEN split_part(target, ':', 2) END AS channel_id
     FROM slack_deliveries WHERE message_id IS NULL
   ) d JOIN requests r ON r.id = d.request_id JOIN callers c ON c.id = r.caller_id LEFT JOIN people p ON p.id = d.place
     LEFT JOIN groups g ON d.target = 'group:' || g.name
   ${where(narrowed('d', { at: 'at', key: 'key' }, "'failed'"))}
   ORDER BY d.at DESC, d.key DESC LIMIT ${limit})
) told ORDER BY at DESC, key DESC LIMIT ${limit}`
}

const COUNT = `
SELECT
  (SELECT count(*)::int FROM slack_messages m WHERE state <> 'sent' AND state IN ('failed', 'given_up') AND ${isTroubled('m')}) +
  (SELECT count(*)::int FROM slack_deliveries d WHERE message_id IS NULL AND state = 'failed' AND ${isTroubled('d')}) AS failed,
  (SELECT count(*)::int FROM slack_messages WHERE state <> 'sent' AND state = 'queued') +
  (SELECT count(*)::int FROM slack_deliveries WHERE message_id IS NULL AND state = 'queued') AS waiting`

/** What Slack was told, is to be told and could not be told, newest first. */
export async function deliveriesView(
  runtime: Pick<Runtime, 'config' | 'db'>,
  viewer: Pick<SignedIn, 'roles'>,
  query: DeliveriesQuery,
): Promise<DeliveriesView> {
  const { db, config } = runtime
  const isAdmin = viewer.roles.includes('admin')
  const [rows, counts, workspace] = await Promise.all([
    readRows(runtime, query),
    db.$queryRawUnsafe<Counts[]>(COUNT),
    db.slackWorkspace.findUnique({ where: { id: 1 } }),
  ])
  const shown = rows.slice(0, PAGE_ROWS)
  const last = rows.length > PAGE_ROWS ? shown.at(-1) : undefined
  return {
    hasSlack: config.slack !== null,
    hasWorkspace: isInstalled(workspace),
    isAdmin,
    tab: query.tab,
    tabCounts: counts[0] ?? { failed: 0, waiting: 0 },
    filter: query.filter,
    fault: faultOf(workspace),
    pausedUntil: workspace?.pausedUntil?.toISOString() ?? null,
    rows: shown.map((row) => rowOf(row, isAdmin)),
    nextCursor: last ? `${last.at.toISOString()} ${last.key}` : null,
  }
}

function readRows({ db }: Pick<Runtime, 'db'>, query: DeliveriesQuery): Promise<Row[]> {
  const values: unknown[] = []
  const statement = statementFor(query, (one) => `$${values.push(one)}`)
  return db.$queryRawUnsafe<Row[]>(statement, ...values)
}

function rowOf(row: Row, isAdmin: boolean): DeliveryRowView {
  const delivery = deliveryOf({ ...row, hasMessage: row.messageId !== null })
  return {
    ...delivery,
    key: row.key,
    messageId: row.messageId,
    createdAt: row.at.toISOString(),
    callerName: row.callerName,
    request:
      row.kind === 'digest' || row.requestId === null || row.goal === null
        ? null
        : { id: row.requestId, goal: row.goal },
    alsoCount: Math.max(0, row.sharedBy - 1),
    canRetry: isAdmin && row.messageId !== null && isTrouble(delivery.state),
  }
}
