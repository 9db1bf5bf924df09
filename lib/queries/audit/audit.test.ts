import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordExport } from '#lib/commands/audit/record-export'
import { sealLog } from '#lib/commands/seal-log'
import { exportLines } from '#lib/core/audit/export'
import { verifyTrail } from '#lib/core/audit/verify-trail'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { auditQuery } from '#lib/wire/audit'
import type { AuditView } from '#lib/wire/views/audit'
import { testDatabase } from '../../../test/database'
import { approve, must, person, submit, world } from '../../../test/world'
import { auditExport } from '../audit-export'
import { auditView } from './audit-view'
import { plainText } from './entry-told'
import { listCsv, listLines } from './export-list'
import { exportPlan } from './export-plan'
import { findFilter } from './find-filter'
import { verifyEntries } from './verify-entries'
import { verifyLog } from './verify-log'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const owner = new pg.Client({ connectionString: url })
let requestId = ''
let otherId = ''

beforeAll(async () => {
  await owner.connect()
  requestId = await submit(w)
  otherId = await submit(w)
  await approve(w, requestId, w.mara)
  // More than two pages of one millisecond: what is told apart by its number alone.
  const event = { stream: `person:${w.ines.id}`, type: 'session.ended', body: { session: 'all' } }
  const actor = { kind: 'person' as const, id: w.ines.id }
  await inTransaction(runtime.db, async (tx) => {
    await appendEvents(
      tx,
      Array.from({ length: 120 }, () => ({ ...event, actor })),
      runtime.now() - 3_600_000,
    )
  })
  await sealLog(runtime)
})
afterAll(() => owner.end())

const view = (asked: Record<string, string>): Promise<AuditView> =>
  auditView(runtime, auditQuery.parse(asked))
const streamsOf = ({ rows }: AuditView) =>
  [...new Set(rows.map(({ stream }) => stream.name))].sort()
const told = ({ rows }: AuditView) => rows.map(({ text }) => plainText(text))
const seqsOf = ({ rows }: AuditView) => rows.map(({ seq }) => seq)

/** As the owner of the table, past the trigger: what somebody with the database can do. */
async function tampered(seq: string, body: string, look: () => Promise<void>): Promise<void> {
  const { rows } = await owner.query('SELECT body FROM events WHERE seq = $1', [seq])
  const write = async (text: string) => {
    await owner.query('ALTER TABLE events DISABLE TRIGGER events_append_only')
    await owner.query('UPDATE events SET body = $2::jsonb WHERE seq = $1', [seq, text])
    await owner.query('ALTER TABLE events ENABLE TRIGGER events_append_only')
  }
  await write(body)
  try {
    await look()
  } finally {
    await write(JSON.stringify(rows[0].body))
  }
}

