import type { RequirementStatus } from '#lib/core/policy/types'
import type { Db } from '#lib/db/client'
import { MOST_COUNTED } from '#lib/wire/views/inbox'
import { SILENT } from '../inbox/lists'

/** Of each list, the oldest. */
export const SHOWN = 20
/** Held requests whose needs are counted: the oldest. */
const MOST_HELD = 1_000
/** Input that is not evaluated by then is stuck: a worker takes milliseconds. */
const STUCK_AFTER = "interval '30 seconds'"
/** A wake-up that is not carried out by then was lost again and again, or no worker runs. */
const UNDONE_AFTER = "interval '60 seconds'"
/** Announcements are looked at for so long: whoever was not told by then knows, or never will. */
const UNTOLD_FOR = "interval '30 days'"

export interface HeldRow {
  requestId: string
  goal: string
  callerName: string
  since: Date
  requirements: RequirementStatus[]
}

export interface Standing {
  counts: {
    held: number
    ages: number[]
    stuck: number
    undone: number
    neverCollected: number
    neverReported: number
    givenUp: number
    untold: number
    slack: number
    policyVersion: string | null
  }
  held: HeldRow[]
  stuck: { requestId: string; goal: string; since: Date }[]
  undone: {
    id: bigint
    topic: string
    cause: string
    requestId: string
    since: Date
    queuedAt: Date | null
  }[]
  neverCollected: SilentRow[]
  neverReported: SilentRow[]
  givenUp: { id: string; url: string; callerName: string; reason: string; since: Date }[]
  untold: {
    id: string
    text: string
    audience: string
    personName: string
    why: string
    at: Date
  }[]
}

interface SilentRow {
  requestId: string
  goal: string
  callerName: string
  since: Date
}

const capped = (what: string, limit = MOST_COUNTED) =>
  `(SELECT count(*)::int FROM (SELECT 1 FROM ${what} LIMIT ${limit}) s)`

const STUCK_ROWS = `requests r JOIN LATERAL (
    SELECT coalesce(
      (SELECT min(o.created_at) FROM outbox o WHERE o.request_id = r.id AND o.done_at IS NULL),
      (SELECT e.at FROM events e WHERE e.stream = 'request:' || r.id ORDER BY e.ordinal DESC LIMIT 1)) AS since) t ON true
  WHERE r.state = 'open' AND r.evaluated_seq < r.input_seq AND t.since < clock_timestamp() - ${STUCK_AFTER}`

const UNDONE_ROWS = `outbox WHERE done_at IS NULL AND created_at < clock_timestamp() - ${UNDONE_AFTER}`

/** In the order of the index of state and end, so that it alone is walked. */
const silent = (state: string, since: string) => `(
  SELECT * FROM grants WHERE state = '${state}' ORDER BY ends_at LIMIT ${MOST_COUNTED}) g
  WHERE g.${since} < clock_timestamp() - ${SILENT}`

const GIVEN_UP = `webhook_endpoints w JOIN callers c ON c.id = w.caller_id AND c.active
  WHERE w.state = 'disabled' AND w.state_reason IN ('failing', 'gone')`

const UNTOLD = `announcements a WHERE a.sent_at IS NULL AND a.seen_at IS NULL AND a.why IS NOT NULL
  AND a.created_at > clock_timestamp() - ${UNTOLD_FOR}`

const age = (from: string | null, to: string | null) =>
  `count(*) FILTER (WHERE ${from === null ? 'true' : `opened_at <= clock_timestamp() - interval '${from}'`}
    AND ${to === null ? 'true' : `opened_at > clock_timestamp() - interval '${to}'`})::int`

const COUNTS = `
SELECT h.held, h.ages, ${capped(STUCK_ROWS)} AS stuck, ${capped(UNDONE_ROWS)} AS undone,
  ${capped(silent('ready', 'created_at'))} AS "neverCollected", ${capped(silent('redeemed', 'redeemed_at'))} AS "neverReported",
  ${capped(GIVEN_UP)} AS "givenUp", ${capped(UNTOLD)} AS untold,
  ${capped("slack_messages WHERE state <> 'sent' AND state = 'given_up'")} AS slack,
  (SELECT version FROM policy_versions WHERE name = $1 ORDER BY ordinal DESC LIMIT 1) AS "policyVersion"
FROM (SELECT count(*)::int AS held,
    ARRAY[${age(null, '1 hour')}, ${age('1 hour', '4 hours')}, ${age('4 hours', '1 day')}, ${age('1 day', null)}] AS ages
  FROM requests WHERE state = 'open') h`

const HELD = `
SELECT r.id AS "requestId", r.goal, c.name AS "callerName", coalesce(r.opened_at, r.submitted_at) AS since, r.requirements
FROM (SELECT * FROM requests WHERE state = 'open' ORDER BY submitted_at, id LIMIT ${MOST_HELD}) r
JOIN callers c ON c.id = r.caller_id ORDER BY r.submitted_at, r.id`

const silentList = (state: string, since: string) => `
SELECT g.request_id AS "requestId", r.goal, c.name AS "callerName", g.${since} AS since
FROM (SELECT g.* FROM ${silent(state, since)} ORDER BY g.${since} LIMIT ${SHOWN}) g
JOIN requests r ON r.id = g.request_id JOIN callers c ON c.id = r.caller_id ORDER BY g.${since}`

/** What stands in the database. Every list is read through an index over what is under way alone. */
export async function readStanding(
  db: Pick<Db, '$queryRawUnsafe'>,
  policyName: string,
): Promise<Standing> {
  const list = <Row>(sql: string, ...values: string[]) => db.$queryRawUnsafe<Row[]>(sql, ...values)
  const [[counts], held, stuck, undone, neverCollected, neverReported, givenUp, untold] =
    await Promise.all([
      list<Standing['counts']>(COUNTS, policyName),
      list<HeldRow>(HELD),
      list<Standing['stuck'][number]>(
        `SELECT r.id AS "requestId", r.goal, t.since FROM ${STUCK_ROWS} ORDER BY t.since, r.id LIMIT ${SHOWN}`,
      ),
      list<Standing['undone'][number]>(
        `SELECT id, topic, cause, request_id AS "requestId", created_at AS since, queued_at AS "queuedAt"
         FROM ${UNDONE_ROWS} ORDER BY created_at, id LIMIT ${SHOWN}`,
      ),
      list<SilentRow>(silentList('ready', 'created_at')),
      list<SilentRow>(silentList('redeemed', 'redeemed_at')),
      list<Standing['givenUp'][number]>(
        `SELECT w.id, w.url, c.name AS "callerName", w.state_reason AS reason, w.state_at AS since
         FROM ${GIVEN_UP} ORDER BY w.state_at, w.id LIMIT ${SHOWN}`,
      ),
      list<Standing['untold'][number]>(
        `SELECT a.id, a.text, a.audience, p.name AS "personName", a.why, a.created_at AS at
         FROM (SELECT * FROM ${UNTOLD} ORDER BY created_at DESC LIMIT ${SHOWN}) a JOIN people p ON p.id = a.person_id
         ORDER BY a.created_at DESC`,
      ),
    ])
  if (!counts) throw new Error('Counting gave no row')
  return { counts, held, stuck, undone, neverCollected, neverReported, givenUp, untold }
}
