import os from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { createEndpoint } from '../lib/commands/webhook/create-endpoint'
import type { Runtime } from '../lib/runtime'
import { must } from '../scripts/lib/demo-people'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { Countersign } from '../sdk/index'
import { type BenchCaller, makeCallers } from './callers'
import { computedMs } from './console/measure'
import { ms, share } from './times'
import { startPeer } from './webhooks/peer'
import { arrivalKey, openReceivers, type Receivers, wallClock } from './webhooks/receivers'
import { withRedis } from './webhooks/redis'
import { withProduct } from './with-product'

/**
 * How long after an event its webhooks arrive, at ten endpoints that all subscribed to it, of which one answers nothing in the
 * second half: the product, and beside it a plain BullMQ sender on the same Redis. Only the other nine are measured.
 * `npm run bench:webhooks`; `-- --quick`: a quarter of the time, `-- --rate 50`: events a second, `-- --queue postgres`: the
 * product's queue in PostgreSQL. The product's times begin within the statement that writes the audit entry, so its commit is
 * in them; the peer's begin when Redis is asked to take the jobs.
 */
const ENDPOINTS = 10
const SECONDS = process.argv.includes('--quick') ? 5 : 20
/** Of ten deliveries each. */
const RATE = Number(valueAfter('--rate') ?? 5)
const ON_REDIS = valueAfter('--queue') !== 'postgres'
const TYPE = 'request.deferred' as const
const WARM_UP_SECONDS = 3
/** Nothing is waited for longer: a delivery that is not there by then counts as missing. */
const PATIENCE_MS = 30_000

/** Who tells events to the receivers. */
interface Sender {
  tell: (nr: number) => Promise<void>
  /** Of each event of this run by its webhook's id: when it was told (epoch ms). */
  toldAt: () => Promise<Map<string, number>>
  pid: () => number | undefined
}

interface Measured {
  lateMs: number[]
  missing: number
  cpuMs: number | null
  load: number
}

async function main(): Promise<void> {
  await withRedis(async (redisUrl) => {
    const receivers = await openReceivers(ENDPOINTS)
    try {
      const peer = await measurePeer(receivers, redisUrl)
      const product = await measureProduct(receivers, ON_REDIS ? redisUrl : '')
      console.log(`${RATE} events/s for ${SECONDS} s, each to ${ENDPOINTS} endpoints`)
      const name = `Countersign on ${ON_REDIS ? 'Redis' : 'PostgreSQL'}`
      console.table([
        ...product.map((one, at) => line(name, one, at)),
        ...peer.map((one, at) => line('BullMQ + HMAC + fetch', one, at)),
      ])
    } finally {
      receivers.close()
    }
  })
}

function line(sender: string, { lateMs, missing, cpuMs, load }: Measured, at: number) {
  return {
    sender,
    endpoints: at === 0 ? 'all answer' : 'one hangs',
    measured: lateMs.length,
    p50: ms(share(lateMs, 0.5)),
    p99: ms(share(lateMs, 0.99)),
    last: ms(share(lateMs, 1)),
    missing,
    // Of one core.
    processor: cpuMs === null ? null : `${Math.round(cpuMs / SECONDS / 10)} %`,
    load: load.toFixed(1),
  }
}

async function measurePeer(receivers: Receivers, redisUrl: string): Promise<Measured[]> {
  const peer = await startPeer(redisUrl)
  let told = new Map<string, number>()
  const tell = async () => {
    const id = `evt_${crypto.randomUUID()}`
    told.set(id, wallClock())
    const body = JSON.stringify({ type: TYPE, data: { request_id: id, state: 'open' } })
    await peer.tell(receivers.urls.map((url) => ({ url, id, body })))
  }
  const toldAt = () => {
    const since = told
    told = new Map()
    return Promise.resolve(since)
  }
  try {
    return await twice(receivers, { tell, toldAt, pid: () => peer.pid })
  } finally {
    await peer.close()
  }
}

