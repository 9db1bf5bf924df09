import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { createApiKey } from '#lib/commands/directory/create-api-key'
import { createCaller } from '#lib/commands/directory/create-caller'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { defaultPack } from '#lib/policies/packs/default'
import { freePort } from '../scripts/free-port'
import { Countersign, handleOf } from '../sdk/index'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { sdkProject } from '../test/sdk-project'
import { reject, release } from '../test/settle'
import { approve, must, world } from '../test/world'

/** Two people for money, as shipped; those of the test hold codes and no passkeys. */
const POLICY = defaultPack({ zone: 'UTC', businessHours: 'always' }).replaceAll(
  'mfa: phishing_resistant',
  'mfa: any',
)
const { url: databaseUrl } = await testDatabase()
const port = await freePort()
const url = `http://localhost:${port}`
const w = await world(databaseUrl, { env: { PUBLIC_URL: url }, policy: POLICY })
await serveApi(w.runtime, port)
const { folder } = await sdkProject({ types: false })

const AGENT = { COUNTERSIGN_URL: url, COUNTERSIGN_AGENT_KEY: w.agent.key }
const RUNTIME = { COUNTERSIGN_URL: url, COUNTERSIGN_RUNTIME_KEY: w.runtimeKey.key }
/** Processes take their time to start where much else runs. */
const LONG_MS = 120_000

