import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { createRuntime, type Runtime } from '../lib/runtime'
import { firstStart } from '../scripts/first-start'
import { freePort } from '../scripts/free-port'
import { approveWithPasskey, attachPlan } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { createSoftwarePasskey } from '../scripts/lib/software-passkey'
import { startProduct } from '../scripts/run/product'
import { type DemoKeys, seedDemo } from '../scripts/seed'
import { Countersign } from '../sdk/index'

/**
 * The main loop against the built product on an own embedded PostgreSQL: submits, votes, redemptions. Prints a table;
 * quote medians and ratios of one run, never a time alone. `npm run bench`, add `-- --quick` for a tenth of the work.
 */
const scale = process.argv.includes('--quick') ? 0.1 : 1
const SUBMITS = Math.ceil(3_000 * scale)
const VOTES = Math.ceil(200 * scale)
const AT_ONCE = 16

interface Row {
  path: string
  count: number
  perSecond: string
  p50: string
  p99: string
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-bench-'))
  const port = String(await freePort())
  const env = { ...process.env, COUNTERSIGN_DATA: folder, PORT: port, LOG_LEVEL: 'error' }
  const product = await startProduct({ env, seed: firstStart, tell: console.error })
  const runtime = await createRuntime({ ...product.config, logLevel: 'error' })
  try {
    const demo = await seedDemo(runtime)
    console.table(await measure(runtime, demo))
  } finally {
    await runtime.close()
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(runtime: Runtime, demo: DemoKeys): Promise<Row[]> {
  const url = runtime.config.publicUrl
  const agent = new Countersign({ url, agentKey: demo.agentKey })
  const runner = new Countersign({ url, runtimeKey: demo.runtimeKey, audience: demo.audience })
  const rows: Row[] = []
  await timed('warm-up', 100, AT_ONCE, () => agent.request(SEED_CONTRACT))
  rows.push(await rawInserts(runtime))
  rows.push(
    await timed('submit → DEFER, durable (HTTP)', SUBMITS, AT_ONCE, () =>
      agent.request(SEED_CONTRACT),
    ),
  )
  const tokens: Released[] = []
  rows.push(await voteToToken(runtime, demo, agent, runner, tokens))
  let next = 0
  rows.push(
    await timed('redeem (HTTP)', tokens.length, AT_ONCE, async () => {
      const released = tokens[next++]
      if (!released) return
      await runner.redeem({
        token: released.token,
        observed: {},
        acknowledged_obligations: [],
        nonce: crypto.randomUUID(),
        environment: 'production',
      })
    }),
  )
  const sample = tokens[0]
  if (sample)
    rows.push(
      await timed('token verify offline', 2_000, AT_ONCE, () => verify(runner, sample.token)),
    )
  return rows
}

interface Released {
  requestId: string
  token: string
}

/** A tokenʼs own lifetime is five minutes: the bench is far shorter. */
async function verify(runner: Countersign, token: string): Promise<void> {
  await runner.verifyToken(token)
}

/** From the vote's commit to the waiting runtime holding the token: worker, evaluation, wake-up, collect. */
async function voteToToken(
  runtime: Runtime,
  demo: DemoKeys,
  agent: Countersign,
  runner: Countersign,
  tokens: Released[],
): Promise<Row> {
  const passkey = createSoftwarePasskey(runtime.config.publicUrl, demo.approver.passkey)
  const approver = { ...demo.approver, passkey }
  const times: number[] = []
  const startedAt = performance.now()
  for (let i = 0; i < VOTES; i++) {
    const { request_id: requestId } = await agent.request(SEED_CONTRACT)
    await attachPlan(runtime, requestId, demo.releaseManager)
    const holding = runner.waitFor(requestId).then(() => runner.collect(requestId))
    await approveWithPasskey(runtime, requestId, approver)
    const votedAt = performance.now()
    const { token } = await holding
    times.push(performance.now() - votedAt)
    tokens.push({ requestId, token })
  }
  return row('vote committed → runtime holds the token', times, performance.now() - startedAt)
}

/** What PostgreSQL gives when nothing is decided: one row of the same size, one statement, one commit. */
async function rawInserts(runtime: Runtime): Promise<Row> {
  const pool = new pg.Pool({ connectionString: runtime.config.databaseUrl, max: AT_ONCE })
  const body = JSON.stringify(SEED_CONTRACT)
  const insert = `INSERT INTO outbox (topic, request_id, cause, done_at) VALUES ('bench', 'bench', $1, now())`
  const result = await timed('raw insert of one row (pg)', SUBMITS, AT_ONCE, () =>
    pool.query(insert, [body]),
  )
  await pool.end()
  return result
}

async function timed(
  name: string,
  count: number,
  atOnce: number,
  work: () => Promise<unknown>,
): Promise<Row> {
  const times: number[] = []
  let left = count
  const startedAt = performance.now()
  const lane = async () => {
    while (left-- > 0) {
      const from = performance.now()
      await work()
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return row(name, times, performance.now() - startedAt)
}

function row(name: string, times: number[], tookMs: number): Row {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)} ms`
  const perSecond = `${Math.round((times.length / tookMs) * 1000)}/s`
  return { path: name, count: times.length, perSecond, p50: at(0.5), p99: at(0.99) }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