async function measureProduct(receivers: Receivers, redisUrl: string): Promise<Measured[]> {
  let measured: Measured[] = []
  const limits = { CALLER_OPEN_LIMIT: '100000', CALLER_SUBMITS_PER_MINUTE: '1000000' }
  await withProduct({ REDIS_URL: redisUrl, ...limits }, async ({ product, runtime }) => {
    const [caller] = await makeCallers(runtime, 'bench', 1)
    if (!caller) throw new Error('There is no caller')
    for (const url of receivers.urls) await subscribe(runtime, caller, url)
    const url = runtime.config.publicUrl
    const agent = new Countersign({ url, agentKey: caller.agentKey })
    let seen = '0'
    const toldAt = async () => {
      // What failed has a later time by now; a row of each event has not.
      const rows = await runtime.db.$queryRaw<{ id: string; at: number; last: string }[]>`
        SELECT event_id AS id, extract(epoch FROM min(due_at))::float8 * 1000 AS at, max(id)::text AS last
        FROM webhook_deliveries WHERE id > ${seen}::bigint GROUP BY event_id ORDER BY max(id)`
      seen = rows.at(-1)?.last ?? seen
      return new Map(rows.map(({ id, at }) => [id, at]))
    }
    const tell = async () => {
      await agent.request(SEED_CONTRACT)
    }
    measured = await twice(receivers, { tell, toldAt, pid: product.worker.pid })
  })
  return measured
}

async function subscribe(runtime: Runtime, caller: BenchCaller, url: string): Promise<void> {
  const { callerId, ownerId: personId } = caller
  const input = { callerId, personId, url, description: 'bench', eventTypes: [TYPE] }
  must(await createEndpoint(runtime, input))
}

/** With all endpoints well, then with one that hangs. */
async function twice(receivers: Receivers, sender: Sender): Promise<Measured[]> {
  receivers.hangLast(false)
  await drive(receivers, sender, WARM_UP_SECONDS)
  const well = await drive(receivers, sender, SECONDS)
  receivers.hangLast(true)
  return [well, await drive(receivers, sender, SECONDS)]
}

async function drive(receivers: Receivers, sender: Sender, seconds: number): Promise<Measured> {
  const { arrivals } = receivers
  arrivals.clear()
  const load = os.loadavg()[0] ?? 0
  const cpuFrom = await computedMs(sender.pid())
  const startedAt = performance.now()
  const telling: Promise<void>[] = []
  // By the clock and not one after the other: a sender that falls behind is given no rest.
  for (let nr = 0; nr < RATE * seconds; nr++) {
    await pause(Math.max(0, startedAt + (nr * 1_000) / RATE - performance.now()))
    telling.push(sender.tell(nr))
  }
  await Promise.all(telling)
  const told = await sender.toldAt()
  const until = performance.now() + PATIENCE_MS
  const missing = () => [...told.keys()].filter((id) => !isThere(arrivals, id)).length
  while (missing() > 0 && performance.now() < until) await pause(50)
  const cpuTo = await computedMs(sender.pid())
  const lateMs = [...told].flatMap(([id, at]) =>
    WELL.flatMap((nr) => {
      const arrivedAt = arrivals.get(arrivalKey(nr, id))
      return arrivedAt === undefined ? [] : [arrivedAt - at]
    }),
  )
  const cpuMs = cpuFrom === null || cpuTo === null ? null : cpuTo - cpuFrom
  return { lateMs, missing: told.size * WELL.length - lateMs.length, cpuMs, load }
}

/** The nine that always answer. */
const WELL = Array.from({ length: ENDPOINTS - 1 }, (_, nr) => nr)

function isThere(arrivals: Map<string, number>, id: string): boolean {
  return WELL.every((nr) => arrivals.has(arrivalKey(nr, id)))
}

function valueAfter(flag: string): string | null {
  const at = process.argv.indexOf(flag)
  return at === -1 ? null : (process.argv[at + 1] ?? null)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
