import { Validator } from '@seriousme/openapi-schema-validator'
import { encode } from 'next-auth/jwt'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSession } from '#lib/auth/session'
import { problem } from '#lib/wire/problem'
import { createApi, ROUTES } from '../../api/app'
import type { ApiRoute } from '../../api/call'
import { doorSecret, sessionCookie } from '../../app/_server/session-cookie'
import { apiOf, type Sent, type Told } from '../api'
import { testDatabase } from '../database'
import { submit, world } from '../world'
import { anotherCaller, collect, redeem, released } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { ask, listener } = apiOf(w.runtime)
const { db } = w.runtime

/** Every kind of credential that may come in. Those that are nobody get 401 everywhere. */
type Credential = Nobody | 'agent' | 'runtime' | 'other agent' | 'other runtime'
const NOBODY = [
  'none',
  'garbage',
  'another scheme',
  'a revoked key',
  'an expired key',
  'an inactive caller',
  'a browser session',
  'a browser session as a key',
] as const
type Nobody = (typeof NOBODY)[number]

interface Row {
  /** What to send; made anew once for each route. */
  sent: () => Promise<{ path: string; body?: unknown }>
  /** Status by credential. The accepted ones are asked last, as they may change what is there. */
  agent: number
  runtime: number
  otherAgent: number
  otherRuntime: number
}

const AT = (id: string, rest = '') => ({ path: `/v1/requests/${id}${rest}` })
const RESULTS = { type: 'test_results', body: { summary: 'All green', passed: 12, failed: 0 } }

/** One row for each route, by operationId. A route without a row fails below. */
const EXPECTED: Record<string, Row> = {
  submitRequest: {
    sent: () => Promise.resolve({ path: '/v1/requests', body: w.contract }),
    agent: 202,
    runtime: 403,
    otherAgent: 202,
    otherRuntime: 403,
  },
  getRequest: {
    sent: async () => AT(await submit(w)),
    agent: 200,
    runtime: 200,
    otherAgent: 404,
    otherRuntime: 404,
  },
  listRequests: {
    sent: () => Promise.resolve({ path: '/v1/requests' }),
    agent: 200,
    runtime: 403,
    otherAgent: 200,
    otherRuntime: 403,
  },
  streamEvents: {
    sent: () => Promise.resolve({ path: '/v1/events' }),
    agent: 200,
    runtime: 200,
    otherAgent: 200,
    otherRuntime: 200,
  },
  addEvidence: {
    sent: async () => {
      const constraints = ['test_results_required: true']
      const id = await submit(w, {
        goal: 'Write to a customer',
        tools: ['email.send'],
        constraints,
      })
      return { ...AT(id, '/evidence'), body: RESULTS }
    },
    agent: 200,
    runtime: 403,
    otherAgent: 404,
    otherRuntime: 403,
  },
  cancelRequest: {
    sent: async () => ({ ...AT(await submit(w), '/cancel'), body: {} }),
    agent: 200,
    runtime: 403,
    otherAgent: 404,
    otherRuntime: 403,
  },
  reportOutcome: {
    sent: async () => {
      const id = await released(w)
      expect(await redeem(w, await collect(w, id))).toBe('ok')
      return { ...AT(id, '/outcome'), body: { outcome: 'succeeded' } }
    },
    agent: 403,
    runtime: 200,
    otherAgent: 403,
    otherRuntime: 404,
  },
  collectToken: {
    sent: async () => AT(await released(w), '/token'),
    agent: 403,
    runtime: 200,
    otherAgent: 403,
    otherRuntime: 404,
  },
  check: {
    sent: () => Promise.resolve({ path: '/check', body: w.contract }),
    agent: 200,
    runtime: 403,
    otherAgent: 200,
    otherRuntime: 403,
  },
  redeemToken: {
    sent: async () => {
      const token = await collect(w, await released(w))
      const body = { token, nonce: 'a nonce that lives in memory', environment: 'production' }
      return { path: '/v1/tokens/redeem', body }
    },
    agent: 403,
    runtime: 200,
    otherAgent: 403,
    otherRuntime: 403,
  },
}

/** Calls that need no key: nothing in them is anybody's. */
const OPEN = ['/.well-known/jwks.json', '/healthz', '/readyz', '/v1/openapi.json']

const credentials = {} as Record<Credential, Sent>

beforeAll(async () => {
  const other = await anotherCaller(w, 'another caller')
  const revoked = await anotherCaller(w, 'revoked')
  const expired = await anotherCaller(w, 'expired')
  const inactive = await anotherCaller(w, 'inactive')
  const past = new Date(Date.now() - 1_000)
  await db.apiKey.update({ where: { id: revoked.agent.keyId }, data: { revokedAt: past } })
  await db.apiKey.update({ where: { id: expired.agent.keyId }, data: { expiresAt: past } })
  await db.caller.update({ where: { id: inactive.callerId }, data: { active: false } })
  const session = await browserSession()
  Object.assign(credentials, {
    none: {},
    garbage: { key: 'csk_agent_0000000000000000000000000000000000000000000' },
    'another scheme': { headers: { authorization: `Basic ${btoa(`x:${w.agent.key}`)}` } },
    'a revoked key': revoked.agent,
    'an expired key': expired.agent,
    'an inactive caller': inactive.agent,
    'a browser session': { headers: { cookie: session.cookie } },
    'a browser session as a key': { key: session.token },
    agent: { key: w.agent.key },
    runtime: { key: w.runtimeKey.key },
    'other agent': { key: other.agent.key },
    'other runtime': { key: other.runtime.key },
  } satisfies Record<Credential, Sent>)
})

