import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { addNodeTypes, compile, sdkProject } from '../test/sdk-project'

const LONG_MS = 120_000
const { folder, packed } = await sdkProject({ types: true })
const installed = path.join(folder, 'node_modules/@countersign/sdk')

test('the package installs offline into an empty project and brings nothing else', async () => {
  const { dependencies = {}, exports } = JSON.parse(
    await readFile(path.join(installed, 'package.json'), 'utf8'),
  )
  expect(dependencies).toEqual({})
  expect(Object.keys(exports)).toEqual(['.', './node', './record', './verify', './package.json'])
  const others = (await readdir(path.join(folder, 'node_modules'))).filter(
    (name) => !name.startsWith('.'),
  )
  expect(others).toEqual(['@countersign'])
})

test('the package holds code, types, licences and nothing of the repository beside', () => {
  const odd = packed.filter(
    (file) =>
      !/^(index|node|record|verify)\.js$|^cli\/[\w-]+\.js$|^types\/.*\.d\.ts$/.test(file) &&
      !['LICENSE', 'NOTICE', 'README.md', 'package.json'].includes(file),
  )
  expect(odd).toEqual([])
})

test('the package names the licence of every package whose code it carries', async () => {
  const notice = await readFile(path.join(installed, 'NOTICE'), 'utf8')
  for (const name of ['jose', '@noble/hashes']) expect(notice).toMatch(`\n${name} `)
  expect(notice).toContain('Filip Skokan')
  expect(notice).toContain('Paul Miller')
})

test(
  'every entry is imported by Node as a module, and the program tells its version',
  async () => {
    const file = path.join(folder, 'entries.mjs')
    await writeFile(
      file,
      `const names = ['', '/node', '/record', '/verify']
     const entries = await Promise.all(names.map((name) => import('@countersign/sdk' + name)))
     console.log(JSON.stringify(entries.map((entry) => Object.keys(entry).length > 0)))`,
    )
    const run = promisify(execFile)
    expect((await run(process.execPath, [file])).stdout.trim()).toBe('[true,true,true,true]')
    const program = path.join(folder, 'node_modules/.bin/countersign')
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect((await run(program, ['--version'])).stdout).toContain(version)
  },
  LONG_MS,
)

const CONSUMER = `
import {
  AlreadyRedeemedError, type Contract, Countersign, guard, handleOf, type RequestAnswer, RejectedError,
} from '@countersign/sdk'
import { handleFile } from '@countersign/sdk/node'
import { verifyRecord } from '@countersign/sdk/record'
import { tokenVerifier, verifyToken } from '@countersign/sdk/verify'

const client = new Countersign({ url: 'https://countersign.example', agentKey: process.env['KEY'] })
const contract: Contract = { goal: 'Deploy', tools: ['deploy.production'] }

export async function everything(signal: AbortSignal): Promise<string> {
  const request: RequestAnswer = await client.request(contract, { signal })
  if (request.state === 'open') request.ticket_url.toUpperCase()
  if (request.verdict === 'ALLOW') request.grant.ends_at.toUpperCase()
  // @ts-expect-error a grant is there only once it was released
  request.grant.ends_at
  for await (const item of client.list({ state: 'released', signal })) item.grant.state
  for await (const page of client.list({ signal }).pages()) page.next_cursor
  await client.addEvidence(request.request_id, { type: 'note', body: { text: 'Seen.' } }, { signal })
  // @ts-expect-error people approve; no caller attaches an approval
  await client.addEvidence(request.request_id, { type: 'approval', body: {} })
  const event = client.webhooks.unwrap(new Uint8Array(), new Headers())
  if (event.type !== 'webhook.test') event.data.request_id.toUpperCase()
  const { claims } = await tokenVerifier({ url: 'https://countersign.example', audience: 'a' })('t')
  await verifyToken('t', { jwks: { keys: [] }, issuer: claims.iss, audience: 'a' })
  await verifyRecord([])
  try {
    const done = await guard(client, contract, ({ requestId }) => requestId, {
      store: handleFile('run.json'), signal,
    })
    return done.value + done.request.grant.state
  } catch (error) {
    if (error instanceof RejectedError) return error.request.closed.note ?? ''
    if (error instanceof AlreadyRedeemedError) return error.code
    throw error
  } finally {
    handleOf(request, null)
  }
}
`

describe('its types, and the examples against them', { timeout: LONG_MS }, () => {
  beforeAll(async () => {
    await writeFile(path.join(folder, 'consumer.ts'), CONSUMER)
    await addNodeTypes(folder)
  })

  it.each(['node16', 'bundler'] as const)(
    'compile as strictly as TypeScript can where packages are found as by %s',
    async (resolution) => {
      const examples = (await readdir('examples')).filter((name) => name.endsWith('.mjs'))
      expect(examples.length).toBeGreaterThan(3)
      expect(await compile(folder, ['consumer.ts', ...examples], resolution)).toBe('')
    },
  )
})

test('the verifier of the package bundles for a browser: nothing of Node is in it', async () => {
  const entry = path.join(folder, 'page.js')
  await writeFile(entry, "export { tokenVerifier } from '@countersign/sdk/verify'")
  const { outputFiles, warnings } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
  })
  const code = outputFiles[0]?.text ?? ''
  expect(warnings).toEqual([])
  expect(code).toContain('tokenVerifier')
  expect(code).not.toMatch(/\bnode:|\brequire\(|\bBuffer\b|\bprocess\./)
})
