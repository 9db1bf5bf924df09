import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request as askHttp } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { authenticateCaller } from '../lib/auth/api-key'
import { bootstrap } from '../lib/commands/bootstrap'
import { cancelRequest } from '../lib/commands/request/cancel-request'
import { submitRequest } from '../lib/commands/request/submit-request'
import { parseConfig } from '../lib/config'
import { readContract } from '../lib/core/contract/contract'
import { createDb } from '../lib/db/client'
import { migrate } from '../lib/db/migrate'
import { createSealer } from '../lib/keys/seal'
import { createRuntime, type Runtime } from '../lib/runtime'
import { withScratch } from '../scripts/embedded/scratch'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { seedDemo } from '../scripts/seed'
import type { Usage } from './api-process'

/**
 * Ten thousand callers that wait for a decision, on one process of the API: what they cost while nothing happens, and how long
 * each waits for its answer when one is decided, all are, and the database's connection is lost. `npm run bench:waiters`,
 * add `-- --quick` for a tenth. Callers and database run beside the process, so times are those of a machine under load.
 */
const isQuick = process.argv.includes('--quick')
const WAITERS = isQuick ? 1_000 : 10_000
const ONES = isQuick ? 50 : 200
/** Callers that connect at a time. */
const AT_ONCE = 200
const IDLE_MS = 5_000
/** At any moment some have been answered after 25 s and are about to ask again. */
const NEARLY = 0.98
/** A poll takes 25 s: whoever is answered later than this was not woken. */
const WOKEN_MS = 20_000

interface Bench {
  runtime: Runtime
  agentKey: string
  caller: { callerId: string; keyId: string }
  db: pg.Client
  api: ChildProcess
  origin: string
}

interface Answered {
  state: string
  at: number
}

async function main(): Promise<void> {
  await withScratch(async (server) => {
    const databaseUrl = server.url()
    await migrate(databaseUrl)
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-waiters-'))
    const env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PUBLIC_URL: 'http://localhost:3000',
      COUNTERSIGN_SECRET: 'a secret of a bench that is thrown away',
      COUNTERSIGN_EMBEDDED: 'true',
      CALLER_OPEN_LIMIT: '100000',
      CALLER_SUBMITS_PER_MINUTE: '1000000',
      COUNTERSIGN_DATA: folder,
      LOG_LEVEL: 'error',
    }
    const config = parseConfig(env)
    const bare = createDb(databaseUrl)
    await bootstrap(bare, config, createSealer(config.secret), Date.now())
    await bare.$disconnect()
    const runtime = await createRuntime(config)
    const db = new pg.Client({ connectionString: databaseUrl })
    await db.connect()
    const api = fork(path.join(import.meta.dirname, 'api-process.ts'), {
      env,
      execArgv: ['--import', 'tsx', '--expose-gc'],
    })
    try {
      const [{ port }] = (await once(api, 'message')) as [{ port: number }]
      const { agentKey } = await seedDemo(runtime)
      const known = await authenticateCaller(runtime.db, `Bearer ${agentKey}`, Date.now())
      if (!known.ok) throw new Error('The key of the demonstration is not known')
      const caller = { callerId: known.value.caller.id, keyId: known.value.keyId }
      const origin = `http://127.0.0.1:${port}`
      await measure({ runtime, agentKey, caller, db, api, origin })
    } finally {
      api.kill()
      await db.end()
      await runtime.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
}

async function measure(bench: Bench): Promise<void> {
  const ones: string[] = []
  for (let n = 0; n < ONES; n++) ones.push(await submit(bench))
  const all = await copies(bench, ones[0] ?? '')
  const load = loadavg()[0] ?? 0
  const before = await usageOf(bench)
  const openedAt = performance.now()
  const waiters = await open(bench, [...all, ...ones])
  const openMs = performance.now() - openedAt
  const opened = await usageOf(bench)
  await pause(IDLE_MS)
  const idle = await usageOf(bench)
  const connections = await listeningConnections(bench)

  const oneMs: number[] = []
  for (const id of ones) oneMs.push(await decideOne(bench, id, waiters))
  const beforeLoss = await usageOf(bench)
  const lost = await loseConnection(bench)
  const beforeAll = await usageOf(bench)
  const allMs = await decideAll(bench, all, waiters)
  const after = await usageOf(bench)

  const kib = (bytes: number) => `${(bytes / opened.waiting / 1024).toFixed(1)} KiB`
  console.table({
    'waiters on one process': opened.waiting,
    'connections that LISTEN': connections,
    'memory of a waiter, resident': kib(opened.rssBytes - before.rssBytes),
    'memory of a waiter, heap': kib(opened.heapBytes - before.heapBytes),
    'process, resident': `${Math.round(opened.rssBytes / 1024 / 1024)} MiB`,
    'all connected after': `${Math.round(openMs)} ms`,
    'processor while waiting': `${(((idle.cpuMs - opened.cpuMs) / IDLE_MS) * 100).toFixed(1)} %`,
    [`one decided, ${ONES} times: p50, p99`]: spread(oneMs),
    'connection lost: nearly all wait again after': `${Math.round(lost)} ms`,
    'processor for that': `${Math.round(beforeAll.cpuMs - beforeLoss.cpuMs)} ms`,
    'all decided at once: p50, p99, last': `${spread(allMs)}, ${Math.round(Math.max(...allMs))} ms`,
    'processor for that ': `${Math.round(after.cpuMs - beforeAll.cpuMs)} ms`,
    'wake-ups lost': WAITERS - allMs.length,
    'load of the machine before': load.toFixed(1),
  })
}

async function submit({ runtime, caller }: Bench): Promise<string> {
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
async function waitFor({ origin, agentKey }: Bench, agent: Agent, id: string): Promise<Answered> {
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

async function usageOf({ api }: Bench, asked: 'exact' | 'roughly' = 'exact'): Promise<Usage> {
  const told = once(api, 'message') as Promise<[Usage]>
  api.send(asked)
  return (await told)[0]
}

async function waitingIs(bench: Bench, count: number): Promise<void> {
  while ((await usageOf(bench, 'roughly')).waiting < count * NEARLY) await pause(20)
}

async function listeningConnections({ db }: Bench): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'countersign listener'`,
  )
  return rows[0]?.count ?? 0
}

/** From the commit to the caller's answer. */
async function decideOne(
  { runtime, caller }: Bench,
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
    const { waiting } = await usageOf(bench, 'roughly')
    least = Math.min(least, waiting)
    if (least < WAITERS / 2 && waiting > WAITERS * NEARLY) return performance.now() - lostAt
    await pause(5)
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
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)} ms`
  return `${at(0.5)}, ${at(0.99)}`
}

await main()
