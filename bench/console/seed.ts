import type { Client } from 'pg'
import { copyRows } from './copy-rows'

/** Requests whose whole record is there: events, decisions, votes and evidence. The others have their row and grant. */
export const FULL_RECORD_SHARE = 0.2
const FULL_EVERY = 1 / FULL_RECORD_SHARE
/** One request a minute, so that a longer history reaches further back and today is always the same. */
const EVERY = "interval '1 minute'"
/** Open requests, of which every tenth waits for the viewer's group. */
const OPEN = 400
const CALLERS = 200
const PEOPLE = 30
/** Grants that nobody has ended yet. */
const LIVE_GRANTS = 60
const LONG_RECORD = { events: 300, evidence: 40 }

export interface Seeded {
  viewerId: string
  /** An open request whose record is longer than people's are. */
  longId: string
}

/** What the demonstration left: requests brought to each state by the product's own commands. Copies of them fill the tables. */
const ENDED = `
SELECT row_number() OVER (ORDER BY r.id)::int - 1 AS nr, r.id AS template_id, g.state AS grant_state
FROM requests r LEFT JOIN grants g ON g.request_id = r.id
WHERE r.state <> 'open' AND (g.state IS NULL OR g.state = 'reported')`

/**
 * People, callers, open requests and a first history. Foreign keys and the triggers of the audit trail are off while this
 * connection writes; hashes are those of the originals, so a seeded trail does not verify.
 */
export async function seedWorld(db: Client): Promise<Seeded> {
  await db.query('SET session_replication_role = replica')
  await db.query('SET synchronous_commit = off')
  await db.query(PEOPLE_AND_CALLERS)
  await db.query(`CREATE TEMP TABLE ended AS ${ENDED}`)
  await db.query(`CREATE TEMP TABLE waiting AS
    SELECT r.id AS template_id, r.waiting_groups FROM requests r WHERE r.state = 'open'`)
  await db.query(`CREATE TEMP TABLE ready AS
    SELECT request_id AS template_id FROM grants WHERE state = 'ready' LIMIT 1`)
  await db.query(
    `CREATE TEMP TABLE new_requests (id text, template_id text, caller_nr int, at timestamptz, nr int, kind text)`,
  )
  await addOpen(db)
  const longId = await addLongRecord(db)
  return { viewerId: 'prs_bench01', longId }
}

/** Fills the history up to so many requests in all: ended in every way, the newest an hour old. */
export async function seedHistory(db: Client, from: number, to: number): Promise<void> {
  await fill(
    db,
    `SELECT ${idAt(`now() - interval '1 hour' - i * ${EVERY}`)} AS id, e.template_id, i % ${CALLERS} AS caller_nr,
       now() - interval '1 hour' - i * ${EVERY} AS at, i AS nr, 'ended' AS kind
     FROM generate_series($1::int, $2::int) i JOIN ended e ON e.nr = i % (SELECT count(*)::int FROM ended)`,
    [from + 1, to],
  )
  await db.query('VACUUM (ANALYZE)')
  await db.query('CHECKPOINT')
}

async function addOpen(db: Client): Promise<void> {
  await fill(
    db,
    `SELECT ${idAt(`now() - i * interval '9 minutes'`)} AS id, w.template_id, i % ${CALLERS} AS caller_nr,
       now() - i * interval '9 minutes' AS at, i AS nr, 'open' AS kind
     FROM generate_series(1, ${OPEN}) i, LATERAL (
       SELECT template_id FROM waiting WHERE ('finance_approvers' = ANY(waiting_groups)) = (i % 10 = 0)
       ORDER BY template_id LIMIT 1) w`,
    [],
  )
  await fill(
    db,
    `SELECT ${idAt(`now() - i * interval '3 minutes'`)} AS id, t.template_id, i % ${CALLERS} AS caller_nr,
       now() - i * interval '3 minutes' AS at, i AS nr, 'live' AS kind
     FROM generate_series(1, ${LIVE_GRANTS}) i, ready t`,
    [],
  )
}

/** Unique, in the order of time, and an id by the product's own rule. */
function idAt(at: string): string {
  return `'req_0' || upper(lpad(to_hex((extract(epoch FROM ${at}) * 1000)::bigint), 11, '0') || lpad(to_hex(i), 14, '0'))`
}

