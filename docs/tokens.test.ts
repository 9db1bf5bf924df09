import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readAllowClaims } from '#lib/core/token/claims'
import { findPython } from '../scripts/run/system-packages'
import { Countersign } from '../sdk/index'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { fences } from '../test/fenced'
import { world } from '../test/world'

const PAGE = 'docs/tokens.md'
const LONG_MS = 60_000
const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const issuer = w.runtime.installation.domain
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-tokens-'))
afterAll(() => rm(folder, { recursive: true }))

const client = new Countersign({
  url: api.url,
  agentKey: w.agent.key,
  runtimeKey: w.runtimeKey.key,
})
const request = await client.request({
  goal: 'Deploy to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
})
const { token } = await client.collect(request.request_id)
const [head = '', payload = '', signature = ''] = token.split('.')
const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())

function block(info: string): string {
  const [found, ...others] = fences(PAGE).filter((one) => one.info === info)
  if (!found || others.length > 0) throw new Error(`${PAGE} has not one block "${info}"`)
  return found.text
}

function run(program: string, args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr })
    })
  })
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Tokens and expectations that nobody may take, and what each verifier has to look at to refuse them. */
const WRONG: [string, { token?: string; audience?: string; issuer?: string }][] = [
  ['for another audience', { audience: 'payout-service' }],
  ['of another issuer', { issuer: 'https://elsewhere.example' }],
  [
    'whose tools were changed',
    { token: `${head}.${encode({ ...claims, tools: ['iam.grant'] })}.${signature}` },
  ],
  [
    'whose time was lengthened',
    { token: `${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}` },
  ],
  [
    'whose signature was changed',
    { token: `${head}.${payload}.${signature.replace(/^../, 'AA')}` },
  ],
  ['of another type', { token: retyped({ typ: 'JWT' }) }],
  ['without a signature', { token: `${encode({ alg: 'none', typ: 'allow+jwt' })}.${payload}.` }],
]

function retyped(changes: object): string {
  const header = JSON.parse(Buffer.from(head, 'base64url').toString())
  return [encode({ ...header, ...changes }), payload, signature].join('.')
}

describe.each([
  ['PyJWT', 'py jwt'],
  ['Python with cryptography alone', 'py cryptography'],
])('the verifier of the page: %s', (_, info) => {
  const verify = async (given: (typeof WRONG)[number][1], now = 'None') => {
    const python = findPython(['jwt', 'cryptography'])
    if (python === null) {
      throw new Error('Python has no PyJWT: apt-get install python3-jwt python3-cryptography')
    }
    const { token: text = token, audience = 'deploy-runner', issuer: of = issuer } = given
    const jwks = await (await fetch(`${api.url}/.well-known/jwks.json`)).text()
    const call = `
import sys, time
if ${now} is not None:
    at = ${now}
    time.time = lambda: at
    import datetime as module
    class Clock(module.datetime):
        @classmethod
        def now(cls, tz=None):
            return module.datetime.fromtimestamp(at, tz)
        @classmethod
        def utcnow(cls):
            return module.datetime.utcfromtimestamp(at)
    if "jwt" in sys.modules:
        sys.modules["jwt.api_jwt"].datetime = Clock
print(verify(*map(json.loads, ${JSON.stringify([text, JSON.parse(jwks), of, audience].map((value) => JSON.stringify(value)))}))["sub"])
`
    await writeFile(path.join(folder, 'check.py'), `import json\n${block(info)}\n${call}`)
    return await run(python, ['check.py'])
  }

  it(
    'takes a token of a real server for its audience',
    async () => {
      expect(await verify({})).toEqual({ code: 0, out: `${request.request_id}\n` })
    },
    LONG_MS,
  )

  it.each(WRONG)(
    'refuses one %s',
    async (__, given) => {
      const { code, out } = await verify(given)
      expect(code).toBe(1)
      expect(out).toMatch(/Error|InvalidSignature/)
      expect(out).not.toContain(request.request_id)
    },
    LONG_MS,
  )

  it(
    'refuses one that has expired',
    async () => {
      const { code, out } = await verify({}, String(claims.exp + 1))
      expect(code).toBe(1)
      expect(out).toMatch(/Expired|not now/)
    },
    LONG_MS,
  )
})

const TOOLS = ['curl', 'jq', 'openssl']
const hasTools = TOOLS.every((tool) => spawnSync(tool, ['--help']).error === undefined)

describe.skipIf(!hasTools)('the shell of the page', () => {
  it(
    'takes a token of a real server and refuses a changed one',
    async () => {
      await writeFile(path.join(folder, 'verify.sh'), block('sh verify'))
      const verify = (text: string) => run('bash', ['verify.sh', api.url, text])
      expect(await verify(token)).toMatchObject({ code: 0 })
      expect((await verify(token)).out).toContain(request.request_id)
      const changed = `${head}.${encode({ ...claims, tools: ['iam.grant'] })}.${signature}`
      expect((await verify(changed)).code).not.toBe(0)
    },
    LONG_MS,
  )
})

it('the page names every claim', async () => {
  const text = await readFile(PAGE, 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  const told = rows.flatMap((row) => row.split('|', 2)[1]?.match(/[a-z_]+/g) ?? [])
  expect(readAllowClaims(claims).ok).toBe(true)
  for (const claim of Object.keys(claims)) expect(told).toContain(claim)
})
