import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEndpoint } from '#lib/commands/webhook/create-endpoint'
import { FOR_ITS_VALUES } from '#lib/db/client'
import { auditView } from '#lib/queries/audit/audit-view'
import { MOST_LOOKED_AT } from '#lib/queries/audit/read-trail'
import { groupView } from '#lib/queries/groups/group-view'
import { groupsView } from '#lib/queries/groups/groups-view'
import { inboxView } from '#lib/queries/inbox/inbox-view'
import { pageView } from '#lib/queries/page-view'
import { leavingView } from '#lib/queries/people/leaving-view'
import { peopleView } from '#lib/queries/people/people-view'
import { personView } from '#lib/queries/people/person-view'
import { unmetAfter } from '#lib/queries/people/unmet'
import { queuesView } from '#lib/queries/queues/queues-view'
import { deliveriesView } from '#lib/queries/slack/deliveries-view'
import { ticketDeliveries } from '#lib/queries/slack/ticket-deliveries'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import { deliveryView } from '#lib/queries/webhook/delivery-view'
import { endpointView } from '#lib/queries/webhook/endpoint-view'
import { webhooksView } from '#lib/queries/webhook/webhooks-view'
import { auditQuery } from '#lib/wire/audit'
import { deliveriesQuery } from '#lib/wire/deliveries'
import { cursorText, inboxQuery } from '#lib/wire/inbox'
import { peopleQuery } from '#lib/wire/people'
import { MOST_SEARCHED } from '#lib/wire/views/inbox'
import { endpointQuery, webhooksQuery } from '#lib/wire/webhooks'
import { copyRows } from '../../bench/console/copy-rows'
import { testDatabase } from '../database'
import { costOf, type PlanCost, statementsOf } from '../plans'
import { approve, must, submit, world } from '../world'

/**
 * What a page reads stays the same however long the history is. Counted in rows that PostgreSQL looked at, with the plan
 * for the very values and with the plan that a connection keeps for any: rows are not noisy, times are.
 */
const HISTORY = 40_000
const OPEN = 300
const FEW = 200
/** Rows of one statement, where nothing is searched for. */
const MOST_ROWS = 6_000
/** Where words are searched for, and in what somebody stands behind: the newest of what is closed, once. */
const MOST_SEARCHED_ROWS = MOST_SEARCHED + MOST_ROWS

const { url } = await testDatabase()
const w = await world(url)
const db = new pg.Client({ connectionString: url })
afterAll(() => db.end())
let openId = ''
let endpointId = ''
/** Of an endpoint that was told little, and long ago. */
let quietId = ''

beforeAll(async () => {
  await db.connect()
  openId = await submit(w)
  await approve(w, openId, w.mara)
  endpointId = await endpoint('https://one.example/')
  await endpoint('https://two.example/')
  quietId = await endpoint('https://quiet.example/')
  await db.query('SET session_replication_role = replica')
  await db.query(
    `INSERT INTO webhook_deliveries (endpoint_id, event_id, type, at, state, due_at)
     SELECT $1, 'evt_' || i, 'request.deferred', now() - interval '60 days', (ARRAY['delivered', 'due', 'dead'])[1 + i % 3], now()
     FROM generate_series(1, 9) i`,
    [quietId],
  )
  // The planner is to know what the runs below let it know, and nothing more.
  for (const table of ['requests', 'grants', 'votes', 'events']) {
    await db.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
  }
  await open(OPEN)
  await grow(0, FEW)
  // All that the planner knows at first, as where a history is loaded faster than statistics are gathered.
  await db.query('ANALYZE')
}, 120_000)

async function endpoint(address: string): Promise<string> {
  const settings = { url: address, description: '', eventTypes: ['request.deferred' as const] }
  const owner = { callerId: w.callerId, personId: w.owner.id }
  return must(await createEndpoint(w.runtime, { ...owner, ...settings })).endpointId
}

/** Open requests beside the one that there is, each waiting for the same people. */
async function open(count: number): Promise<void> {
  await copyRows(db, 'requests', {
    from: `generate_series(1, ${count}) i, requests s WHERE s.id = '${openId}'`,
    set: {
      id: "'req_9' || lpad(i::text, 25, '0')",
      run_key: 'NULL',
      waiting_groups: "CASE WHEN i % 10 = 0 THEN s.waiting_groups ELSE '{}' END",
      submitted_at: "now() - i * interval '1 minute'",
      deadline_at: "now() + (1 + i % 70) * interval '1 hour'",
      next_check_at: 'NULL',
    },
  })
}

