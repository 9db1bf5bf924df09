import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InsightsView, InsightTableId } from '#lib/wire/views/insights'
import { copyRows } from '../../../bench/console/copy-rows'
import { testDatabase } from '../../../test/database'
import { costOf, statementsOf } from '../../../test/plans'
import { approve, submit, world } from '../../../test/world'
import { insightsFile } from './insights-file'
import { insightsView } from './insights-view'

const { url } = await testDatabase()
const w = await world(url)
const db = new pg.Client({ connectionString: url })
afterAll(() => db.end())

const NOW = Date.parse('2026-03-31T12:00:00Z')
/** Minutes from the opening to the end, of ten tickets that people decided. */
const MINUTES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]
let sample = ''

async function ticket(
  id: string,
  {
    state,
    minutes,
    day = 5,
    risk = 'unknown',
    isHeld = true,
    approved = true,
  }: {
    state: string
    minutes: number
    day?: number
    risk?: string
    isHeld?: boolean
    approved?: boolean
  },
): Promise<void> {
  const opened = `timestamptz '2026-03-31T12:00:00Z' - interval '${day} days'`
  const reason = approved ? '{"approvals": [{"vote_id": "vot_1"}]}' : '{"approvals": []}'
  await copyRows(db, 'requests', {
    from: `requests s WHERE s.id = '${sample}'`,
    set: {
      id: `'req_${id}'`,
      run_key: 'NULL',
      state: `'${state}'`,
      risk: `'${risk}'`,
      submitted_at: opened,
      opened_at: isHeld ? opened : 'NULL',
      closed_at: `${opened} + interval '${minutes} minutes'`,
      close_reason: `'${reason}'`,
      next_check_at: 'NULL',
    },
  })
  await copyRows(db, 'decisions', {
    from: `decisions s WHERE s.request_id = '${sample}' AND s.ordinal = 1`,
    set: { request_id: `'req_${id}'` },
  })
}

async function vote(
  id: string,
  {
    on,
    by,
    seconds,
    choice = 'approve',
    day = 5,
  }: {
    on: string
    by: string
    seconds: number
    choice?: 'approve' | 'reject'
    day?: number
  },
): Promise<void> {
  const opened = `timestamptz '2026-03-31T12:00:00Z' - interval '${day} days'`
  await copyRows(db, 'votes', {
    from: `votes s WHERE s.request_id = '${sample}'`,
    set: {
      id: `'vot_${id}'`,
      request_id: `'req_${on}'`,
      person_id: `'${by}'`,
      choice: `'${choice}'`,
      at: `${opened} + interval '${seconds} seconds'`,
      ended_at: 'NULL',
    },
  })
}

const viewOf = (days: 7 | 30 | 90) => insightsView(w.runtime, { days }, NOW)

function rowsOf(view: InsightsView, id: InsightTableId) {
  return view.tables.find((table) => table.id === id)?.rows
}

beforeAll(async () => {
  await db.connect()
  sample = await submit(w)
  await approve(w, sample, w.mara)
  await db.query('SET session_replication_role = replica')
  for (const [at, minutes] of MINUTES.entries()) {
    const state = at < 8 ? 'released' : 'rejected'
    await ticket(`d${at}`, { state, minutes, risk: at < 2 ? 'read_only' : 'unknown' })
  }
  await ticket('clock', { state: 'released', minutes: 5_000, approved: false })
  await ticket('late', { state: 'expired', minutes: 1_440 })
  await ticket('taken', { state: 'cancelled', minutes: 3 })
  await ticket('swift', { state: 'released', minutes: 0, isHeld: false })
  await ticket('never', { state: 'denied', minutes: 0, isHeld: false })
  await ticket('old', { state: 'expired', minutes: 10, day: 40 })
  // Mara: one in time, one four seconds after it on another ticket, one at once, one rejected.
  await vote('1', { on: 'd0', by: w.mara.id, seconds: 40 })
  await vote('2', { on: 'd1', by: w.mara.id, seconds: 44 })
  await vote('3', { on: 'd2', by: w.mara.id, seconds: 5 })
  await vote('4', { on: 'd3', by: w.mara.id, seconds: 100, choice: 'reject' })
  await vote('5', { on: 'd4', by: w.mara.id, seconds: 200 })
  await vote('6', { on: 'd0', by: w.tomas.id, seconds: 600 })
}, 60_000)