describe('the page of the audit trail', () => {
  it('tells who did what in the words of the ticket, newest first, with leaf and hash', async () => {
    const shown = await view({ request: requestId })
    expect(streamsOf(shown)).toEqual([`request:${requestId}`])
    expect(told(shown).at(0)).toBe('Mara Lindqvist approved with a code')
    expect(told(shown).at(-1)).toBe('ci-release submitted the contract')
    const [newest] = shown.rows
    expect(newest).toMatchObject({ who: { kind: 'person', name: 'Mara Lindqvist' } })
    expect(newest?.stream.href).toBe(`/tickets/${requestId}`)
    expect(newest?.leaf).toBeGreaterThan(0)
    expect(JSON.parse(newest?.json ?? '')).toMatchObject({ type: 'vote.cast', hash: newest?.hash })
  })

  it('has a sentence for everything that happens on the first day', async () => {
    const { types } = await view({})
    const shown = [...(await view({})).rows, ...(await view({ view: 'person' })).rows]
    expect(shown.filter(({ type }) => !types.includes(type))).toEqual([])
  })

  it('is narrowed by kind, by type, by both and by the days of its zone', async () => {
    expect(streamsOf(await view({ view: 'installation' }))).toEqual(['installation'])
    expect((await view({ view: 'request', type: 'group.joined' })).rows).toEqual([])
    const joined = await view({ type: 'group.joined' })
    expect(new Set(joined.rows.map(({ type }) => type))).toEqual(new Set(['group.joined']))
    expect((await view({ type: 'vote.cast' })).rows).toHaveLength(1)
    expect((await view({ to: '2001-01-01' })).rows).toEqual([])
    expect((await view({ from: '2999-01-01' })).rows).toEqual([])
    const whole = await view({ from: '2001-01-01', to: '2999-01-01' })
    expect(whole.rows.length).toBe(50)
  })

  it('shows what a person did and what happened to them, by id, name or address', async () => {
    const byId = await view({ person: w.mara.id })
    expect(streamsOf(byId)).toEqual([`person:${w.mara.id}`, `request:${requestId}`].sort())
    expect(seqsOf(await view({ person: 'mara l' }))).toEqual(seqsOf(byId))
    expect(seqsOf(await view({ person: 'mara.lindqvist@' }))).toEqual(seqsOf(byId))
    const both = await view({ person: w.mara.id, request: requestId })
    expect(told(both)).toEqual(['Mara Lindqvist approved with a code'])
  })

  it('asks whom is meant where several are, and shows nothing for nobody', async () => {
    const several = await view({ person: 'osterby' })
    expect(several.people.length).toBeGreaterThan(1)
    expect([several.rows, several.person]).toEqual([[], null])
    expect(await view({ person: 'nobody-is-called-so' })).toMatchObject({ rows: [], people: [] })
    expect(await view({ request: 'req_x' })).toMatchObject({ rows: [], isOddRequest: true })
  })

  it('searches types, ids, hashes and leaves, and what is no pattern is none', async () => {
    const one = (await view({ request: requestId })).rows.at(0)
    if (!one) throw new Error('no entry')
    for (const q of [one.hash, one.hash.slice(0, 19), one.hash.slice(8, 20), `#${one.leaf}`]) {
      expect(seqsOf(await view({ q }))).toEqual([one.seq])
    }
    expect(streamsOf(await view({ q: requestId }))).toEqual([`request:${requestId}`])
    expect(new Set((await view({ q: 'VOTE.' })).rows.map(({ type }) => type))).toEqual(
      new Set(['vote.cast']),
    )
    expect((await view({ q: '%' })).rows).toEqual([])
    expect((await view({ q: 'no\0where' })).rows).toEqual([])
  })

  it('pages without a gap or a double, whatever it is narrowed to', async () => {
    const lists: { asked: Record<string, string>; where: string }[] = [
      { asked: {}, where: 'true' },
      { asked: { view: 'person' }, where: "stream LIKE 'person:%'" },
      { asked: { q: 'person' }, where: "stream || type || body::text ILIKE '%person%'" },
    ]
    for (const { asked, where } of lists) {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: AuditView = await view({ ...asked, cursor })
        seen.push(...seqsOf(page))
        cursor = page.nextCursor
      }
      const { rows } = await owner.query<{ seq: string }>(
        `SELECT seq FROM events WHERE ${where} ORDER BY at DESC, seq DESC`,
      )
      expect(seen).toEqual(rows.map(({ seq }) => seq))
    }
  })
})

describe('verifying', () => {
  it('finds the listed entries and the whole log intact, and says how much was looked at', async () => {
    const shown = await view({ request: requestId })
    const entries = await verifyEntries(runtime.db, seqsOf(shown))
    expect(entries).toMatchObject({
      ok: true,
      streams: 1,
      entries: shown.rows.length,
      checkpoints: 1,
    })
    const log = await verifyLog(runtime.db, { now: runtime.now() })
    expect(log).toMatchObject({
      ok: true,
      isWhole: true,
      unsealed: 0,
      votes: { passkey: 0, trail: 1 },
    })
    await recordExport(runtime, {
      personId: w.owner.id,
      format: 'csv',
      kind: 'list',
      filter: auditQuery.parse({}).filter,
    })
    await sealLog(runtime)
    const newest = await verifyLog(runtime.db, { now: runtime.now(), most: 2 })
    expect(newest).toMatchObject({ ok: true, isWhole: false, entries: 1, leaves: 1 })
  })

  it('names an entry that was changed past the trigger, in the list and in the log', async () => {
    const shown = await view({ request: requestId })
    const { seq = '', leaf } = shown.rows.at(-1) ?? {}
    await tampered(seq, '{"caller":"another"}', async () => {
      const place = `request:${requestId}, entry 1, leaf ${leaf}`
      const bad = { ok: false, place, fault: 'hash' }
      expect(await verifyEntries(runtime.db, seqsOf(shown))).toMatchObject(bad)
      expect(await verifyLog(runtime.db, { now: runtime.now() })).toMatchObject(bad)
      const other = await view({ request: otherId })
      expect(await verifyEntries(runtime.db, seqsOf(other))).toMatchObject({ ok: true })
    })
    expect(await verifyEntries(runtime.db, seqsOf(shown))).toMatchObject({ ok: true })
  })

  it('names a leaf of the newest part that was changed, and a checkpoint that nobody signed', async () => {
    const shown = (await view({ view: 'installation' })).rows.at(0)
    await owner.query('ALTER TABLE log_leaves DISABLE TRIGGER log_leaves_append_only')
    const set = (hash: string) =>
      owner.query('UPDATE log_leaves SET hash = $2 WHERE event_seq = $1', [shown?.seq, hash])
    await set(`sha-256:${'0'.repeat(64)}`)
    const newest = await verifyLog(runtime.db, { now: runtime.now(), most: 2 })
    expect(newest).toMatchObject({
      ok: false,
      fault: 'leaf',
      place: expect.stringContaining(`leaf ${shown?.leaf}`),
    })
    await set(shown?.hash ?? '')
    expect(await verifyLog(runtime.db, { now: runtime.now(), most: 2 })).toMatchObject({ ok: true })
  })
})

