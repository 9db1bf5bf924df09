import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { createListener } from '#lib/db/listen'
import type { Runtime } from '#lib/runtime'
import { createApi } from '../../api/app'
import { STREAM_BOUNDS, type StreamBounds } from '../../api/caller-streams'
import { copyRows } from '../../bench/console/copy-rows'
import { testDatabase } from '../database'
import { must, submit, world } from '../world'
import { anotherCaller, collect, redeem, released } from './steps'

const { url } = await testDatabase()
const w = await world(url)

interface Told {
  id: string | undefined
  event: string | undefined
  data: Record<string, unknown>
}

const opened: { close: () => Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

/** The API of one process, with its own connection for changes. */
async function process(bounds: Partial<StreamBounds> = {}, runtime: Runtime = w.runtime) {
  const listener = createListener(url, runtime.log)
  opened.push(listener)
  await listener.whenListening()
  const app = createApi({ runtime, listener }, { ...STREAM_BOUNDS, ...bounds })
  const open = async (key: string, lastEventId?: string): Promise<Response> =>
    await app.fetch(
      new Request('http://localhost:3000/v1/events', {
        headers: {
          authorization: `Bearer ${key}`,
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
      }),
    )
  const follow = async (key: string, lastEventId?: string) =>
    readEvents(await open(key, lastEventId))
  return { listener, app, open, follow }
}

function readEvents(response: Response) {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  if (!response.body) throw new Error('there is no body')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  /** The next event with data; null: the stream ended. */
  const next = async (): Promise<Told | null> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const told = eventOf(text.slice(0, end))
        text = text.slice(end + 2)
        if (told) return told
        continue
      }
      const { done, value } = await reader.read()
      if (done) return null
      text += value
    }
  }
  /** What is told until one fits, that one last. */
  const until = async (fits: (told: Told) => boolean): Promise<Told[]> => {
    const all: Told[] = []
    for (let told = await next(); told; told = await next()) {
      all.push(told)
      if (fits(told)) return all
    }
    throw new Error(`the stream ended after ${JSON.stringify(all)}`)
  }
  return { next, until, leave: () => reader.cancel() }
}

function eventOf(block: string): Told | null {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const [name = '', ...rest] = line.split(': ')
      return [name, rest.join(': ')]
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return null
  return {
    id: fields.get('id'),
    event: fields.get('event'),
    data: JSON.parse(data) as Record<string, unknown>,
  }
}

const isBeat = ({ event }: Told) => event === 'beat'
const tells = (requestId: string, state: string) => (told: Told) =>
  told.data['request_id'] === requestId && told.data['state'] === state
const idsIn = (all: Told[]) => all.flatMap(({ data }) => data['request_id'] ?? [])

async function cancel(requestId: string, runtime: Runtime = w.runtime): Promise<void> {
  const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
  must(await cancelRequest(runtime, { requestId, actor, reason: null }))
}

/** As if so many had been submitted and cancelled at that moment. */
async function copyRequests(from: string, ids: string[], at: Date): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('SET session_replication_role = replica')
  await copyRows(client, 'requests', {
    from: `unnest('{${ids.join(',')}}'::text[]) n, requests s WHERE s.id = '${from}'`,
    set: { id: 'n', run_key: 'NULL', state: "'cancelled'", next_check_at: 'NULL' },
  })
  await copyRows(client, 'events', {
    from: `unnest('{${ids.join(',')}}'::text[]) n, events s WHERE s.stream = 'request:${from}' AND s.ordinal = 1`,
    set: {
      seq: "nextval('events_seq_seq')",
      stream: "'request:' || n",
      at: `'${at.toISOString()}'`,
    },
  })
  await client.end()
}

