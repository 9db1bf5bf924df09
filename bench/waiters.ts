import { Agent, request as askHttp } from 'node:http'
import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { authenticateCaller } from '../lib/auth/api-key'
import { cancelRequest } from '../lib/commands/request/cancel-request'
import { submitRequest } from '../lib/commands/request/submit-request'
import { readContract } from '../lib/core/contract/contract'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { ms, share } from './times'
import { computed, kib, METRICS_TOKEN, mib, webUsage } from './web-usage'
import { type Running, withProduct } from './with-product'

/**
 * Ten thousand callers that wait for a decision, on one web process of the built product: what they cost while nothing happens,
 * and how long each waits for its answer when one is decided, all are, and the database's connection is lost. `npm run bench:waiters`,
 * add `-- --quick` for a tenth. Callers and database run beside the process, so times are those of a machine under load.
 */
const isQuick = process.argv.includes('--quick')
const WAITERS = isQuick ? 1_000 : 10_000
const ONES = isQuick ? 50 : 200
/** Callers that connect at a time. */
const AT_ONCE = 200
const IDLE_MS = 5_000
/** Looking costs the process something too. */
const LOOK_MS = 50
/** At any moment some have been answered after 25 s and are about to ask again. */
const NEARLY = 0.98
/** A poll takes 25 s: whoever is answered later than this was not woken. */
const WOKEN_MS = 20_000

interface Bench {
  running: Running
  agentKey: string
  caller: { callerId: string; keyId: string }
  db: pg.Client
}

interface Answered {
  state: string
  at: number
}

async function main(): Promise<void> {
  const settings = {
    METRICS_TOKEN,
    CALLER_OPEN_LIMIT: '100000',
    CALLER_SUBMITS_PER_MINUTE: '1000000',
  }
  await withProduct(settings, async (running) => {
    const { runtime, product, demo } = running
    const db = new pg.Client({ connectionString: product.config.migrationDatabaseUrl })
    await db.connect()
    try {
      const known = await authenticateCaller(runtime.db, `Bearer ${demo.agentKey}`, Date.now())
      if (!known.ok) throw new Error('The key of the demonstration is not known')
      const caller = { callerId: known.value.caller.id, keyId: known.value.keyId }
      await measure({ running, agentKey: demo.agentKey, caller, db })
    } finally {
      await db.end()
    }
  })
}

async function measure(bench: Bench): Promise<void> {
  const ones: string[] = []
  for (let n = 0; n < ONES; n++) ones.push(await submit(bench))
  const all = await copies(bench, ones[0] ?? '')
  const load = loadavg()[0] ?? 0
  const before = await webUsage(bench.running)
  const openedAt = performance.now()
  const waiters = await open(bench, [...all, ...ones])
  const openMs = performance.now() - openedAt
  const opened = await webUsage(bench.running)
  await pause(IDLE_MS)
  const idle = await webUsage(bench.running)
  const connections = await listeningConnections(bench)

  const oneMs: number[] = []
  for (const id of ones) oneMs.push(await decideOne(bench, id, waiters))
  const beforeLoss = await webUsage(bench.running)
  const lost = await loseConnection(bench)
  const beforeAll = await webUsage(bench.running)
  const allMs = await decideAll(bench, all, waiters)
  const after = await webUsage(bench.running)

  const grown = opened.residentBytes - before.residentBytes
  console.table({
    'waiters on one web process': opened.longPolls,
    'connections that LISTEN, of web and worker': connections,
    'memory of a waiter, resident': kib(grown / opened.longPolls),
    'web process, resident': mib(opened.residentBytes),
    'all connected after': ms(openMs),
    'processor while waiting': `${((computed(opened, idle) / IDLE_MS) * 100).toFixed(1)} %`,
    [`one decided, ${ONES} times: p50, p99`]: spread(oneMs),
    'connection lost: nearly all wait again after': ms(lost),
    'processor for that': ms(computed(beforeLoss, beforeAll)),
    'all decided at once: p50, p99, last': `${spread(allMs)}, ${ms(share(allMs, 1))}`,
    'processor for that ': ms(computed(beforeAll, after)),
    'wake-ups lost': WAITERS - allMs.length,
    'load of the machine before': load.toFixed(1),
  })
}

