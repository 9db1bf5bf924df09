import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { transform } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { REFUSALS } from '#lib/core/refusals'
import { freePort } from '../scripts/free-port'
import { buildSdk } from '../scripts/run/build-sdk'
import * as sdk from '../sdk/index'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { fences } from '../test/fenced'
import { reject, release } from '../test/settle'
import { world } from '../test/world'

const PAGE = 'docs/callers.md'
const { url: databaseUrl } = await testDatabase()
const port = await freePort()
const publicUrl = `http://localhost:${port}`
const w = await world(databaseUrl, { env: { PUBLIC_URL: publicUrl } })
await serveApi(w.runtime, port)
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-callers-'))
afterAll(() => rm(folder, { recursive: true }))
const VARIABLES = [
  `COUNTERSIGN_URL=${publicUrl}`,
  `COUNTERSIGN_AGENT_KEY=${w.agent.key}`,
  `COUNTERSIGN_RUNTIME_KEY=${w.runtimeKey.key}`,
]
/** The examples start processes, which take their time where much else runs. */
const SCRIPT_MS = 120_000

function block(info: string): string {
  const [found, ...others] = fences(PAGE).filter((one) => one.info === info)
  if (!found || others.length > 0) throw new Error(`${PAGE} has not one block "${info}"`)
  return found.text
}

function run(program: string, args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile('env', [...VARIABLES, program, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr })
    })
  })
}

/** Lets `settle` happen to the request of this run once it is held. */
async function settled(runKey: string, settle: (requestId: string) => Promise<void>) {
  await expect.poll(() => requestOf(runKey), { timeout: SCRIPT_MS }).not.toBeNull()
  const request = await requestOf(runKey)
  await settle(request?.id ?? '')
}

function requestOf(runKey: string) {
  return w.runtime.db.request.findFirst({ where: { runKey }, include: { grant: true } })
}

async function deployed(): Promise<string> {
  return await readFile(path.join(folder, 'deployed'), 'utf8').catch(() => '')
}

function isThere(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const hasCurl = isThere('curl', '--version') && isThere('jq', '--version')

describe.skipIf(!hasCurl)('the deploy script', { timeout: SCRIPT_MS }, () => {
  it('deploys once people have signed, reports, and never deploys the same run again', async () => {
    await writeFile(path.join(folder, 'run.sh'), block('sh deploy'))
    await writeFile(path.join(folder, 'deploy.sh'), '#!/bin/sh\necho "$1" >> deployed\n')
    await chmod(path.join(folder, 'deploy.sh'), 0o755)
    const [ended] = await Promise.all([
      run('bash', ['run.sh', '2026.03.14']),
      settled('deploy-2026.03.14', (id) => release(w, id)),
    ])
    expect(ended).toMatchObject({ code: 0 })
    expect(await deployed()).toBe('2026.03.14\n')
    expect((await requestOf('deploy-2026.03.14'))?.grant).toMatchObject({ outcome: 'succeeded' })
    expect((await run('bash', ['run.sh', '2026.03.14'])).code).not.toBe(0)
    expect(await deployed()).toBe('2026.03.14\n')
  })

  it('does not deploy what was rejected, and tells why', async () => {
    const [ended] = await Promise.all([
      run('bash', ['run.sh', '2026.03.15']),
      settled('deploy-2026.03.15', (id) => reject(w, id, 'Wrong week.')),
    ])
    expect(ended.code).toBe(1)
    expect(ended.out).toContain('Wrong week.')
    expect(await deployed()).not.toContain('2026.03.15')
  })

  it('finds a run that was redeemed and lost, tells so and does not deploy', async () => {
    await writeFile(path.join(folder, 'deploy.sh'), '#!/bin/sh\nkill -9 $PPID\n')
    await Promise.all([
      run('bash', ['run.sh', '2026.03.16']),
      settled('deploy-2026.03.16', (id) => release(w, id)),
    ])
    expect((await requestOf('deploy-2026.03.16'))?.grant).toMatchObject({ state: 'redeemed' })
    await writeFile(path.join(folder, 'deploy.sh'), '#!/bin/sh\necho "$1" >> deployed\n')
    expect((await run('bash', ['run.sh', '2026.03.16'])).code).toBe(1)
    expect((await requestOf('deploy-2026.03.16'))?.grant).toMatchObject({ outcome: 'unknown' })
    expect(await deployed()).not.toContain('2026.03.16')
  })
})

describe('the deploy with the SDK', { timeout: SCRIPT_MS }, () => {
  it('deploys what was signed, and reports', async () => {
    await buildSdk(path.join(folder, 'node_modules/@countersign/sdk'))
    const stub = 'export const deploy = (args) => console.log("deploying", JSON.stringify(args))'
    await writeFile(path.join(folder, 'deploy.js'), stub)
    await writeFile(path.join(folder, 'package.json'), '{"type": "module"}')
    const { code } = await transform(block('ts deploy'), { loader: 'ts', format: 'esm' })
    await writeFile(path.join(folder, 'run.js'), code)
    const [ended] = await Promise.all([
      run(process.execPath, ['run.js', '2026.04.01']),
      settled('deploy-2026.04.01', (id) => release(w, id)),
    ])
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.out).toContain('deploying {"deploy.production":{"release":"2026.04.01"}}')
    const request = await requestOf('deploy-2026.04.01')
    expect(request?.grant).toMatchObject({ outcome: 'succeeded' })
    expect(ended.out).toContain(`Waiting: ${publicUrl}/tickets/${request?.id}`)
  })
})

it('the page names every error that the SDK throws', async () => {
  const text = await readFile(PAGE, 'utf8')
  const [, table = ''] = text.split('<!-- errors -->')
  const told = [...table.matchAll(/^\| `(\w+Error)` /gm)].map(([, name]) => name)
  const known = Object.keys(sdk).filter((name) => /^[A-Z]\w+Error$/.test(name))
  expect(told.sort()).toEqual(known.sort())
})

it('the page names every code of a refused redemption, with what becomes of the grant', async () => {
  const text = await readFile(PAGE, 'utf8')
  const [, table = ''] = text.split('<!-- codes -->')
  const rows = [...table.matchAll(/^\| `(\w+)` +\| (retry|burn|leave) /gm)]
  const told = Object.fromEntries(rows.map(([, code, disposition]) => [code, disposition]))
  const known = Object.entries(REFUSALS).flatMap(([code, entry]) =>
    'disposition' in entry ? [[code, entry.disposition]] : [],
  )
  expect(told).toEqual(Object.fromEntries(known))
})
