import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import { release } from '../test/settle'
import { world } from '../test/world'
import {
  AlreadyRedeemedError,
  type Contract,
  Countersign,
  type GuardOptions,
  guard,
  type Handle,
  HandleError,
  type HandleStore,
  handleOf,
  RunReusedError,
  UnreachableError,
  WaitTimeoutError,
} from './index'
import { handleFile } from './node'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-handle-'))
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => proxy.forget())

const RUNTIME = {
  url: proxy.url,
  runtimeKey: w.runtimeKey.key,
  audience: 'deploy-runner',
  environment: 'production',
  issuer: w.runtime.installation.domain,
  maxTries: 1,
}
/** The usual case: the agent asks, the runtime runs. */
const agent = new Countersign({ url: proxy.url, agentKey: w.agent.key })
const runtime = new Countersign(RUNTIME)
/** One process with both keys. */
const both = new Countersign({ ...RUNTIME, agentKey: w.agent.key })

const contractOf = (goal: string): Contract => ({
  goal,
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
})
const action = () => vi.fn(() => 'deployed')
const requestsOf = (goal: string) => w.runtime.db.request.findMany({ where: { goal } })

async function released(contract: Contract, runKey: string | null = null): Promise<Handle> {
  const request = await agent.request(contract, runKey === null ? {} : { idempotencyKey: runKey })
  await release(w, request.request_id)
  return handleOf(request, runKey)
}

async function refused(
  contract: Contract,
  options: GuardOptions,
  client: Countersign = runtime,
): Promise<unknown> {
  const run = action()
  const [settled] = await Promise.allSettled([guard(client, contract, run, options)])
  expect(run).not.toHaveBeenCalled()
  return settled?.status === 'rejected' ? settled.reason : settled
}

function memoryStore(value: unknown = null): HandleStore & { kept: () => unknown } {
  let kept = value
  return {
    kept: () => kept,
    load: () => kept,
    save: (handle) => {
      kept = JSON.parse(JSON.stringify(handle))
    },
  }
}

describe('a runtime that is given a handle', () => {
  it('runs what the agent asked for once people have signed, without ever holding its key', async () => {
    const contract = contractOf('Two keys')
    const handle = await released(contract, 'two-keys')
    const run = action()
    const done = await guard(runtime, contract, run, { handle })
    expect(done.request.request_id).toBe(handle.request_id)
    expect(run).toHaveBeenCalledWith({
      requestId: handle.request_id,
      arguments: contract.arguments,
      obligations: [],
    })
    expect(await refused(contract, { handle })).toBeInstanceOf(AlreadyRedeemedError)
    expect(await requestsOf('Two keys')).toHaveLength(1)
  })

  it('runs nothing when the contract it was handed has other arguments than were signed', async () => {
    const contract = contractOf('Other arguments')
    const handle = await released(contract)
    const swapped = { ...contract, arguments: { 'deploy.production': { release: '6666' } } }
    expect(await refused(swapped, { handle })).toMatchObject({
      name: 'ContractChangedError',
      code: 'digest_mismatch',
      disposition: 'burn',
    })
    expect(await refused(contract, { handle })).toMatchObject({ name: 'GrantEndedError' })
  })

  it('does not touch the grant when the contract it was handed is for another tool', async () => {
    const contract = contractOf('Another tool')
    const handle = await released(contract)
    const before = proxy.calls('/redeem').length
    const swapped = { ...contract, tools: ['database.drop'] }
    expect(await refused(swapped, { handle })).toMatchObject({ code: 'digest_mismatch' })
    expect(proxy.calls('/redeem')).toHaveLength(before)
    expect((await guard(runtime, contract, action(), { handle })).value).toBe('deployed')
  })

  it('runs nothing for a handle that is none, or of another request, contract or run', async () => {
    const contract = contractOf('Odd handles')
    const handle = await released(contract, 'odd-handles')
    const other = await released(contractOf('Some other'), 'some-other')
    const odd: unknown[] = [
      'req_1',
      {},
      [],
      { ...handle, v: 2 },
      { ...handle, request_id: 7 },
      { ...handle, request_id: null, run_key: null },
      { ...handle, contract_digest: other.contract_digest },
    ]
    for (const value of odd) {
      expect(await refused(contract, { handle: value as Handle })).toBeInstanceOf(HandleError)
    }
    const swapped = { ...handle, request_id: other.request_id }
    expect(await refused(contract, { handle: swapped }, both)).toBeInstanceOf(HandleError)
    const named = { handle, idempotencyKey: 'yet-another' }
    expect(await refused(contract, named, both)).toMatchObject({ code: 'handle_mismatch' })
    const two = { handle, store: memoryStore() }
    expect(await refused(contract, two)).toBeInstanceOf(TypeError)
  })
})

