import { expect, it, vi } from 'vitest'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { submit, world } from '../world'

const MANY = 500

const { url } = await testDatabase()
// As many connections as a process has by default.
const w = await world(url, { env: { DATABASE_POOL_MAX: '10' } })
const { ask, listener } = apiOf(w.runtime)

it('of 500 that wait nobody misses what was decided while the connection for changes was lost, and all are answered', async () => {
  await listener.whenListening()
  const first = await submit(w)
  const rows = await w.runtime.db.$queryRawUnsafe<{ id: string }[]>(
    `INSERT INTO requests SELECT (jsonb_populate_record(r, jsonb_build_object('id',
       left(r.id, 20) || lpad(n::text, 10, '0')))).* FROM requests r, generate_series(1, ${MANY}) n WHERE r.id = $1
     RETURNING id`,
    first,
  )
  const waiting = rows.map(({ id }) =>
    ask('GET', `/v1/requests/${id}?wait=25`, { key: w.agent.key }),
  )
  await vi.waitFor(() => expect(listener.waitingCount()).toBe(MANY), { timeout: 15_000 })
  // Nobody announces this.
  await w.runtime.db.$executeRawUnsafe(`UPDATE requests SET state = 'cancelled'`)
  const startedAt = performance.now()
  await w.runtime.db.$queryRawUnsafe(
    `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
     WHERE application_name = 'countersign listener' AND datname = current_database()`,
  )
  const told = await Promise.all(waiting)
  // Sooner than their polls would have ended by themselves.
  expect(performance.now() - startedAt).toBeLessThan(15_000)
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(told.map(({ body }) => body['state']))).toEqual(new Set(['cancelled']))
  expect(listener.waitingCount()).toBe(0)
})
