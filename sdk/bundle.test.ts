import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { buildSdk } from '../scripts/run/build-sdk'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { world } from '../test/world'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-sdk-'))
afterAll(() => rm(folder, { recursive: true }))
await buildSdk(folder)
await cp('lib/core/contract/vectors/digests.json', path.join(folder, 'digests.json'))

/** Runs a module beside the bundle, in a folder with nothing else. */
async function runBeside(source: string): Promise<string> {
  const file = path.join(folder, 'consumer.mjs')
  await writeFile(file, source)
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    cwd: folder,
    env: { NODE_ENV: 'production' },
  })
  return stdout
}

test('the built SDK is one file that imports nothing', async () => {
  const text = await readFile(path.join(folder, 'index.js'), 'utf8')
  expect(text).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(/m)
  expect(text.length).toBeLessThan(100_000)
})

test('the built SDK guards an action in an empty folder', async () => {
  const options = {
    url: api.url,
    agentKey: w.agent.key,
    runtimeKey: w.runtimeKey.key,
    audience: 'deploy-runner',
    environment: 'staging',
    issuer: w.runtime.installation.domain,
  }
  const contract = {
    goal: 'Deploy to staging',
    tools: ['deploy.staging'],
    arguments: { 'deploy.staging': { release: '2026.03.14' } },
  }
  const out = await runBeside(`
    import { Countersign, guard } from './index.js'
    const client = new Countersign(${JSON.stringify(options)})
    const done = await guard(client, ${JSON.stringify(contract)}, (released) => released.arguments)
    console.log(JSON.stringify([done.value, done.request.state, done.reportError]))
  `)
  expect(JSON.parse(out)).toEqual([contract.arguments, 'released', null])
})

test('the built SDK computes the golden digests', async () => {
  const out = await runBeside(`
    import { readFileSync } from 'node:fs'
    import { contractDigest } from './index.js'
    const { vectors } = JSON.parse(readFileSync('digests.json', 'utf8'))
    const wrong = vectors.filter(({ domain, caller, json, digest }) =>
      contractDigest({ domain, caller, contract: JSON.parse(json) }).digest !== digest)
    console.log(vectors.length, wrong.length)
  `)
  expect(out).toMatch(/^[1-9]\d* 0\n$/)
})