describe('a run without a name whose handle is kept', () => {
  it('goes on with its request when it is started again, and runs once', async () => {
    const contract = contractOf('Kept')
    const store = handleFile(path.join(folder, 'kept.json'))
    const options = { store, timeoutMs: 50 }
    expect(await refused(contract, options, both)).toBeInstanceOf(WaitTimeoutError)
    expect(await refused(contract, options, both)).toBeInstanceOf(WaitTimeoutError)
    const [request, ...others] = await requestsOf('Kept')
    expect(others).toEqual([])
    await release(w, request?.id ?? '')
    expect((await guard(both, contract, action(), { store })).value).toBe('deployed')
    expect(await refused(contract, { store }, both)).toBeInstanceOf(AlreadyRedeemedError)
    expect(await requestsOf('Kept')).toHaveLength(1)
  })

  it.each(['connection_lost', 'answer_lost'] as const)(
    'asks once although its first start ended with %s',
    async (fault) => {
      const contract = contractOf(`Begun, ${fault}`)
      const store = memoryStore()
      proxy.fail('/v1/requests', fault)
      expect(await refused(contract, { store }, both)).toBeInstanceOf(UnreachableError)
      expect(store.kept()).toMatchObject({ v: 1, request_id: null, run_key: expect.any(String) })
      await refused(contract, { store, timeoutMs: 50 }, both)
      const [request, ...others] = await requestsOf(contract.goal)
      expect(others).toEqual([])
      expect(store.kept()).toMatchObject({
        request_id: request?.id,
        contract_digest: request?.contractDigest,
      })
    },
  )

  it('asks for nothing when its handle cannot be kept or read', async () => {
    const contract = contractOf('Nowhere to keep')
    const full = new Error('No space left on device')
    const save = () => Promise.reject(full)
    expect(await refused(contract, { store: { load: () => null, save } }, both)).toBe(full)
    const file = path.join(folder, 'broken.json')
    await writeFile(file, '{"v":1,')
    expect(await refused(contract, { store: handleFile(file) }, both)).toBeInstanceOf(HandleError)
    expect(await requestsOf('Nowhere to keep')).toEqual([])
  })

  it('is no longer that run once its contract is another', async () => {
    const store = memoryStore()
    await refused(contractOf('First thought'), { store, timeoutMs: 50 }, both)
    const second = contractOf('Second thought')
    expect(await refused(second, { store }, both)).toBeInstanceOf(RunReusedError)
  })
})

describe('a handle in a file', () => {
  it('is whole, for nobody else to read, and leaves nothing beside it', async () => {
    const own = await mkdtemp(path.join(folder, 'own-'))
    const store = handleFile(path.join(own, 'run.json'))
    expect(await store.load()).toBeNull()
    const handle: Handle = { v: 1, request_id: 'req_1', run_key: null, contract_digest: null }
    await store.save({ ...handle, request_id: null, run_key: 'a' })
    await store.save(handle)
    expect(await store.load()).toEqual(handle)
    expect(await readdir(own)).toEqual(['run.json'])
    expect(await readFile(path.join(own, 'run.json'), 'utf8')).not.toContain('csk_')
    const nowhere = handleFile(path.join(own, 'no', 'run.json'))
    await expect(nowhere.save(handle)).rejects.toThrow('ENOENT')
  })
})

it('two processes that begin with the same file at once are one run, and it runs once', async () => {
  const goal = 'Begun at once'
  const file = path.join(folder, 'at-once.json')
  const run = action()
  const contract = {
    ...contractOf(goal),
    tools: ['deploy.staging'],
    arguments: { 'deploy.staging': {} },
  }
  const staging = new Countersign({ ...RUNTIME, agentKey: w.agent.key, environment: 'staging' })
  const ends = await Promise.allSettled(
    [1, 2, 3, 4].map(() => guard(staging, contract, run, { store: handleFile(file) })),
  )
  expect(await requestsOf(goal)).toHaveLength(1)
  expect(run).toHaveBeenCalledTimes(1)
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
