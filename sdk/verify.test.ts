import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { world } from '../test/world'
import { Countersign } from './index'
import { TokenError, tokenVerifier, verifyToken } from './verify'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const issuer = w.runtime.installation.domain
const client = new Countersign({
  url: api.url,
  agentKey: w.agent.key,
  runtimeKey: w.runtimeKey.key,
})

const { request_id: requestId } = await client.request({
  goal: 'Deploy to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
})
const { token } = await client.collect(requestId)
const [head = '', , signature = ''] = token.split('.')
const forged = [head, Buffer.from('{"sub":"req_1"}').toString('base64url'), signature].join('.')

/** What an edge runtime has: web APIs, and nothing of Node's. */
const WEB = {
  AbortController,
  AbortSignal,
  DOMException,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  atob,
  btoa,
  clearTimeout,
  crypto,
  fetch,
  performance,
  setTimeout,
}

test.each(['browser', 'neutral'] as const)(
  'the verifier, bundled for %s, runs where there are web APIs only',
  async (platform) => {
    const { outputFiles } = await build({
      entryPoints: ['sdk/verify.ts'],
      bundle: true,
      platform,
      format: 'iife',
      globalName: 'verifier',
      write: false,
    })
    const code = outputFiles[0]?.text ?? ''
    expect(code).not.toMatch(/\bnode:|\brequire\(|\bBuffer\b|\bprocess\./)
    const edge = createContext({ ...WEB })
    runInContext(code, edge)
    const options = JSON.stringify({ url: api.url, issuer, audience: 'deploy-runner' })
    const verify = (text: string, more = '') =>
      runInContext(
        `verifier.tokenVerifier({...${options} ${more}})(${JSON.stringify(text)}).then(
          ({ claims }) => claims.sub, (error) => error.code)`,
        edge,
      ) as Promise<string>
    expect(await verify(token)).toBe(requestId)
    expect(await verify(forged)).toBe('token_invalid')
    expect(await verify(token, ', audience: "payouts"')).toBe('audience_mismatch')
    expect(runInContext('typeof process + typeof Buffer + typeof require', edge)).toBe(
      'undefinedundefinedundefined',
    )
  },
)

test('a token is verified against keys that are at hand, at any moment', async () => {
  const jwks = (await (await fetch(`${api.url}/.well-known/jwks.json`)).json()) as { keys: [] }
  const expected = { jwks, issuer, audience: 'deploy-runner' }
  const { claims, kid } = await verifyToken(token, expected)
  expect(claims.sub).toBe(requestId)
  expect(JSON.stringify(jwks)).toContain(kid)
  const later = verifyToken(token, { ...expected, now: Date.now() + 600_000 })
  await expect(later).rejects.toMatchObject({ name: 'TokenError', code: 'expired' })
  await expect(verifyToken(token, { ...expected, jwks: { keys: [] } })).rejects.toThrow(TokenError)
})

test('a signal ends the fetching of keys', async () => {
  const signal = AbortSignal.abort(new Error('no longer wanted'))
  const verify = tokenVerifier({ url: api.url, issuer, audience: 'deploy-runner' })
  await expect(verify(token, { signal })).rejects.toThrow('no longer wanted')
})
