import { afterAll, describe, expect, it } from 'vitest'
import { openCheckpoint } from '#lib/core/audit/checkpoint'
import { appendLeaves, EMPTY_LOG, entryLeaf, logRoot } from '#lib/core/audit/log'
import { noteVerifier } from '#lib/core/audit/note'
import { appendEvents } from '#lib/db/append-events'
import { createRuntime } from '#lib/runtime'
import { testDatabase } from '../../test/database'
import { slowEvent } from '../../test/slow-event'
import { submit, world } from '../../test/world'
import { sealLog, UNSEALED } from './seal-log'

const { url, name } = await testDatabase()
const w = await world(url)
const { db } = w.runtime
const asApplication = await applicationRuntime()
afterAll(async () => {
  await asApplication.close()
  await db.$executeRawUnsafe(`DROP OWNED BY ${name}`)
  await db.$executeRawUnsafe(`DROP ROLE ${name}`)
})

/** The same installation, opened as a user that is no more than the application's role. */
async function applicationRuntime() {
  await db.$executeRawUnsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'p' IN ROLE countersign_app`)
  const login = new URL(url)
  login.username = name
  login.password = 'p'
  return await createRuntime({ ...w.runtime.config, databaseUrl: login.href })
}

async function sealAll(): Promise<void> {
  while ((await sealLog(w.runtime)) > 0);
}

/** The whole log as stored: every checkpoint must be signed, and be the root of the leaves before it. */
async function checkLog(): Promise<{ size: number; checkpoints: number }> {
  const signer = await w.runtime.keys.logSigner()
  const verifier = noteVerifier(signer.name, signer.publicKey)
  const leaves = await db.logLeaf.findMany({ orderBy: { index: 'asc' } })
  expect(leaves.map(({ index }) => Number(index))).toEqual(leaves.map((_, at) => at))
  const events = await db.event.findMany({ select: { seq: true, hash: true } })
  const hashes = new Map(events.map(({ seq, hash }) => [seq, hash]))
  for (const leaf of leaves) expect(leaf.hash).toBe(hashes.get(leaf.eventSeq))
  const checkpoints = await db.checkpoint.findMany({ orderBy: { size: 'asc' } })
  for (const { note, size } of checkpoints) {
    const opened = await openCheckpoint(note, [verifier])
    const before = leaves.slice(0, Number(size)).map(({ hash }) => entryLeaf(hash))
    expect(opened).toEqual({
      origin: signer.name,
      size: Number(size),
      root: logRoot(appendLeaves(EMPTY_LOG, before).log),
    })
  }
  return { size: leaves.length, checkpoints: checkpoints.length }
}

describe('sealing', () => {
  it('gives every event one leaf and signs the head', async () => {
    await submit(w)
    await sealAll()
    const { size } = await checkLog()
    expect(size).toBe(await db.event.count())
    expect(await sealLog(w.runtime)).toBe(0)
    expect(await db.unsealedEvent.count()).toBe(0)
  })

  it('finds an event that commits late, whatever its age', async () => {
    const late = await slowEvent(url, 'person:late')
    await db.$queryRawUnsafe(`SELECT setval('events_seq_seq', ${late.seq + 1_000_000n})`)
    await submit(w)
    await sealAll()
    const newest = await db.logLeaf.findFirstOrThrow({ orderBy: { eventSeq: 'desc' } })
    expect(newest.eventSeq - late.seq).toBeGreaterThan(1_000_000n)
    await late.commit()
    expect(await sealLog(w.runtime)).toBe(1)
    expect(await db.logLeaf.findFirst({ where: { eventSeq: late.seq } })).not.toBeNull()
    await checkLog()
  })

  it('does not wait for an event that never commits', async () => {
    const never = await slowEvent(url, 'person:never')
    await submit(w)
    expect(await sealLog(w.runtime)).toBeGreaterThan(0)
    await never.abort()
    await submit(w)
    await sealAll()
    expect((await checkLog()).size).toBe(await db.event.count())
  })

  it('by many at once, while events are written, never forks the log and seals each event once', async () => {
    const before = await checkLog()
    const sealers = Array.from({ length: 8 }, async () => {
      let sealed = 0
      for (let tick = 0; tick < 6; tick++) sealed += await sealLog(w.runtime)
      return sealed
    })
    const writers = Array.from({ length: 10 }, () => submit(w))
    const [sealed] = await Promise.all([Promise.all(sealers), Promise.all(writers)])
    const rest = await sealLog(w.runtime)
    const { size } = await checkLog()
    expect(size).toBe(await db.event.count())
    expect(sealed.reduce((sum, one) => sum + one, rest)).toBe(size - before.size)
  })

  it('keeps the order of a stream whose entries were written by different transactions', async () => {
    for (let step = 0; step < 3; step++) {
      const draft = { stream: 'caller:steps', type: 'test.step', body: { step } }
      const actor = { kind: 'system' as const }
      await db.$transaction((tx) => appendEvents(tx, [{ ...draft, actor }], Date.now()))
    }
    await sealAll()
    const rows = await db.$queryRaw<{ ordinal: number }[]>`
      SELECT e.ordinal FROM log_leaves l JOIN events e ON e.seq = l.event_seq
      WHERE e.stream = 'caller:steps' ORDER BY l.index`
    expect(rows.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3])
  })
})

describe('sealing as the role that the application runs as', () => {
  it('works, though that role can change no event and no leaf', async () => {
    const runtime = asApplication
    const who = await runtime.db.$queryRaw<{ user: string }[]>`SELECT current_user::text AS user`
    expect(who).toEqual([{ user: name }])
    await submit({ ...w, runtime })
    expect(await sealLog(runtime)).toBeGreaterThan(0)
    expect((await checkLog()).size).toBe(await db.event.count())
    for (const change of [
      `UPDATE events SET hash = ''`,
      'DELETE FROM events',
      `UPDATE log_leaves SET hash = ''`,
      'DELETE FROM checkpoints',
      'ALTER TABLE events DISABLE TRIGGER events_to_seal',
    ]) {
      await expect(runtime.db.$executeRawUnsafe(change)).rejects.toThrow(
        /permission denied|must be owner/,
      )
    }
  })
})

describe('the cost of sealing', () => {
  it('does not grow with the history', async () => {
    await sealAll()
    await submit(w)
    const small = await buffersRead()
    await sealAll()
    // Sealed history as it piles up over months, but for the leaves, which the query never looks at.
    await db.$executeRawUnsafe(`
      INSERT INTO events (stream, ordinal, type, at, actor, body, prev, hash)
      SELECT 'bulk', n, 'test.bulk', now(), '{}', '{}', '', '' FROM generate_series(1, 100000) n`)
    await db.$executeRawUnsafe('DELETE FROM unsealed_events')
    await db.$executeRawUnsafe('VACUUM unsealed_events')
    await submit(w)
    const large = await buffersRead()
    expect(large.plan).not.toMatch(/Seq Scan on events/)
    expect(large.plan).toMatch(/Index Scan using events_pkey/)
    expect(large.buffers).toBeLessThan(small.buffers * 2 + 20)
  })
})

async function buffersRead(): Promise<{ plan: string; buffers: number }> {
  const rows = await db.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
    `EXPLAIN (ANALYZE, BUFFERS) ${UNSEALED}`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  const buffers =
    Number(/shared hit=(\d+)/.exec(plan)?.[1]) + Number(/ read=(\d+)/.exec(plan)?.[1] ?? 0)
  return { plan, buffers }
}
