import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { retryDeadLetters } from '#lib/commands/audit/retry-dead-letters'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { createQueues } from '#lib/queue/create-queues'
import { createWorker } from '#lib/queue/create-worker'
import { createQueueDesk } from '#lib/queue/queue-desk'
import { testDatabase } from '../../../test/database'
import { approve, must, submit, world } from '../../../test/world'
import { queuesView } from './queues-view'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const owner = new pg.Client({ connectionString: url })
await owner.connect()
const desk = createQueueDesk(runtime.config, runtime.log)
afterAll(async () => {
  await Promise.all([owner.end(), desk.close()])
})

const view = async () => queuesView(runtime, await desk.read())
const FAST = { attempts: 1, backoff: 1 }

/** A job of the clock that failed for good. */
async function deadLetter(id: string): Promise<void> {
  const queues = await createQueues(runtime.config, runtime.log, FAST)
  await queues.enqueue('clock', { id, data: { task: 'nothing of that name' } })
  const worker = createWorker('clock', () => Promise.reject(new Error('It broke')), runtime)
  await expect.poll(async () => (await queues.failed()).map((job) => job.id)).toContain(id)
  await worker.close()
  await queues.close()
}

describe('the page of queues', () => {
  it('is clear where nothing waits, and where requests wait for people alone', async () => {
    expect(await view()).toMatchObject({ isClear: true, held: { count: 0 } })
    const requestId = await submit(w)
    const { isClear, held } = await view()
    expect(isClear).toBe(true)
    expect(held.byAge.map(({ count }) => count)).toEqual([1, 0, 0, 0])
    expect(held.oldest).toMatchObject([{ requestId, callerName: 'ci-release' }])
    const needs = held.byNeed.map(({ title }) => title)
    expect(needs).toContain('Rollback plan')
    expect(held.oldest[0]?.needs).toEqual(expect.arrayContaining(needs))
  })

  it('names input that no worker has evaluated, once it is late', async () => {
    const requestId = await submit(w)
    await approve(w, requestId, w.mara)
    expect(await view()).toMatchObject({ stuck: { count: 0 }, wakeUps: { count: 0 } })
    await owner.query(`UPDATE outbox SET created_at = created_at - interval '40 seconds'`)
    expect((await view()).stuck.rows).toMatchObject([{ requestId }])
    await owner.query(`UPDATE outbox SET created_at = created_at - interval '40 seconds'`)
    const late = await view()
    expect(late.isClear).toBe(false)
    expect(late.wakeUps.rows).toContainEqual(
      expect.objectContaining({ requestId, topic: 'evaluate', queuedAt: null }),
    )
    must(await reevaluate(runtime, { requestId, cause: 'test' }))
    await owner.query('UPDATE outbox SET done_at = now()')
    expect(await view()).toMatchObject({ stuck: { count: 0 }, wakeUps: { count: 0 } })
  })

  it('names grants that were never collected or never reported', async () => {
    const [collected, reported] = [await submit(w), await submit(w)]
    const grant = (id: string, state: string) =>
      owner.query(
        `INSERT INTO grants (request_id, state, created_at, ends_at, generation, redeemed_at)
         VALUES ($1, $2, now() - interval '16 minutes', now() + interval '1 hour', 1, now() - interval '16 minutes')`,
        [id, state],
      )
    await grant(collected, 'ready')
    await grant(reported, 'redeemed')
    const shown = await view()
    expect(shown.neverCollected).toMatchObject({ count: 1, rows: [{ requestId: collected }] })
    expect(shown.neverReported).toMatchObject({ count: 1, rows: [{ requestId: reported }] })
    expect(shown.isClear).toBe(false)
    await owner.query('DELETE FROM grants')
  })

  it('names endpoints that were given up and announcements that nobody heard', async () => {
    await owner.query(
      `INSERT INTO webhook_endpoints (id, caller_id, url, event_types, state, state_reason, state_at, sealed_secret, created_at)
       VALUES ('whe_a', $1, 'https://one.example/secret', '{}', 'disabled', 'failing', now(), '', now()),
         ('whe_b', $1, 'https://two.example/', '{}', 'disabled', 'owner', now(), '', now())`,
      [w.callerId],
    )
    await owner.query(
      `INSERT INTO announcements (id, person_id, event_seq, audience, text, created_at, why, seen_at)
       VALUES ('ann_a', $1, 1, 'person', 'A passkey was added.', now(), 'No Slack user is linked.', null),
         ('ann_b', $1, 1, 'person', 'Seen.', now(), 'No Slack user is linked.', now())`,
      [w.mara.id],
    )
    const { endpoints, announcements } = await view()
    expect(endpoints).toMatchObject({
      count: 1,
      rows: [{ endpointId: 'whe_a', host: 'one.example' }],
    })
    expect(announcements).toMatchObject({ count: 1, rows: [{ personName: 'Mara Lindqvist' }] })
  })

  it('says that a queue cannot be asked, and shows the rest', async () => {
    expect(await queuesView(runtime, null)).toMatchObject({ jobs: null, isClear: false })
  })
})

describe('a dead letter', () => {
  const lettersOf = async () => (await view()).jobs?.deadLetters ?? []
  const retried = async () =>
    (
      await runtime.db.event.findMany({ where: { type: 'queue.retried' }, orderBy: { seq: 'asc' } })
    ).map(({ actor, body }) => ({ actor, body }))

  it('is shown with its reason and tried again by an admin, one or all, on record', async () => {
    await deadLetter('clock-one')
    await deadLetter('clock-two')
    expect(await lettersOf()).toMatchObject([
      { queue: 'clock', id: 'clock-two', reason: 'It broke', attempts: 1 },
      { id: 'clock-one' },
    ])
    const one = { which: 'one', queue: 'clock', id: 'clock-one' } as const
    const refused = await retryDeadLetters(runtime, desk, { personId: w.mara.id, retry: one })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
    expect(await retried()).toEqual([])
    must(await retryDeadLetters(runtime, desk, { personId: w.owner.id, retry: one }))
    expect((await lettersOf()).map(({ id }) => id)).toEqual(['clock-two'])
    const again = await retryDeadLetters(runtime, desk, { personId: w.owner.id, retry: one })
    expect(again).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
    must(await retryDeadLetters(runtime, desk, { personId: w.owner.id, retry: { which: 'all' } }))
    expect(await lettersOf()).toEqual([])
    const actor = { kind: 'person', id: w.owner.id }
    expect(await retried()).toEqual([
      { actor, body: { queue: 'clock', job: 'clock-one' } },
      { actor, body: { queue: 'clock', job: 'clock-one' } },
      { actor, body: { queue: 'all', job: 'all' } },
    ])
  })
})