/** Adds closed requests with their grants, votes, events and messages. */
async function grow(from: number, to: number): Promise<void> {
  const at = `now() - interval '2 hours' + (i - ${HISTORY}) * interval '1 minute'`
  await copyRows(db, 'requests', {
    from: `generate_series(${from + 1}, ${to}) i, requests s WHERE s.id = '${openId}'`,
    set: {
      id: idOf('i'),
      run_key: 'NULL',
      state:
        "(ARRAY['released', 'released', 'released', 'rejected', 'expired', 'cancelled'])[1 + i % 6]",
      risk: "(ARRAY['unknown', 'read_only', 'money_outward', 'privilege_change'])[1 + i % 4]",
      environment: "(ARRAY['production', 'staging', 'test'])[1 + i % 3]",
      caller_id: "CASE WHEN i % 2 = 0 THEN s.caller_id ELSE 'clr_' || i % 40 END",
      submitted_at: at,
      closed_at: `${at} + interval '20 minutes'`,
      next_check_at: 'NULL',
    },
  })
  // Known to the planner, so that only what is asked later is planned in the dark.
  await db.query(`CREATE TEMP TABLE added AS SELECT id, state, caller_id, submitted_at, closed_at FROM requests
    WHERE id > ${idOf(`${from}`)} AND id <= ${idOf(`${to}`)}`)
  await db.query('ANALYZE added')
  await db.query(`INSERT INTO grants (request_id, state, created_at, ends_at, generation, redeemed_at)
    SELECT id, CASE WHEN submitted_at > now() - interval '4 hours' THEN 'redeemed' ELSE 'reported' END, closed_at,
      now() + interval '1 hour', 1, closed_at FROM added n WHERE state = 'released'`)
  await copyRows(db, 'votes', {
    from: `added n, votes s WHERE s.request_id = '${openId}'`,
    set: { id: "'vot_' || substr(n.id, 5)", request_id: 'n.id' },
  })
  await copyRows(db, 'events', {
    from: `added n, events s WHERE s.stream = 'request:${openId}'`,
    set: { seq: "nextval('events_seq_seq')", stream: "'request:' || n.id" },
  })
  await db.query(`INSERT INTO slack_messages (id, kind, channel_id, request_id, caller_id, ts, state, created_at, sent_at)
    SELECT 'msg_' || substr(id, 5), 'card', 'C0TEST', id, caller_id, '1', 'sent', submitted_at, submitted_at FROM added n`)
  await db.query(`INSERT INTO slack_deliveries (request_id, target, message_id, state, at)
    SELECT id, 'channel:C0TEST', 'msg_' || substr(id, 5), 'sent', submitted_at FROM added n`)
  await db.query(`WITH sent AS (
      INSERT INTO webhook_deliveries (endpoint_id, event_id, type, request_id, ordinal, at, state, attempts, attempts_ever, due_at)
      SELECT w.id, 'evt_' || n.id, 'request.deferred', n.id, 1, n.submitted_at,
        (ARRAY['delivered', 'delivered', 'due', 'dead'])[1 + (hashtext(n.id) & 3)], 1, 1, n.closed_at
      FROM added n, webhook_endpoints w WHERE w.id <> '${quietId}' RETURNING id, at)
    INSERT INTO webhook_attempts (delivery_id, ordinal, at, cause, url, request_headers, request_body, status, latency_ms)
    SELECT id, 1, at, 'schedule', 'https://one.example/', '{}', '{}', 500, 1 FROM sent`)
  await db.query('DROP TABLE added')
}

function idOf(number: string): string {
  return `'req_' || lpad(${number}::text, 26, '0')`
}

const OWNER = { personId: w.owner.id, roles: [] }
const half = `req_${String(HISTORY / 4).padStart(26, '0')}`
const halfAt = new Date(Date.now() - 2 * 3_600_000 - ((HISTORY * 3) / 4) * 60_000)
const cursor = (sort: 'newest' | 'oldest') =>
  cursorText({ isBack: false, at: halfAt, id: half }, sort)

const NARROW: Record<string, string>[] = [
  {},
  { view: 'needs_me' },
  { view: 'open' },
  { view: 'open', sort: 'oldest' },
  { view: 'ready' },
  { view: 'never_collected' },
  { view: 'never_reported' },
  { view: 'closed' },
  { view: 'closed', sort: 'oldest' },
  { view: 'closed', cursor: cursor('newest') },
  { view: 'closed', sort: 'oldest', cursor: cursor('oldest') },
  { view: 'closed', state: 'superseded' },
  { view: 'closed', risk: 'none_such' },
  { view: 'closed', environment: 'none_such' },
  { view: 'closed', caller: 'none_such' },
  { view: 'closed', q: half },
  { view: 'all' },
  { view: 'all', cursor: cursor('newest') },
  { view: 'open', q: 'zzzz' },
]
const SEARCHED: Record<string, string>[] = [
  { view: 'closed', q: 'zzzz' },
  { view: 'all', q: 'zzzz' },
  { view: 'closed', risk: 'none_such', state: 'expired' },
  { view: 'mine' },
  { view: 'mine', sort: 'oldest' },
  { view: 'mine', q: 'zzzz' },
]

/** Entries that are looked at, each with its place and its leaf. */
const MOST_WALKED = 3 * MOST_LOOKED_AT
const AUDITED = [
  { most: 600 },
  { most: 600, to: '2999-01-01' },
  { most: 600, from: '2999-01-01' },
  { most: 600, request: half },
  { most: 600, q: half },
  { most: 600, q: '#7' },
  { most: 600, type: 'group.joined' },
  { most: 600, type: 'none.such' },
  { most: 600, view: 'installation' },
  { most: MOST_WALKED, view: 'person' },
  { most: MOST_WALKED, person: w.mara.id },
  { most: MOST_WALKED, person: w.ines.id },
  { most: MOST_WALKED, type: 'vote.cast' },
  { most: MOST_WALKED, view: 'request' },
  { most: MOST_WALKED, q: 'zzzz' },
  { most: MOST_WALKED, q: 'zzzz', view: 'person', type: 'group.joined' },
]