async function submit({ running: { runtime }, caller }: Bench): Promise<string> {
  const contract = readContract(JSON.stringify(SEED_CONTRACT))
  if (!contract.ok) throw new Error('The contract of the seed cannot be read')
  const submitted = await submitRequest(runtime, {
    contract: contract.value,
    ...caller,
    runKey: null,
    supersedes: null,
  })
  if (!submitted.ok) throw new Error(`refused: ${submitted.refusal.code}`)
  return submitted.value.requestId
}

/** Requests like this one, as rows: deciding ten thousand of them is not what is measured. */
async function copies({ db }: Bench, requestId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO requests SELECT (jsonb_populate_record(r, jsonb_build_object('id',
       left(r.id, 20) || lpad(n::text, 10, '0')))).* FROM requests r, generate_series(1, $2::int) n WHERE r.id = $1
     RETURNING id`,
    [requestId, WAITERS],
  )
  return rows.map(({ id }) => id)
}

/** Begins a wait for each. @returns what each is answered once it is decided */
async function open(bench: Bench, ids: string[]): Promise<Map<string, Promise<Answered>>> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const answers = new Map<string, Promise<Answered>>()
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    for (const id of ids.slice(from, from + AT_ONCE)) answers.set(id, waitFor(bench, agent, id))
    await waitingIs(bench, answers.size)
  }
  return answers
}

/** Asks again as long as nothing is decided, as callers do. */
async function waitFor({ running, agentKey }: Bench, agent: Agent, id: string): Promise<Answered> {
  const origin = running.runtime.config.publicUrl
  for (;;) {
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${agentKey}` }
      const asked = askHttp(`${origin}/v1/requests/${id}?wait=25`, { agent, headers }, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        answer.on('end', () => resolve(body))
      })
      asked.on('error', reject).end()
    })
    const { state } = JSON.parse(text) as { state: string }
    if (state !== 'open') return { state, at: performance.now() }
  }
}

async function waitingIs({ running }: Bench, count: number): Promise<void> {
  while ((await webUsage(running)).longPolls < count * NEARLY) await pause(LOOK_MS)
}

async function listeningConnections({ db }: Bench): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'countersign listener'`,
  )
  return rows[0]?.count ?? 0
}

/** From the commit to the caller's answer. */
async function decideOne(
  { running: { runtime }, caller }: Bench,
  requestId: string,
  waiters: Map<string, Promise<Answered>>,
): Promise<number> {
  const actor = { kind: 'caller', id: caller.callerId, keyId: caller.keyId } as const
  const cancelled = await cancelRequest(runtime, { requestId, actor, reason: null })
  const committedAt = performance.now()
  if (!cancelled.ok) throw new Error(`refused: ${cancelled.refusal.code}`)
  const { at } = (await waiters.get(requestId)) ?? { at: committedAt }
  return Math.max(0, at - committedAt)
}

/** Everybody is answered, and asks again. @returns ms from the loss until nearly all wait again */
async function loseConnection(bench: Bench): Promise<number> {
  const lostAt = performance.now()
  await bench.db.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'countersign listener'`,
  )
  let least = WAITERS
  for (;;) {
    const { longPolls: waiting } = await webUsage(bench.running)
    least = Math.min(least, waiting)
    if (least < WAITERS / 2 && waiting > WAITERS * NEARLY) return performance.now() - lostAt
    await pause(LOOK_MS)
  }
}

/** @returns ms from the commit to the answer, of those that were woken and did not find out when their poll ended */
async function decideAll(
  { db }: Bench,
  ids: string[],
  waiters: Map<string, Promise<Answered>>,
): Promise<number[]> {
  await db.query(`UPDATE requests SET state = 'cancelled' WHERE id = ANY($1::text[])`, [ids])
  const committedAt = performance.now()
  await db.query(`SELECT pg_notify('countersign_changed', id) FROM unnest($1::text[]) AS id`, [ids])
  const answered = await Promise.all(ids.map((id) => waiters.get(id)))
  const times = answered.flatMap((one) => (one?.state === 'cancelled' ? one.at - committedAt : []))
  return times.filter((ms) => ms < WOKEN_MS)
}

function spread(times: number[]): string {
  return `${ms(share(times, 0.5))}, ${ms(share(times, 0.99))}`
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
