import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import type { GuardedEnd, GuardedJob } from '../test/guarded-process'
import { release } from '../test/settle'
import { world } from '../test/world'
import type { Contract } from './index'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-guard-'))
const started: ChildProcessByStdio<null, Readable, null>[] = []
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** Allowed without anybody's vote. */
const contractOf = (runId: string): Contract => ({
  goal: `Deploy ${runId}`,
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
  run_id: runId,
})

function clientOf(): GuardedJob['client'] {
  return {
    url: proxy.url,
    agentKey: w.agent.key,
    runtimeKey: w.runtimeKey.key,
    audience: 'deploy-runner',
    environment: 'staging',
    issuer: w.runtime.installation.domain,
  }
}

async function newest(goal: string): Promise<string> {
  return (await w.runtime.db.request.findFirst({ where: { goal } }))?.id ?? ''
}

function start(runId: string, more: Partial<GuardedJob> = {}) {
  const job: GuardedJob = {
    client: clientOf(),
    contract: contractOf(runId),
    file: path.join(folder, runId),
    ...more,
  }
  const script = path.join(import.meta.dirname, '../test/guarded-process.ts')
  const args = ['--import', 'tsx', script, JSON.stringify(job)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  return { child, next, kill: () => killed(child) }
}

async function killed(child: (typeof started)[number]): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function endOf({ next }: ReturnType<typeof start>): Promise<GuardedEnd> {
  const line = await next()
  return JSON.parse(line === 'running' ? await next() : line)
}

async function timesRun(runId: string): Promise<number> {
  const text = await readFile(path.join(folder, runId), 'utf8').catch(() => '')
  return text.split('\n').length - 1
}

async function grantOf(runId: string) {
  const { id } = await w.runtime.db.request.findFirstOrThrow({ where: { runKey: runId } })
  const grant = await w.runtime.db.grant.findUniqueOrThrow({ where: { requestId: id } })
  return { requestId: id, state: grant.state, outcome: grant.outcome }
}

it('a runtime killed while its action ran never runs it again, and reports unknown', async () => {
  const first = start('killed-inside', { hangs: true })
  expect(await first.next()).toBe('running')
  await first.kill()
  expect(await grantOf('killed-inside')).toMatchObject({ state: 'redeemed', outcome: null })
  const { requestId } = await grantOf('killed-inside')
  expect(await endOf(start('killed-inside'))).toEqual({
    error: { name: 'AlreadyRedeemedError', code: 'already_redeemed', requestId },
  })
  expect(await grantOf('killed-inside')).toMatchObject({ state: 'reported', outcome: 'unknown' })
  expect(await endOf(start('killed-inside'))).toMatchObject({
    error: { name: 'AlreadyRedeemedError' },
  })
  expect(await timesRun('killed-inside')).toBe(1)
})

it('a runtime killed after the server redeemed and before it heard so never runs', async () => {
  const first = start('killed-between')
  proxy.onAnswer(async (seen) => {
    if (seen.endsWith('/redeem')) await first.kill()
  })
  await once(first.child, 'close')
  proxy.onAnswer(() => undefined)
  expect(await grantOf('killed-between')).toMatchObject({ state: 'redeemed' })
  expect(await endOf(start('killed-between'))).toMatchObject({
    error: { name: 'AlreadyRedeemedError' },
  })
  expect(await grantOf('killed-between')).toMatchObject({ state: 'reported', outcome: 'unknown' })
  expect(await timesRun('killed-between')).toBe(0)
})

it('a runtime killed before it redeemed runs after it was started again', async () => {
  const first = start('killed-before')
  proxy.onAnswer(async (seen) => {
    if (seen.endsWith('/token')) await first.kill()
  })
  await once(first.child, 'close')
  proxy.onAnswer(() => undefined)
  expect(await endOf(start('killed-before'))).toEqual({ value: 'deployed' })
  expect(await timesRun('killed-before')).toBe(1)
})

it('a runtime killed while it waited, of a run without a name, goes on with its request and runs once', async () => {
  const { run_id: _, ...contract } = contractOf('kept')
  const held = {
    contract: { ...contract, tools: ['deploy.production'], arguments: { 'deploy.production': {} } },
    client: { ...clientOf(), environment: 'production' },
    store: path.join(folder, 'kept.json'),
  }
  const first = start('kept', held)
  await expect.poll(() => newest(contract.goal), { timeout: 15_000 }).toMatch(/^req_/)
  const requestId = await newest(contract.goal)
  await expect.poll(() => readFile(held.store, 'utf8').catch(() => '')).toContain(requestId)
  await first.kill()
  await release(w, requestId)
  const runs = start('kept', { ...held, hangs: true })
  expect(await runs.next()).toBe('running')
  await runs.kill()
  expect(await endOf(start('kept', held))).toEqual({
    error: { name: 'AlreadyRedeemedError', code: 'already_redeemed', requestId },
  })
  expect(await timesRun('kept')).toBe(1)
  const requests = await w.runtime.db.request.findMany({ where: { goal: contract.goal } })
  expect(requests).toHaveLength(1)
  const grant = await w.runtime.db.grant.findUniqueOrThrow({ where: { requestId } })
  expect(grant).toMatchObject({ state: 'reported', outcome: 'unknown' })
})

it('of processes with the same run in parallel one runs', async () => {
  const ends = await Promise.all([1, 2, 3].map(() => endOf(start('parallel'))))
  const names = ends.map(({ value, error }) => value ?? error?.name)
  expect(names.sort()).toEqual(['AlreadyRedeemedError', 'AlreadyRedeemedError', 'deployed'])
  expect(await timesRun('parallel')).toBe(1)
  expect(await grantOf('parallel')).toMatchObject({ state: 'reported', outcome: 'succeeded' })
})