const started: ChildProcessByStdio<null, Readable, Readable>[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

function start(file: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: folder,
    env: { NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

async function run(file: string, args: string[], env: Record<string, string>) {
  const child = start(file, args, env)
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, out, err }
}

/** A service, and where it listens. */
async function serve(file: string, env: Record<string, string>): Promise<string> {
  const child = start(file, [], { ...env, PORT: '0' })
  child.stderr.pipe(process.stderr)
  for await (const line of createInterface(child.stdout)) {
    const [, listening] = line.match(/^listening on (\d+)$/) ?? []
    if (listening !== undefined) return `http://127.0.0.1:${listening}`
  }
  throw new Error(`${file} did not start`)
}

const requestOf = (runKey: string) =>
  w.runtime.db.request.findFirst({ where: { runKey }, include: { grant: true } })

/** Lets people answer the request of this run, once it is held. */
async function settled(runKey: string, settle: (requestId: string) => Promise<void>) {
  await expect.poll(() => requestOf(runKey), { timeout: LONG_MS }).not.toBeNull()
  await settle((await requestOf(runKey))?.id ?? '')
}

describe('the examples, with the packed SDK in processes of their own', {
  timeout: LONG_MS,
}, () => {
  it('script: held, signed, run once; never again for the same run', async () => {
    const env = { ...AGENT, ...RUNTIME }
    const [ended] = await Promise.all([
      run('script.mjs', ['2026.03.14'], env),
      settled('script-2026.03.14', (id) => release(w, id)),
    ])
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(ended.out).toMatch(/^open: http.*\/tickets\/req_/)
    expect(ended.out).toContain('deploying {"deploy.production":{"release":"2026.03.14"}}')
    const again = await run('script.mjs', ['2026.03.14'], env)
    expect(again.code).toBe(1)
    expect(again.err).toContain('AlreadyRedeemedError')
    expect(again.out).not.toContain('deploying')
    expect((await requestOf('script-2026.03.14'))?.grant?.outcome).toBe('succeeded')
  })

  it('script: rejected, with the reason told, and nothing run', async () => {
    const [ended] = await Promise.all([
      run('script.mjs', ['2026.03.15'], { ...AGENT, ...RUNTIME }),
      settled('script-2026.03.15', (id) => reject(w, id, 'Wrong week.')),
    ])
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('Rejected: Wrong week.')
    expect(ended.out).not.toContain('deploying')
  })

  it('agent tool: the agent asks, people sign, the runner runs it once', async () => {
    const runner = await serve('tool-runner.mjs', RUNTIME)
    const ask = (release: string) =>
      run('agent-tool.mjs', [JSON.stringify({ release })], { ...AGENT, RUNNER_URL: runner })
    const [ended] = await Promise.all([
      ask('2026.04.01'),
      settled('agent-2026.04.01', (id) => release(w, id)),
    ])
    expect(JSON.parse(ended.out)).toEqual({
      ran: true,
      value: 'deployed {"release":"2026.04.01"}',
    })
    expect(JSON.parse((await ask('2026.04.01')).out)).toMatchObject({
      ran: false,
      code: 'already_redeemed',
    })
    const [refused] = await Promise.all([
      ask('2026.04.02'),
      settled('agent-2026.04.02', (id) => reject(w, id, 'Not this one.')),
    ])
    expect(JSON.parse(refused.out)).toMatchObject({ ran: false, code: 'rejected' })
  })

  it('CI deploy: one job asks, the other runs what was signed, if the image is still the same', async () => {
    const asked = await run('ci-deploy.mjs', ['request', '2026.05.01'], AGENT)
    expect(asked).toMatchObject({ code: 0, err: '' })
    const [deployed] = await Promise.all([
      run('ci-deploy.mjs', ['deploy'], RUNTIME),
      settled('pipeline-2026.05.01', (id) => release(w, id)),
    ])
    expect(deployed).toMatchObject({ code: 0, err: '' })
    expect(deployed.out).toContain('deploying {"deploy.production":{"release":"2026.05.01"}}')

    await run('ci-deploy.mjs', ['request', '2026.05.02'], AGENT)
    await settled('pipeline-2026.05.02', (id) => release(w, id))
    const other = await run('ci-deploy.mjs', ['deploy'], { ...RUNTIME, IMAGE: 'pushed meanwhile' })
    expect(other.code).toBe(1)
    expect(other.err).toContain('PreconditionFailedError')
    expect(other.out).not.toContain('deploying')
  })

  it('payout service: pays once what two people signed, to the account they signed', async () => {
    const { payouts, payer } = await payoutCaller()
    const service = await serve('payout-service.mjs', payouts)
    const moved = await serve('payout-service.mjs', { ...payouts, VEN_204_IBAN: 'XX00' })
    const paid = await order(payer, 'INV-1')
    expect(await pay(service, paid)).toEqual({
      status: 200,
      body: { paid: true, reference: paid.handle.request_id, ...ORDER },
    })
    expect(await pay(service, paid)).toMatchObject({
      status: 409,
      body: { paid: false, code: 'already_redeemed' },
    })
    expect(await pay(moved, await order(payer, 'INV-2'))).toMatchObject({
      body: { paid: false, code: 'precondition_failed' },
    })
    const dear = await order(payer, 'INV-3', ['max_cost_usd: 5'])
    expect(await pay(service, dear)).toMatchObject({
      body: { paid: false, code: 'obligation_unknown' },
    })
  })
})

const ORDER = { payee: 'ven_204', amount: 4_200, currency: 'EUR' }

/** The payout service is another runtime than the deploy runner: a caller of its own. */
async function payoutCaller() {
  const { callerId } = must(
    await createCaller(w.runtime, {
      name: 'payouts',
      kind: 'agent',
      ownerId: w.owner.id,
      roles: [],
      environments: [],
      audience: 'payout-service',
      byPersonId: w.owner.id,
    }),
  )
  const key = async (kind: 'agent' | 'runtime') =>
    must(await createApiKey(w.runtime, { callerId, kind, name: kind, byPersonId: w.owner.id })).key
  const payouts = { COUNTERSIGN_URL: url, COUNTERSIGN_RUNTIME_KEY: await key('runtime') }
  return { payouts, payer: new Countersign({ url, agentKey: await key('agent') }) }
}

/** A payout that two people have signed. */
async function order(payer: Countersign, invoice: string, constraints: string[] = []) {
  const contract = {
    goal: `Pay ${invoice}`,
    tools: ['payouts.create'],
    arguments: { 'payouts.create': ORDER },
    preconditions: [{ name: 'payee_account', equals: 'DE02120300000000202051' }],
    constraints,
    run_id: invoice,
  }
  const request = await payer.request(contract)
  for (const person of [w.ines, w.mara]) must(await approve(w, request.request_id, person))
  must(await reevaluate(w.runtime, { requestId: request.request_id, cause: 'test' }))
  return { contract, handle: handleOf(request, invoice) }
}

async function pay(service: string, body: unknown) {
  const answer = await fetch(service, { method: 'POST', body: JSON.stringify(body) })
  return { status: answer.status, body: await answer.json() }
}
