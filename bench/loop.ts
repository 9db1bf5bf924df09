import os from 'node:os'
import { createEndpoint } from '../lib/commands/webhook/create-endpoint'
import type { Runtime } from '../lib/runtime'
import { must } from '../scripts/lib/demo-people'
import { approveWithPasskey, attachPlan } from '../scripts/lib/demo-votes'
import { SEED_CONTRACT } from '../scripts/lib/seed-contract'
import { createSoftwarePasskey } from '../scripts/lib/software-passkey'
import type { DemoKeys } from '../scripts/seed'
import { Countersign } from '../sdk/index'
import { makeCallers } from './callers'
import { rawWrites } from './loop/raw-writes'
import { type Row, row, timed } from './times'
import { openReceivers } from './webhooks/receivers'
import { withProduct } from './with-product'

/**
 * The main loop against the built product on an own embedded PostgreSQL: submits, votes, redemptions, reports. Prints a table;
 * quote medians and ratios of one run, never a time alone. `npm run bench`, add `-- --quick` for a tenth of the work.
 */
const scale = process.argv.includes('--quick') ? 0.1 : 1
const CROWD = { count: Math.ceil(3_000 * scale), atOnce: 16 }
const WARM_UP = 100
const VOTES = Math.ceil(180 * scale)
/** So many that none meets its limits of requests held and submits a minute. */
const CALLERS = 20

async function main(): Promise<void> {
  const receivers = await openReceivers(1)
  await withProduct({}, async ({ runtime, demo }) => {
    console.log(`load before: ${os.loadavg()[0]?.toFixed(1)}`)
    console.table(await measure(runtime, demo, receivers.urls[0] ?? ''))
    console.log(`load after: ${os.loadavg()[0]?.toFixed(1)}`)
  })
}

async function measure(runtime: Runtime, demo: DemoKeys, endpoint: string): Promise<Row[]> {
  const plain = await submitsOf(runtime, 'plain', null)
  const subscribed = await submitsOf(runtime, 'subscribed', endpoint)
  await timed('warm-up', { ...CROWD, count: WARM_UP }, plain)
  const rows = await rawWrites(runtime, CROWD)
  rows.push(await timed('submit → DEFER, durable (HTTP)', CROWD, plain))
  rows.push(await timed('the same, subscribed to by a webhook endpoint', CROWD, subscribed))
  return [...rows, ...(await fromVoteToReport(runtime, demo))]
}

type Submit = (nr: number) => Promise<unknown>

async function submitsOf(runtime: Runtime, name: string, endpoint: string | null): Promise<Submit> {
  const callers = await makeCallers(runtime, name, CALLERS)
  const agents: Countersign[] = []
  for (const { callerId, ownerId: personId, agentKey } of callers) {
    if (endpoint !== null) {
      const about = {
        url: endpoint,
        description: 'bench',
        eventTypes: ['request.deferred' as const],
      }
      must(await createEndpoint(runtime, { callerId, personId, ...about }))
    }
    agents.push(new Countersign({ url: runtime.config.publicUrl, agentKey }))
  }
  return async (nr) => await agents[nr % CALLERS]?.request(SEED_CONTRACT)
}

interface Released {
  requestId: string
  token: string
}

async function fromVoteToReport(runtime: Runtime, demo: DemoKeys): Promise<Row[]> {
  const url = runtime.config.publicUrl
  const agent = new Countersign({ url, agentKey: demo.agentKey })
  const runner = new Countersign({ url, runtimeKey: demo.runtimeKey, audience: demo.audience })
  const released: Released[] = []
  const rows = [await voteToToken(runtime, demo, { agent, runner }, released)]
  const each = { count: released.length, atOnce: CROWD.atOnce }
  const forEach = (name: string, work: (one: Released) => Promise<unknown>) =>
    timed(name, each, async (nr) => released[nr] && (await work(released[nr])))
  rows.push(await forEach('redeem (HTTP)', ({ token }) => redeem(runner, token)))
  rows.push(
    await forEach('report (HTTP)', ({ requestId }) => runner.report(requestId, 'succeeded')),
  )
  const [sample] = released
  if (!sample) return rows
  // A token's own lifetime is five minutes: the bench is far shorter.
  const verify = () => runner.verifyToken(sample.token)
  const many = { ...CROWD, count: 2_000 }
  return [...rows, await timed('token verify offline', many, verify)]
}

async function redeem(runner: Countersign, token: string): Promise<void> {
  await runner.redeem({
    token,
    observed: {},
    acknowledged_obligations: [],
    nonce: crypto.randomUUID(),
    environment: 'production',
  })
}

/** From the vote's commit to the waiting runtime holding the token: worker, evaluation, wake-up, collect. */
async function voteToToken(
  runtime: Runtime,
  demo: DemoKeys,
  { agent, runner }: { agent: Countersign; runner: Countersign },
  released: Released[],
): Promise<Row> {
  const passkey = createSoftwarePasskey(runtime.config.publicUrl, demo.approver.passkey)
  const approver = { ...demo.approver, passkey }
  const times: number[] = []
  const startedAt = performance.now()
  for (let nr = 0; nr < VOTES; nr++) {
    const { request_id: requestId } = await agent.request(SEED_CONTRACT)
    await attachPlan(runtime, requestId, demo.releaseManager)
    const holding = runner.waitFor(requestId).then(() => runner.collect(requestId))
    await approveWithPasskey(runtime, requestId, approver)
    const votedAt = performance.now()
    const { token } = await holding
    times.push(performance.now() - votedAt)
    released.push({ requestId, token })
  }
  return row('vote committed → runtime holds the token', times, performance.now() - startedAt)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