describe('insights', () => {
  it('take how long people took from what people decided, and from nothing else', async () => {
    const view = await viewOf(30)
    expect(view.decidedCount).toBe(10)
    expect(view.p50Ms).toBe(5.5 * 60_000)
    expect(view.p90Ms).toBeCloseTo(18.1 * 60_000)
    const version = (await w.runtime.db.request.findUniqueOrThrow({ where: { id: sample } }))
      .policyVersion
    expect(rowsOf(view, 'policies')).toEqual([[version, 10, 330_000, expect.closeTo(1_086_000)]])
  })

  it('say nothing of a middle or a slowest tenth where too few were decided', async () => {
    expect(rowsOf(await viewOf(30), 'risks')).toEqual([
      ['Unknown tool', 8, 6.5 * 60_000, null],
      ['Read only', 2, null, null],
    ])
  })

  it('count what policy said first, how tickets ended, and how many expired, in the chosen days alone', async () => {
    const month = await viewOf(30)
    expect(rowsOf(month, 'answers')).toEqual([
      ['ALLOW', 1, 1 / 15],
      ['DEFER', 13, 13 / 15],
      ['DENY', 1, 1 / 15],
    ])
    expect(month).toMatchObject({ endedCount: 15, heldCount: 13, expiredCount: 1, openCount: 1 })
    expect(month.expiryRate).toBe(1 / 13)
    expect((await viewOf(90)).expiredCount).toBe(2)
  })

  it('tell what was missing at first, and which rules ask for something', async () => {
    const view = await viewOf(30)
    expect(rowsOf(view, 'causes')).toContainEqual(['evidence:rollback_plan', 'Evidence', 13, 1])
    expect(rowsOf(view, 'causes')?.[0]?.[0]).toMatch(/^approval:/)
    const rules = rowsOf(view, 'rules') ?? []
    expect(rules.length).toBeGreaterThan(0)
    expect(rules[0]?.slice(2)).toEqual([13, 1])
  })

  it('count votes that left no time to read, with how many there were', async () => {
    expect(rowsOf(await viewOf(30), 'approvers')).toEqual([
      [w.mara.name, 5, 4, 0.8, 44_000, 1, 1, 0, null],
      [w.tomas.name, 1, 1, null, null, 0, 0, 0, null],
    ])
  })

  it('say that nothing can be said where next to nothing ended', async () => {
    const long = await insightsView(w.runtime, { days: 7 }, NOW - 60 * 86_400_000)
    expect(long).toMatchObject({ endedCount: 0, isEnough: false, tables: [] })
  })

  it('are saved with their units, and a name that is a formula stays text', () => {
    const file = insightsFile({
      id: 'approvers',
      title: '',
      note: '',
      empty: '',
      columns: [
        { label: 'Person', kind: 'text' },
        { label: 'Wait', kind: 'span' },
        { label: 'Approved', kind: 'share' },
      ],
      rows: [
        ['=HYPERLINK("https://evil.example")', 1_500, 0.25],
        ['@SUM(1)', null, null],
      ],
    })
    expect(file).toBe(
      '"Person","Wait (seconds)","Approved (percent)"\r\n' +
        `"'=HYPERLINK(""https://evil.example"")","1.5","25.0"\r\n` +
        `"'@SUM(1)","",""\r\n`,
    )
  })
})

describe('with a long history', () => {
  const HISTORY = 20_000

  beforeAll(async () => {
    await copyRows(db, 'requests', {
      from: `generate_series(1, ${HISTORY}) i, requests s WHERE s.id = 'req_d0'`,
      set: {
        id: "'req_' || lpad(i::text, 26, '0')",
        opened_at: "timestamptz '2026-01-01T00:00:00Z' - i * interval '1 hour'",
        submitted_at: "timestamptz '2026-01-01T00:00:00Z' - i * interval '1 hour'",
        closed_at: "timestamptz '2026-01-01T00:30:00Z' - i * interval '1 hour'",
      },
    })
    await copyRows(db, 'votes', {
      from: `generate_series(1, ${HISTORY}) i, votes s WHERE s.id = 'vot_1'`,
      set: {
        id: "'vot_' || lpad(i::text, 26, '0')",
        request_id: "'req_' || lpad(i::text, 26, '0')",
        at: "timestamptz '2026-01-01T00:10:00Z' - i * interval '1 hour'",
      },
    })
    await copyRows(db, 'decisions', {
      from: `generate_series(1, ${HISTORY}) i, decisions s WHERE s.request_id = 'req_d0'`,
      set: { request_id: "'req_' || lpad(i::text, 26, '0')" },
    })
    await db.query('VACUUM ANALYZE requests, votes, decisions')
  }, 60_000)

  it.each(['custom', 'generic'] as const)(
    'each statement reads its days alone, by the %s plan',
    async (plan) => {
      const statements = await statementsOf(() => viewOf(90))
      expect(statements.length).toBeGreaterThan(5)
      for (const statement of statements) {
        const { rowsRead } = await costOf(db, statement, plan)
        expect(rowsRead, statement.text).toBeLessThan(200)
      }
    },
  )

  it('the counts can be answered by indexes alone, without a look at the requests', async () => {
    const counting = (await statementsOf(() => viewOf(90))).filter(({ text }) =>
      /GROUP BY (1, 2|GROUPING SETS)/.test(text),
    )
    expect(counting).toHaveLength(2)
    for (const off of ['enable_seqscan', 'enable_indexscan', 'enable_bitmapscan']) {
      await db.query(`SET ${off} = off`)
    }
    for (const { text } of counting) {
      await db.query(`PREPARE counting AS ${text}`)
      const { rows } = await db.query("EXPLAIN EXECUTE counting('2026-03-01', '2026-03-31')")
      await db.query('DEALLOCATE counting')
      expect(JSON.stringify(rows)).toMatch(
        /Index Only Scan using requests_(closed_at|decided_by_people)/,
      )
    }
  })
})
