import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Digest } from '../lib/core/contract/digest'
import { digestWords } from '../lib/core/contract/words'
import { createRuntime, type Runtime } from '../lib/runtime'
import { AlreadyRedeemedError, Countersign, type RequestAnswer } from '../sdk/index'
import { firstStart } from './first-start'
import { slackLeg } from './lib/demo-slack-leg'
import { approveWithPasskey, attachPlan } from './lib/demo-votes'
import { startWebhookLeg, type WebhookLeg } from './lib/demo-webhook-leg'
import { SEED_CONTRACT } from './lib/seed-contract'
import { createSoftwarePasskey } from './lib/software-passkey'
import { verifyAuditOf } from './lib/verify-audit'
import { type Prepared, prepare } from './run/prepare'
import { startProduct } from './run/product'
import { type DemoKeys, seedDemo } from './seed'
import { pageFile } from './slack/page-file'

/** `npm run demo`: the whole loop on the seed's contract, each step printed. Exits 1 when a step is not as told. */
async function main(): Promise<void> {
  if (process.env['DATABASE_URL']) {
    throw new Error(
      'The demo uses demo people, so it runs on the embedded database only: unset DATABASE_URL.',
    )
  }
  const started = await startIfNeeded()
  try {
    const runtime = await createRuntime({ ...started.config, logLevel: 'warn' })
    try {
      const demo = await seedDemo(runtime)
      const webhook = await startWebhookLeg(runtime, { step, say, expect })
      try {
        await loop(runtime, demo, webhook)
      } finally {
        await webhook.stop()
      }
      await inSlack(runtime, demo, started.slackPage)
      say('\nDone.')
    } finally {
      await runtime.close()
    }
  } finally {
    await started.stop()
  }
}

interface Started {
  config: Prepared['config']
  /** Null where Slack is not played on this machine. */
  slackPage: string | null
  stop: () => Promise<void>
}

async function startIfNeeded(): Promise<Started> {
  const url = process.env['PUBLIC_URL'] || `http://localhost:${process.env['PORT'] || 3000}`
  if (await isAnswering(`${url}/readyz`)) {
    say(`Using the product that runs at ${url}`)
    const { config, embedded } = await prepare(process.env, true)
    const page = await readFile(pageFile(config.dataFolder), 'utf8').catch(() => '')
    // Whatever was killed left its file behind.
    const slackPage = page !== '' && (await isAnswering(page)) ? page : null
    return { config, slackPage, stop: async () => embedded?.stop() }
  }
  if (!existsSync(path.resolve('dist', 'server.js'))) say('First start: the product is built once.')
  const product = await startProduct({ env: process.env, seed: firstStart, tell: say })
  const slackPage = product.slack?.pageUrl ?? null
  return { config: product.config, slackPage, stop: () => product.stop() }
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )
}

async function inSlack(runtime: Runtime, demo: DemoKeys, pageUrl: string | null): Promise<void> {
  if (pageUrl === null) {
    say('\nSlack is not played on this machine, so this part is left out.')
    return
  }
  const agent = new Countersign({ url: runtime.config.publicUrl, agentKey: demo.agentKey })
  await slackLeg({ runtime, agent, pageUrl }, { step, say, expect })
}

async function loop(runtime: Runtime, demo: DemoKeys, webhook: WebhookLeg): Promise<void> {
  const url = runtime.config.publicUrl
  const agent = new Countersign({ url, agentKey: demo.agentKey })
  const runner = new Countersign({ url, runtimeKey: demo.runtimeKey, audience: demo.audience })

  step('The agent asks')
  const held = await agent.request(SEED_CONTRACT)
  expect(held.verdict === 'DEFER' && held.state === 'open', 'the seed contract is held')
  show(held)

  step('The runtime waits, by long-poll')
  const released = runner.waitFor(held.request_id, { timeoutMs: 60_000 })

  step(`${demo.releaseManager.name} attaches a rollback plan`)
  await attachPlan(runtime, held.request_id, demo.releaseManager)
  say('  recorded; one requirement fewer would be claimed, but nobody has reviewed it yet')

  step(`${demo.approver.name} approves with a passkey`)
  const passkey = createSoftwarePasskey(url, demo.approver.passkey)
  const { digest } = await approveWithPasskey(runtime, held.request_id, {
    ...demo.approver,
    passkey,
  })
  say(`  signed the words: ${digestWords(digest as Digest).join(' ')}`)

  step('A worker evaluates again')
  const request = await released
  expect(request.state === 'released', 'the request is released')
  say(`  released at ${request.closed?.at}, decision ${request.decision}`)

  step('The runtime collects the allow token and verifies it offline')
  const { token } = await runner.collect(held.request_id)
  const { claims } = await runner.verifyToken(token)
  say(indent(JSON.stringify(claims, null, 2)))

  step('It redeems the token, right before it acts')
  const redemption = {
    token,
    observed: {},
    acknowledged_obligations: claims.obligations,
    environment: claims.environment,
  }
  const answer = await runner.redeem({ ...redemption, nonce: crypto.randomUUID() })
  expect(answer.ok && !answer.replay, 'redeem says ok')
  say(`  ok at ${answer.redeemed_at}: the action runs now, once`)

  step('Somebody tries the same token again')
  await refusedTwice(runner, redemption)

  step('The runtime reports')
  await runner.report(held.request_id, 'succeeded')
  const done = await agent.get(held.request_id)
  expect(done.grant?.state === 'reported', 'the outcome is on file')
  say(`  ${done.grant?.outcome}`)

  step('The audit is verified')
  const audit = await verifyAuditOf(runtime, held.request_id)
  expect(audit.ok, 'the audit chain and the passkey vote verify')
  for (const line of audit.lines) say(`  ${line}`)
  say(`  the ticket with its record: ${url}/tickets/${held.request_id}`)

  await webhook.tell(held.request_id)
}

async function refusedTwice(
  runner: Countersign,
  redemption: Omit<Parameters<Countersign['redeem']>[0], 'nonce'>,
): Promise<void> {
  try {
    await runner.redeem({ ...redemption, nonce: crypto.randomUUID() })
  } catch (error) {
    expect(
      error instanceof AlreadyRedeemedError,
      'the second redeem is refused as already redeemed',
    )
    say('  refused: already_redeemed')
    return
  }
  expect(false, 'the second redeem is refused')
}

function show(request: RequestAnswer): void {
  say(`  verdict         ${request.verdict}`)
  say(`  request_id      ${request.request_id}`)
  say(`  policy_version  ${request.policy_version}`)
  for (const { code, message } of request.issues) say(`  issue           ${code}: ${message}`)
}

let stepNumber = 0
function step(title: string): void {
  stepNumber += 1
  console.log(`\n${stepNumber}. ${title}`)
}

function say(text: string): void {
  console.log(text)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}

/** A step that is not as told ends the demo with exit code 1. */
function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Not as told: ${what}`)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