describe('an export of what is filtered', () => {
  const exportOf = async (asked: Record<string, string>) => {
    const { filter } = auditQuery.parse(asked)
    const { trail } = await findFilter(runtime, filter)
    if (!trail) throw new Error('nothing is meant')
    return { issuer: runtime.installation.domain, now: runtime.now(), filter, trail }
  }
  const all = async (lines: AsyncIterable<string>) => {
    const out: string[] = []
    for await (const line of lines) out.push(line)
    return out
  }

  it('is the trail itself where it takes whole streams, and verifies', async () => {
    const whole: Record<string, string>[] = [
      {},
      { request: requestId },
      { view: 'policy' },
      { view: 'installation' },
    ]
    for (const asked of whole) {
      const plan = await exportPlan(runtime.db, (await exportOf(asked)).trail)
      if (plan.kind !== 'trail') throw new Error('a list')
      const read = must(
        await auditExport(runtime.db, { streams: plan.streams, now: runtime.now() }),
      )
      expect(await verifyTrail(exportLines(read))).toMatchObject({ ok: true })
    }
    const parts: Record<string, string>[] = [
      { view: 'person' },
      { person: w.mara.id },
      { from: '2026-01-01' },
      { q: 'vote' },
    ]
    for (const asked of parts) {
      const { trail } = await exportOf(asked)
      expect(await exportPlan(runtime.db, trail)).toEqual({ kind: 'list' })
    }
  })

  it('is else a list that says what it proves, entry by entry, and that it came to its end', async () => {
    const lines = (await all(listLines(runtime.db, await exportOf({ type: 'group.joined' })))).map(
      (line) => JSON.parse(line),
    )
    expect(lines.at(0)).toMatchObject({
      format: 'countersign/audit-list',
      filter: { type: 'group.joined' },
    })
    expect(lines.at(0).proves).toContain('only an export of whole streams proves')
    expect(lines.at(-1)).toEqual({ kind: 'end', entries: lines.length - 2, complete: true })
    expect(lines.at(1)).toMatchObject({ kind: 'entry', entry: { type: 'group.joined', v: 1 } })
  })

  it('as CSV runs no formula that somebody is called', async () => {
    const odd = await person(runtime, '=HYPERLINK("https://evil.example")', ['approver'])
    const lines = await all(listCsv(runtime.db, await exportOf({ person: odd.id })))
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain(`"Countersign added =HYPERLINK(""https://evil.example"")"`)
    await recordExport(runtime, {
      personId: (await person(runtime, '@SUM(1)', ['auditor'])).id,
      format: 'csv',
      kind: 'list',
      filter: auditQuery.parse({}).filter,
    })
    const told = await all(listCsv(runtime.db, await exportOf({ type: 'audit.exported' })))
    expect(told[1]).toContain(`"'@SUM(1)","'@SUM(1) exported entries of the audit trail as CSV"`)
  })

  it('is on record with its filter, and refused to whoever is neither admin nor auditor', async () => {
    const { filter } = auditQuery.parse({ view: 'person', q: 'group' })
    const input = { personId: w.ines.id, format: 'jsonl', kind: 'list', filter } as const
    const before = await runtime.db.event.count()
    expect(await recordExport(runtime, input)).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden' },
    })
    expect(await runtime.db.event.count()).toBe(before)
    must(await recordExport(runtime, { ...input, personId: w.owner.id }))
    const [last] = (await view({ type: 'audit.exported' })).rows
    expect(JSON.parse(last?.json ?? '').body).toEqual({
      format: 'jsonl',
      kind: 'list',
      filter: { view: 'person', q: 'group' },
    })
  })
})