/** Rows of `new_requests` become requests with grants, and every so manyth gets its whole record. */
async function fill(db: Client, what: string, values: number[]): Promise<void> {
  await db.query('TRUNCATE new_requests')
  await db.query(`INSERT INTO new_requests ${what}`, values)
  await db.query('ANALYZE new_requests')
  await db.query(MAKE_CONTRACTS)
  const shift = 'n.at - t.submitted_at'
  const later = (column: string) => `s.${column} + (${shift})`
  const isOpen = "n.kind = 'open'"
  await copyRows(db, 'requests', {
    from: `new_requests n JOIN requests s ON s.id = n.template_id JOIN contracts k USING (template_id, caller_nr),
      LATERAL (SELECT s.submitted_at) t`,
    set: {
      id: 'n.id',
      caller_id: 'k.caller_id',
      key_id: 'k.key_id',
      run_key: 'NULL',
      contract_digest: 'k.digest',
      hashed: 'k.hashed',
      requesters: 'k.requesters',
      goal: "s.goal || ' (' || n.nr || ')'",
      submitted_at: 'n.at',
      opened_at: later('opened_at'),
      closed_at: `${later('closed_at')} + n.nr % 240 * interval '1 minute'`,
      deadline_at: `CASE WHEN ${isOpen} THEN now() + (1 + n.nr % 70) * interval '1 hour' ELSE ${later('deadline_at')} END`,
      next_check_at: 'NULL',
      supersedes: 'NULL',
      superseded_by: 'NULL',
    },
  })
  const of = (table: string, on = 's.request_id = n.template_id') =>
    `new_requests n JOIN ${table} s ON ${on} JOIN requests t ON t.id = n.template_id`
  const isLive = "n.kind = 'live'"
  await copyRows(db, 'grants', {
    from: of('grants'),
    set: {
      request_id: 'n.id',
      state: `CASE WHEN ${isLive} AND n.nr % 3 = 0 THEN 'redeemed' ELSE s.state END`,
      created_at: later('created_at'),
      ends_at: `CASE WHEN ${isLive} THEN now() + interval '3 hours' ELSE ${later('ends_at')} END`,
      redeemed_at: `CASE WHEN ${isLive} AND n.nr % 3 = 0 THEN n.at + interval '1 minute' ELSE ${later('redeemed_at')} END`,
      collected_at: later('collected_at'),
      reported_at: later('reported_at'),
      ended_at: later('ended_at'),
      jti: 'NULL',
    },
  })
  const share = ` WHERE n.kind <> 'ended' OR n.nr % ${FULL_EVERY} = 0`
  const part = "substr(n.id, 5, 22) || lpad(row_number() OVER (PARTITION BY n.id)::text, 4, '0')"
  const voter = `'prs_bench' || lpad((1 + (n.nr / ${FULL_EVERY}
    + row_number() OVER (PARTITION BY n.id)) % ${PEOPLE})::text, 2, '0')`
  await copyRows(db, 'decisions', {
    from: of('decisions') + share,
    set: { request_id: 'n.id', at: later('at') },
  })
  await copyRows(db, 'votes', {
    from: of('votes') + share,
    set: {
      id: `'vot_' || ${part}`,
      request_id: 'n.id',
      person_id: `CASE WHEN n.kind = 'ended' THEN ${voter} ELSE s.person_id END`,
      at: later('at'),
      ended_at: later('ended_at'),
    },
  })
  await copyRows(db, 'evidence', {
    from: of('evidence') + share,
    set: { id: `'evd_' || ${part}`, request_id: 'n.id', at: later('at') },
  })
  await copyRows(db, 'events', {
    from: of('events', "s.stream = 'request:' || n.template_id") + share,
    set: { seq: "nextval('events_seq_seq')", stream: "'request:' || n.id", at: later('at') },
  })
  await addDeliveries(db)
}