/** A browser in which an approver is signed in, as the console's door makes it. */
async function browserSession() {
  const id = w.runtime.newId('ses')
  const started = { id, personId: w.mara.id, method: 'passkey', userAgent: null } as const
  await db.$transaction((tx) => createSession(tx, started, Date.now()))
  const token = await encode({ token: { sid: id }, secret: doorSecret(w.runtime) })
  return { token, cookie: `${sessionCookie(w.runtime).name}=${token}` }
}

const changes = () => db.event.count()

async function call(route: ApiRoute, sent: { path: string; body?: unknown }, who: Credential) {
  const told = await ask(route.method.toUpperCase(), sent.path, {
    ...credentials[who],
    ...(sent.body !== undefined && { body: sent.body }),
  })
  expectDeclared(route, told)
  return told
}

/** Nothing comes out that the schema, and so the document, does not name. */
function expectDeclared(route: ApiRoute, { status, body }: Told): void {
  const answer = status < 400 ? route.answers[status] : { schema: problem }
  // Events are read by tests of their own.
  if (answer && 'mediaType' in answer) return
  const schema = answer?.schema
  expect(schema?.parse(body)).toEqual(body)
}

describe('each credential may do what its row says and nothing else', () => {
  it('every route has a row, and every row a route', () => {
    expect(ROUTES.map(({ operationId }) => operationId).sort()).toEqual(
      Object.keys(EXPECTED).sort(),
    )
  })

  it.each(ROUTES.map((route) => ({ name: `${route.method.toUpperCase()} ${route.path}`, route })))(
    '$name',
    async ({ route }) => {
      const row = EXPECTED[route.operationId]
      if (!row) throw new Error(`${route.operationId} has no row`)
      const sent = await row.sent()
      const expected: [Credential, number][] = [
        ...NOBODY.map((who): [Credential, number] => [who, 401]),
        ['agent', row.agent],
        ['runtime', row.runtime],
        ['other agent', row.otherAgent],
        ['other runtime', row.otherRuntime],
      ]
      const refused = expected.filter(([, status]) => status >= 400)
      const accepted = expected.filter(([, status]) => status < 400)
      const before = await changes()
      for (const [who, status] of refused) {
        const told = await call(route, sent, who)
        expect([who, told.status]).toEqual([who, status])
        if (status === 401) expect(told.headers.get('www-authenticate')).toMatch(/^Bearer/)
      }
      // An attempt to redeem what belongs to another caller is on the audit trail; nothing else leaves a trace.
      const audited = route.operationId === 'redeemToken' ? 1 : 0
      expect((await changes()) - before).toBe(audited)
      for (const [who, status] of accepted) {
        expect([who, (await call(route, sent, who)).status]).toEqual([who, status])
      }
      // Reading changes nothing.
      if (route.method === 'get') expect(await changes()).toBe(before)
    },
  )

  it('no key of any scope votes: there is no call for it, and evidence of people is refused', async () => {
    expect(ROUTES.filter(({ path }) => /vote|approv|reject|sign/.test(path))).toEqual([])
    const id = await submit(w, { ...w.contract, constraints: ['test_results_required: true'] })
    for (const body of [
      { type: 'rollback_plan', body: {} },
      { type: 'approval', body: {} },
      { type: 'mfa', body: {} },
      // Policy takes test results from callers, but never where it is dangerous.
      RESULTS,
    ]) {
      const told = await ask('POST', `/v1/requests/${id}/evidence`, { ...credentials.agent, body })
      expect(told.status).toBeGreaterThanOrEqual(400)
    }
    expect(await db.evidence.count({ where: { requestId: id } })).toBe(0)
    expect(await db.vote.count({ where: { requestId: id } })).toBe(0)
  })

  it('a key revoked or a caller deactivated between two calls is refused at the second', async () => {
    const { callerId, agent, runtime } = await anotherCaller(w, 'short-lived')
    const list = (key: string) => ask('GET', '/v1/requests', { key })
    expect((await list(agent.key)).status).toBe(200)
    await db.apiKey.update({ where: { id: agent.keyId }, data: { revokedAt: new Date() } })
    expect((await list(agent.key)).status).toBe(401)
    expect((await list(runtime.key)).status).toBe(403)
    await db.caller.update({ where: { id: callerId }, data: { active: false } })
    expect((await list(runtime.key)).status).toBe(401)
  })
})

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { body } = await ask('GET', '/v1/openapi.json')
    const result = await new Validator().validate(body)
    expect(result.errors ?? []).toEqual([])
    expect(body['openapi']).toBe('3.1.0')
  })

  it('holds every call that takes a key and nothing else', async () => {
    const { body } = await ask('GET', '/v1/openapi.json')
    const told = Object.entries(body['paths'] as Record<string, object>).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const known = ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    expect(told.sort()).toEqual(known.sort())
    const served = createApi({ runtime: w.runtime, listener })
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(served.sort()).toEqual([...known, ...OPEN.map((path) => `GET ${path}`)].sort())
  })

  it('names each refusal code that a problem may carry', async () => {
    const { body } = await ask('GET', '/v1/openapi.json')
    const info = JSON.stringify(body['info'])
    for (const code of ['nul_character', 'already_redeemed', 'run_reused'])
      expect(info).toContain(code)
  })
})

describe('calls without a key', () => {
  it.each(OPEN)('%s answers anybody and changes nothing', async (path) => {
    const before = await changes()
    expect((await ask('GET', path)).status).toBe(200)
    expect(await changes()).toBe(before)
  })

  it('the published keys hold no private part', async () => {
    const { body } = await ask('GET', '/.well-known/jwks.json')
    const keys = body['keys'] as Record<string, unknown>[]
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) expect(Object.keys(key)).not.toContain('d')
  })
})