/** Every statement that was too dear, by its beginning. */
async function tooDear(work: () => Promise<unknown>, most: number): Promise<string[]> {
  await work()
  const statements = await statementsOf(work)
  expect(statements.length).toBeGreaterThan(0)
  const costs: PlanCost[] = []
  for (const statement of statements) {
    costs.push(await costOf(db, statement, 'custom'))
    if (!statement.text.startsWith(FOR_ITS_VALUES)) {
      costs.push(await costOf(db, statement, 'generic'))
    }
  }
  return costs
    .filter(({ rowsRead }) => rowsRead > most)
    .map(({ rowsRead, statement }) => `${rowsRead} rows: ${statement.text.slice(0, 2_000)}`)
}

describe.each(['little', 'all', 'half'])('with %s known of the history', (known) => {
  beforeAll(async () => {
    if (known === 'little') await grow(FEW, HISTORY / 2)
    if (known === 'all') await db.query('ANALYZE')
    if (known === 'half') await grow(HISTORY / 2, HISTORY)
  }, 120_000)

  it.each(NARROW)('the inbox reads a bounded part of the history: %j', async (asked) => {
    const read = () => inboxView(w.runtime, w.mara.id, inboxQuery.parse(asked))
    expect(await tooDear(read, MOST_ROWS)).toEqual([])
  })

  it('neither the frame of a page nor a ticket reads the history', async () => {
    const viewer = { ...w.mara, personId: w.mara.id, roles: ['admin'] }
    const frame = () => pageView(w.runtime, w.mara)
    const ticket = () => ticketView(w.runtime, { requestId: openId, viewerId: w.mara.id })
    const ended = () => ticketView(w.runtime, { requestId: half, viewerId: w.mara.id })
    const told = () => ticketDeliveries(w.runtime, viewer, half)
    for (const read of [frame, ticket, ended, told]) expect(await tooDear(read, 600)).toEqual([])
  })

  it.each(AUDITED)('the audit trail reads a bounded part: %j', async ({ most, ...asked }) => {
    const read = () => auditView(w.runtime, auditQuery.parse(asked))
    expect(await tooDear(read, most)).toEqual([])
  })

  it('the queues read what is under way alone', async () => {
    expect(await tooDear(() => queuesView(w.runtime, null), MOST_ROWS)).toEqual([])
  })

  // Asked for half of a table, the planner reads all of it where it knows no better; of a longer one it would not.
  if (known === 'little') return

  it.each(SEARCHED)('a search of the inbox ends in a bounded part: %j', async (asked) => {
    const read = () => inboxView(w.runtime, w.mara.id, inboxQuery.parse(asked))
    expect(await tooDear(read, MOST_SEARCHED_ROWS)).toEqual([])
  })

  it.each([{}, { q: 'zzzz' }, { kind: 'digest' }, { view: 'failed' }, { q: half }])(
    'the deliveries read a bounded part: %j',
    async (asked) => {
      const read = () => deliveriesView(w.runtime, { roles: [] }, deliveriesQuery.parse(asked))
      expect(await tooDear(read, 2.5 * MOST_ROWS)).toEqual([])
    },
  )

  it.each([
    {},
    { view: 'waiting' },
    { view: 'delivered' },
    { view: 'dead' },
    { before: '5000' },
    { view: 'dead', before: '5000' },
  ])('an endpoint and its deliveries read a bounded part: %j', async (asked) => {
    const query = endpointQuery.parse(asked)
    for (const id of [endpointId, quietId]) {
      const read = () => endpointView(w.runtime, OWNER, { endpointId: id, query })
      expect(await tooDear(read, MOST_ROWS)).toEqual([])
    }
  })

  it('the pages of people and groups, and what a change would leave, read no history', async () => {
    const viewer = { personId: w.owner.id, roles: ['admin'], method: 'passkey' }
    const read = [
      () => peopleView(w.runtime, viewer, peopleQuery.parse({})),
      () => personView(w.runtime, viewer, w.mara.id),
      () => groupsView(w.runtime, viewer),
      () => groupView(w.runtime, viewer, 'release_managers'),
      () => leavingView(w.runtime, w.mara.id),
      () => unmetAfter(w.runtime, { kind: 'people.deactivate', person: w.mara.id }),
    ]
    for (const each of read) expect(await tooDear(each, MOST_ROWS)).toEqual([])
  })

  it('neither the list of endpoints nor one delivery reads all that was ever sent', async () => {
    const list = () => webhooksView(w.runtime, OWNER, webhooksQuery.parse({}))
    const one = () => deliveryView(w.runtime, OWNER, { endpointId, deliveryId: '5000' })
    for (const read of [list, one]) expect(await tooDear(read, MOST_ROWS)).toEqual([])
  })
})