/** One card a request that has its whole record, sent and final. */
async function addDeliveries(db: Client): Promise<void> {
  await db.query(`
    INSERT INTO slack_messages (id, kind, channel_id, request_id, caller_id, ts, state, created_at, sent_at, closed_at)
    SELECT 'msg_' || substr(n.id, 5), 'card', 'C0BENCH', n.id, r.caller_id, n.nr || '.000100', 'sent', n.at, n.at, n.at
    FROM new_requests n JOIN requests r ON r.id = n.id WHERE n.kind = 'ended' AND n.nr % ${FULL_EVERY} = 0`)
  await db.query(`
    INSERT INTO slack_deliveries (request_id, target, message_id, state, at)
    SELECT n.id, 'channel:C0BENCH', 'msg_' || substr(n.id, 5), 'sent', n.at
    FROM new_requests n WHERE n.kind = 'ended' AND n.nr % ${FULL_EVERY} = 0`)
}

async function addLongRecord(db: Client): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM requests WHERE state = 'open' AND 'finance_approvers' = ANY(waiting_groups) AND caller_id LIKE 'clr_bench%'
     ORDER BY id DESC LIMIT 1`,
  )
  const [found] = rows
  if (!found) throw new Error('No open request waits for the group of the viewer')
  const long = `(SELECT * FROM events WHERE stream = 'request:${found.id}' ORDER BY ordinal DESC LIMIT 1)`
  await copyRows(db, 'events', {
    from: `${long} s, generate_series(1, ${LONG_RECORD.events}) i`,
    set: { seq: "nextval('events_seq_seq')", ordinal: 's.ordinal + i' },
  })
  await copyRows(db, 'evidence', {
    from: `(SELECT * FROM evidence ORDER BY id LIMIT 1) s, generate_series(1, ${LONG_RECORD.evidence}) i`,
    set: { id: "'evd_' || lpad(i::text, 26, '0')", request_id: `'${found.id}'` },
  })
  return found.id
}

/** A contract names its caller, so that each pair of a template and a caller has one text and digest. */
const MAKE_CONTRACTS = `
DROP TABLE IF EXISTS contracts;
CREATE TEMP TABLE contracts AS
SELECT p.template_id, p.caller_nr, c.id AS caller_id, k.id AS key_id, ARRAY[c.owner_id] AS requesters, h.text AS hashed,
  'sha-256:' || encode(sha256(convert_to(h.text, 'UTF8')), 'hex') AS digest
FROM (SELECT DISTINCT template_id, caller_nr FROM new_requests) p
  JOIN requests s ON s.id = p.template_id
  JOIN callers c ON c.id = 'clr_bench' || p.caller_nr
  JOIN api_keys k ON k.id = 'key_bench' || p.caller_nr,
  LATERAL (SELECT replace(s.hashed, s.caller_id, c.id) AS text) h;
ANALYZE contracts`

/** The viewer is the first of the people: in one group that approves, and the owner of one caller in twenty-nine. */
const PEOPLE_AND_CALLERS = `
INSERT INTO people (id, name, email, roles)
  SELECT 'prs_bench' || lpad(i::text, 2, '0'), 'Person ' || i, 'person' || i || '@bench.example', ARRAY['approver']
  FROM generate_series(1, ${PEOPLE}) i;
INSERT INTO groups (name, label) VALUES ('platform_team', 'Platform team'), ('legal_team', 'Legal team');
INSERT INTO group_members (group_name, person_id)
  SELECT g.name, p.id FROM (SELECT name, row_number() OVER (ORDER BY name) AS nr FROM groups) g
    JOIN people p ON p.id LIKE 'prs_bench%' AND right(p.id, 2)::int % 6 = g.nr % 6 AND p.id <> 'prs_bench01';
INSERT INTO group_members (group_name, person_id) VALUES ('finance_approvers', 'prs_bench01');
INSERT INTO callers (id, name, kind, owner_id, roles, environments, audience)
  SELECT 'clr_bench' || i, 'agent-' || i, 'agent', 'prs_bench' || lpad((1 + i % 29)::text, 2, '0'), '{deployer}',
    '{production}', 'runner-' || i FROM generate_series(0, ${CALLERS - 1}) i;
INSERT INTO api_keys (id, caller_id, name, secret_hash, hint, scopes, created_by_id)
  SELECT 'key_bench' || i, 'clr_bench' || i, 'bench', md5(i::text), 'csk_', '{submit}', owner_id
  FROM generate_series(0, ${CALLERS - 1}) i JOIN callers c ON c.id = 'clr_bench' || i`