async function killListener(): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'countersign listener' AND datname = current_database()`,
  )
  await client.end()
}

describe('a stream of a caller', () => {
  it('tells how each of its requests stands when it changes, to each of its keys', async () => {
    const { follow } = await process()
    const agent = await follow(w.agent.key)
    const runner = await follow(w.runtimeKey.key)
    for (const stream of [agent, runner]) expect((await stream.next())?.event).toBe('beat')
    const requestId = await released(w)
    expect(await redeem(w, await collect(w, requestId))).toBe('ok')
    for (const stream of [agent, runner]) {
      const all = await stream.until((told) => told.data['grant_state'] === 'redeemed')
      expect(all.at(-1)).toEqual({
        id: expect.stringMatching(/^\d{13}$/),
        event: undefined,
        data: {
          request_id: requestId,
          state: 'released',
          verdict: 'ALLOW',
          grant_state: 'redeemed',
        },
      })
      expect(all[0]?.data).toMatchObject({ state: 'open', verdict: 'DEFER', grant_state: null })
      await stream.leave()
    }
  })

  it('tells nothing of anybody else’s requests, live or afterwards', async () => {
    const { follow } = await process()
    const other = await anotherCaller(w, 'an onlooker at events')
    const theirs = await follow(other.agent.key)
    const mine = await follow(w.agent.key)
    await theirs.next()
    const requestId = await submit(w)
    await mine.until(tells(requestId, 'open'))
    const again = await follow(other.agent.key, String(Date.now() - 60_000))
    expect(await again.next()).toMatchObject({ event: 'beat' })
    const own = await submit({ ...w, callerId: other.callerId, agent: other.agent })
    const all = await theirs.until(tells(own, 'open'))
    expect(idsIn(all)).toEqual([own])
  })
})

describe('whoever comes back with the last id', () => {
  it('is told what changed meanwhile, also by another process', async () => {
    const [first, second] = [await process(), await process()]
    const requestId = await submit(w)
    const stream = await first.follow(w.agent.key)
    const beat = await stream.next()
    await stream.leave()
    await cancel(requestId)
    const again = await second.follow(w.agent.key, beat?.id)
    const all = await again.until(isBeat)
    expect(all.some(tells(requestId, 'cancelled'))).toBe(true)
  })

  it('is told all of it, however much, and again when the answer is cut off in the middle', async () => {
    const { follow } = await process()
    const at = new Date(Date.now() - 60_000)
    const since = String(at.getTime() - 30_000)
    const ids = Array.from({ length: 1_500 }, (_, n) => `req_8${String(n).padStart(25, '0')}`)
    const like = await w.runtime.db.request.findUniqueOrThrow({ where: { id: await submit(w) } })
    await copyRequests(like.id, ids, at)
    const stream = await follow(w.agent.key, since)
    const told: Told[] = []
    while (told.length < 700) {
      const next = await stream.next()
      if (!next) throw new Error('the stream ended')
      told.push(next)
    }
    await stream.leave()
    const last = told.findLast(({ id }) => id !== undefined)?.id ?? since
    const again = await (await follow(w.agent.key, last)).until(isBeat)
    expect(new Set(idsIn([...told, ...again])).size).toBeGreaterThanOrEqual(ids.length)
    expect(again.at(-1)?.id).toMatch(/^\d{13}$/)
  })

  it.each(['', 'x', '0', '99999999999999', '0000-01-01'])(
    'is told to read everything again where %j is no place that is known',
    async (lastEventId) => {
      await submit(w)
      const { follow } = await process()
      // A place before everything is known as long as everything is told.
      const told = await (await follow(w.agent.key, lastEventId)).next()
      if (lastEventId === '0') expect(told?.data).toHaveProperty('request_id')
      else expect(told?.event).toBe('reset')
    },
  )
})

describe('when the connection for changes is lost', () => {
  it('every stream is told what nobody heard of, and no stream ends', async () => {
    const { follow } = await process()
    const stream = await follow(w.agent.key)
    await stream.next()
    const requestId = await submit(w)
    await stream.until(tells(requestId, 'open'))
    await cancel(requestId, { ...w.runtime, announce: () => undefined })
    await killListener()
    await stream.until(tells(requestId, 'cancelled'))
    const next = await submit(w)
    await stream.until(tells(next, 'open'))
  })

  it('no position passes what could not be read: it is told to whoever comes back', async () => {
    let isAway = false
    const db = new Proxy(w.runtime.db, {
      get: (target, name) => {
        if (isAway && name === '$queryRawUnsafe')
          return () => Promise.reject(new Error('the database is away'))
        return Reflect.get(target, name) as unknown
      },
    })
    const { follow } = await process({}, { ...w.runtime, db })
    const requestId = await submit(w)
    const stream = await follow(w.agent.key)
    const beat = await stream.next()
    isAway = true
    await cancel(requestId)
    let last = beat?.id
    for (let told = await stream.next(); told; told = await stream.next()) last = told.id
    isAway = false
    const all = await (await follow(w.agent.key, last)).until(isBeat)
    expect(all.some(tells(requestId, 'cancelled'))).toBe(true)
  })
})

describe('a stream ends', () => {
  it('when its key is revoked, at the next heartbeat', async () => {
    const { follow } = await process({ heartbeatMs: 50 })
    const { agent } = await anotherCaller(w, 'a caller whose key ends')
    const stream = await follow(agent.key)
    for (let beats = 0; beats < 3; beats++)
      expect(await stream.next()).toMatchObject({ event: 'beat' })
    await w.runtime.db.apiKey.update({
      where: { id: agent.keyId },
      data: { revokedAt: new Date() },
    })
    let told = await stream.next()
    while (told) told = await stream.next()
    expect(told).toBeNull()
  })

  it('after its time, and when the process stops', async () => {
    const short = await process({ longestMs: 50 })
    const ended = await short.follow(w.agent.key)
    await ended.next()
    expect(await ended.next()).toBeNull()
    const { follow, listener } = await process()
    const stopped = await follow(w.agent.key)
    await stopped.next()
    await listener.close()
    expect(await stopped.next()).toBeNull()
  })
})

describe('streams are bounded', () => {
  it('and a connection that is cut makes room at once', async () => {
    const { app } = await process({ mostOfCaller: 1 })
    const answer = getRequestListener(app.fetch)
    const server = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/events`
    const headers = { authorization: `Bearer ${w.agent.key}` }
    const gone = new AbortController()
    const stream = readEvents(await fetch(address, { headers, signal: gone.signal }))
    expect(await stream.next()).toMatchObject({ event: 'beat' })
    expect((await fetch(address, { headers })).status).toBe(429)
    gone.abort()
    await vi.waitFor(async () => expect((await fetch(address, { headers })).status).toBe(200))
  })

  it('and one that was only asked for its head is none', async () => {
    const { app, follow } = await process({ mostOfCaller: 1 })
    const head = await app.fetch(
      new Request('http://localhost:3000/v1/events', {
        method: 'HEAD',
        headers: { authorization: `Bearer ${w.agent.key}` },
      }),
    )
    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toBe('text/event-stream')
    expect(await (await follow(w.agent.key)).next()).toMatchObject({ event: 'beat' })
  })

  it('by caller with 429 and by process with 503, and one that ended makes room', async () => {
    const { open, follow } = await process({ mostOfCaller: 1, most: 2 })
    const callers = [await anotherCaller(w, 'second'), await anotherCaller(w, 'third')]
    const [second, third] = callers.map(({ agent }) => agent.key)
    const first = await follow(w.agent.key)
    const full = await open(w.runtimeKey.key)
    expect(await full.json()).toMatchObject({ status: 429, code: 'too_many_requests' })
    expect(full.headers.get('retry-after')).toBe('10')
    await follow(second ?? '')
    const crowded = await open(third ?? '')
    expect(await crowded.json()).toMatchObject({ status: 503, code: 'unavailable' })
    expect(crowded.headers.get('retry-after')).toBe('10')
    await first.leave()
    expect((await open(third ?? '')).status).toBe(200)
  })

  it('by reading: a change is read once for twenty streams, and once in all for a caller without one', async () => {
    let reads = 0
    const db = new Proxy(w.runtime.db, {
      get: (target, name) => {
        if (name !== '$queryRawUnsafe') return Reflect.get(target, name) as unknown
        return (...given: Parameters<typeof target.$queryRawUnsafe>) => {
          reads += 1
          return target.$queryRawUnsafe(...given)
        }
      },
    })
    const { follow, listener } = await process({}, { ...w.runtime, db })
    const mine = await Promise.all(Array.from({ length: 20 }, () => follow(w.agent.key)))
    for (const stream of mine) await stream.next()
    const announced = async (requestId: string) => {
      const heard = new Promise<void>((resolve) => {
        const leave = listener.subscribe((id) => {
          if (id !== requestId) return
          leave()
          resolve()
        })
      })
      w.runtime.announce(requestId)
      await heard
    }
    const requestId = await submit(w)
    for (const stream of mine) await stream.until(tells(requestId, 'open'))
    reads = 0
    await announced(requestId)
    for (const stream of mine) await stream.next()
    expect(reads).toBe(1)

    const other = await anotherCaller(w, 'without a stream')
    const theirs = await submit({ ...w, callerId: other.callerId, agent: other.agent })
    for (let n = 0; n < 5; n++) {
      await announced(theirs)
      // One of ours behind it: whatever theirs led to has been read by then.
      await announced(requestId)
      for (const stream of mine) await stream.next()
      // From the second time on it is known whose it is.
      if (n === 0) reads = 0
    }
    expect(reads).toBe(4)
  })
})
