import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Contract } from '#lib/core/contract/contract'
import { parseContract } from '#lib/core/contract/contract'
import { contractDigest } from '#lib/core/contract/digest'
import { createLog } from '#lib/log'
import { evidenceSubmission } from '#lib/wire/evidence'
import { apiOf, type Sent } from '../api'
import { testDatabase } from '../database'
import { submit, world } from '../world'
import { standing } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { ask, serve } = apiOf(w.runtime)
const agent = { key: w.agent.key }
const runner = { key: w.runtimeKey.key }
let open = ''
beforeAll(async () => {
  open = await submit(w)
})

/** Whatever a refused call might have left behind, in part or whole. */
async function stored(): Promise<unknown> {
  const rows = await w.runtime.db.$queryRawUnsafe(`
    SELECT (SELECT count(*) FROM requests)::int AS requests, (SELECT count(*) FROM decisions)::int AS decisions,
      (SELECT count(*) FROM events)::int AS events, (SELECT count(*) FROM outbox)::int AS outbox,
      (SELECT count(*) FROM evidence)::int AS evidence, (SELECT count(*) FROM grants)::int AS grants,
      (SELECT max(input_seq)::int FROM requests) AS inputs`)
  return rows
}

async function refusedWhole(method: string, path: string, sent: Sent) {
  const before = await stored()
  const told = await ask(method, path, sent)
  expect(await stored()).toEqual(before)
  expect(told.headers.get('content-type')).toBe('application/problem+json')
  expect(told.body).toMatchObject({
    status: told.status,
    type: `urn:countersign:problem:${told.body['code']}`,
  })
  return told
}

const json = (goal: string, more = '') => `{"goal":${goal},"tools":["deploy.production"]${more}}`
const nested = (depth: number) => `,"context":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part as string))))

interface Case {
  what: string
  body: string | Uint8Array | undefined
  headers?: Record<string, string>
  status?: number
  code: string
  path?: string
}

const CONTRACTS: Case[] = [
  { what: 'nothing', body: undefined, code: 'invalid_json' },
  { what: 'no JSON', body: 'goal=x', code: 'invalid_json', path: '' },
  { what: 'a list', body: '[]', code: 'invalid_contract', path: '' },
  { what: 'null', body: 'null', code: 'invalid_contract', path: '' },
  { what: 'a truncated body', body: json('"x"').slice(0, -4), code: 'invalid_json' },
  { what: 'two bodies', body: json('"x"').repeat(2), code: 'invalid_json' },
  {
    what: 'more than 256 KiB',
    body: json(`"${'x'.repeat(262_144)}"`),
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'more than any call takes',
    body: json(`"${'x'.repeat(2_000_000)}"`),
    status: 413,
    code: 'body_too_large',
  },
  { what: '33 levels', body: json('"x"', nested(31)), code: 'too_deep' },
  { what: '100,000 levels', body: json('"x"', nested(100_000)), code: 'too_deep' },
  { what: 'a key twice', body: json('"x"', ',"goal":"y"'), code: 'duplicate_key', path: '/goal' },
  {
    what: 'a key twice, once escaped',
    body: json('"x"', ',"go\\u0061l":"y"'),
    code: 'duplicate_key',
    path: '/goal',
  },
  {
    what: '2^53+1',
    body: json('"x"', ',"context":{"n":9007199254740993}'),
    code: 'inexact_number',
    path: '/context/n',
  },
  {
    what: 'a folding decimal',
    body: json('"x"', ',"context":{"n":10.000000000000000001}'),
    code: 'inexact_number',
    path: '/context/n',
  },
  {
    what: 'infinity',
    body: json('"x"', ',"context":{"n":1e400}'),
    code: 'inexact_number',
    path: '/context/n',
  },
  {
    what: 'minus zero',
    body: json('"x"', ',"context":{"n":-0}'),
    code: 'inexact_number',
    path: '/context/n',
  },
  { what: 'a lone surrogate', body: json('"\\ud83d"'), code: 'lone_surrogate', path: '/goal' },
  {
    what: 'a lone surrogate in a key',
    body: json('"x"', ',"context":{"\\udc00":1}'),
    code: 'lone_surrogate',
  },
  { what: 'U+0000', body: json('"a\\u0000b"'), code: 'nul_character', path: '/goal' },
  {
    what: 'U+0000 in an argument',
    body: json('"x"', ',"arguments":{"deploy.production":{"a":"\\u0000"}}'),
    code: 'nul_character',
    path: '/arguments/deploy.production/a',
  },
  {
    what: 'U+0000 in a key',
    body: json('"x"', ',"context":{"\\u0000":1}'),
    code: 'nul_character',
    path: '/context',
  },
  {
    what: '__proto__',
    body: json('"x"', ',"context":{"__proto__":{"a":1}}'),
    code: 'forbidden_key',
    path: '/context/__proto__',
  },
  {
    what: 'bytes that are not UTF-8',
    body: bytes('{"goal":"', [0xff, 0xfe], '","tools":["a"]}'),
    code: 'invalid_utf8',
    path: '',
  },
  {
    what: 'UTF-8 of a surrogate',
    body: bytes('{"goal":"', [0xed, 0xa0, 0x80], '","tools":["a"]}'),
    code: 'invalid_utf8',
  },
  {
    what: 'an overlong slash',
    body: bytes('{"goal":"', [0xc0, 0xaf], '","tools":["a"]}'),
    code: 'invalid_utf8',
  },
  { what: 'a byte order mark', body: bytes([0xef, 0xbb, 0xbf], json('"x"')), code: 'invalid_json' },
  {
    what: 'UTF-16',
    body: Uint8Array.from(Buffer.from(json('"x"'), 'utf16le')),
    code: 'invalid_json',
  },
  {
    what: 'an unknown member',
    body: json('"x"', ',"budget":5'),
    code: 'invalid_contract',
    path: '/budget',
  },
  {
    what: 'constructor as a member',
    body: json('"x"', ',"constructor":{}'),
    code: 'invalid_contract',
    path: '/constructor',
  },
  { what: 'a number for a goal', body: json('7'), code: 'invalid_contract', path: '/goal' },
  { what: 'an empty goal', body: json('"  "'), code: 'invalid_contract', path: '/goal' },
  { what: 'no tools', body: '{"goal":"x","tools":[]}', code: 'invalid_contract', path: '/tools' },
  {
    what: 'a tool with a space',
    body: '{"goal":"x","tools":["deploy.production "]}',
    code: 'invalid_contract',
    path: '/tools/0',
  },
  {
    what: 'arguments for no tool',
    body: json('"x"', ',"arguments":{"other":{}}'),
    code: 'invalid_contract',
    path: '/arguments/other',
  },
  {
    what: 'a text for the context',
    body: json('"x"', ',"context":"prod"'),
    code: 'invalid_contract',
    path: '/context',
  },
  {
    what: 'a goal that is too long',
    body: json(`"${'x'.repeat(8_001)}"`),
    code: 'invalid_contract',
    path: '/goal',
  },
  {
    what: 'a form',
    body: json('"x"'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'plain text',
    body: json('"x"'),
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'unsupported_media_type',
  },
]

describe('a contract that is refused stores nothing and is told where it is wrong', () => {
  it.each(CONTRACTS)('$what', async ({ body, headers = {}, status = 400, code, path }) => {
    const sent = { ...agent, headers, ...(body !== undefined && { body }) }
    const told = await refusedWhole('POST', '/v1/requests', sent)
    expect(told).toMatchObject({ status, body: { code } })
    if (path !== undefined) expect(told.body['errors']).toMatchObject([{ path }])
  })

  it('names every field that is wrong at once', async () => {
    const body = { goal: '', tools: 'deploy', constraints: [7], context: [], extra: true }
    const told = await refusedWhole('POST', '/v1/requests', { ...agent, body })
    const paths = (told.body['errors'] as { path: string }[]).map(({ path }) => path)
    expect(paths).toEqual(['/goal', '/tools', '/constraints/0', '/context', '/extra'])
  })
})

const token = 'x'.repeat(20)
const redeem = { token, nonce: 'a nonce that lives in memory', environment: 'production' }
const CHANGE_RECORD = { system: 'Jira', id: 'OPS-214', url: 'javascript:alert(1)' }
const TEST_RESULTS = { summary: 'All green', passed: 1, failed: 0, url: 'file:///etc/passwd' }
const OTHERS: [string, () => string, Sent, number, string, string?][] = [
  [
    'evidence without a type',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: {} },
    400,
    'invalid_body',
    '/type',
  ],
  [
    'evidence that pretends to be an approval',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: { type: 'approval', body: {} } },
    400,
    'invalid_body',
    '/type',
  ],
  [
    'evidence with more in it',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: { type: 'note', body: { text: 'x', by: 'human' } } },
    400,
    'invalid_body',
    '/body/by',
  ],
  [
    'a change record at an address that would run a script',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: { type: 'change_record', body: CHANGE_RECORD } },
    400,
    'invalid_body',
    '/body/url',
  ],
  [
    'a test report at an address that no browser opens',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: { type: 'test_results', body: TEST_RESULTS } },
    400,
    'invalid_body',
    '/body/url',
  ],
  [
    'evidence with U+0000',
    () => `/v1/requests/${open}/evidence`,
    { ...agent, body: { type: 'note', body: { text: 'a\0b' } } },
    400,
    'nul_character',
    '/body/text',
  ],
  [
    'a reason that is no text',
    () => `/v1/requests/${open}/cancel`,
    { ...agent, body: { reason: 5 } },
    400,
    'invalid_body',
    '/reason',
  ],
  [
    'a reason with U+0000',
    () => `/v1/requests/${open}/cancel`,
    { ...agent, body: { reason: '\0' } },
    400,
    'nul_character',
    '/reason',
  ],
  [
    'a reason that is too long',
    () => `/v1/requests/${open}/cancel`,
    { ...agent, body: { reason: 'x'.repeat(501) } },
    400,
    'invalid_body',
    '/reason',
  ],
  [
    'a cancel as a form',
    () => `/v1/requests/${open}/cancel`,
    {
      ...agent,
      body: 'reason=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    415,
    'unsupported_media_type',
  ],
  [
    'an outcome nobody knows',
    () => `/v1/requests/${open}/outcome`,
    { ...runner, body: { outcome: 'fine' } },
    400,
    'invalid_body',
    '/outcome',
  ],
  [
    'an outcome with U+0000',
    () => `/v1/requests/${open}/outcome`,
    { ...runner, body: { outcome: 'failed', detail: '\0' } },
    400,
    'nul_character',
    '/detail',
  ],
  [
    'a redemption without its nonce',
    () => '/v1/tokens/redeem',
    { ...runner, body: { token, environment: null } },
    400,
    'invalid_body',
    '/nonce',
  ],
  [
    'a redemption without its environment',
    () => '/v1/tokens/redeem',
    { ...runner, body: { token, nonce: redeem.nonce } },
    400,
    'invalid_body',
    '/environment',
  ],
  [
    'a short nonce',
    () => '/v1/tokens/redeem',
    { ...runner, body: { ...redeem, nonce: 'short' } },
    400,
    'invalid_body',
    '/nonce',
  ],
  [
    'a token that is none',
    () => '/v1/tokens/redeem',
    { ...runner, body: redeem },
    400,
    'token_invalid',
  ],
  [
    'arguments that fold',
    () => '/v1/tokens/redeem',
    { ...runner, body: `{"token":"${token}","arguments":{"a":9007199254740993}}` },
    400,
    'inexact_number',
    '/arguments/a',
  ],
  [
    'an argument twice',
    () => '/v1/tokens/redeem',
    { ...runner, body: `{"token":"${token}","arguments":{"a":1,"a":2}}` },
    400,
    'duplicate_key',
    '/arguments/a',
  ],
]

describe('every other body is read as strictly', () => {
  it.each(OTHERS)('%s', async (_what, path, sent, status, code, at) => {
    const told = await refusedWhole('POST', path(), sent)
    expect(told).toMatchObject({ status, body: { code } })
    if (at !== undefined) expect(told.body['errors']).toMatchObject([{ path: at }])
  })

  it.each([
    ['/v1/requests?limit=0', '?limit'],
    ['/v1/requests?limit=101', '?limit'],
    ['/v1/requests?state=frozen', '?state'],
    ['/v1/requests?state=open&state=denied', '?state'],
    ['/v1/requests?sort=goal', '?sort'],
    ['/v1/requests?cursor=%00', '?cursor'],
    [`/v1/requests/req_01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=26`, '?wait'],
    [`/v1/requests/req_01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=soon`, '?wait'],
  ])('GET %s names the parameter', async (path, at) => {
    const told = await refusedWhole('GET', path, agent)
    expect(told).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ path: at }] },
    })
  })

  it('an address of evidence that is not http(s) is refused in words', async () => {
    const body = { type: 'change_record', body: CHANGE_RECORD }
    const told = await refusedWhole('POST', `/v1/requests/${open}/evidence`, { ...agent, body })
    expect(told.body).toMatchObject({
      errors: [{ message: 'Give an address that begins with https:// (or http://).' }],
    })
  })

  it('the forms of people keep U+0000 and half characters out as well', () => {
    for (const text of ['a\0b', 'half \ud83d']) {
      expect(evidenceSubmission.safeParse({ type: 'note', body: { text } }).success).toBe(false)
    }
    expect(evidenceSubmission.safeParse({ type: 'note', body: { text: 'whole 😀' } }).success).toBe(
      true,
    )
  })
})

describe('what is accepted', () => {
  it('is read back from the database as the very contract that was hashed', async () => {
    const texts = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !text.includes('\0'))
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
    const contracts = fc.record({
      goal: texts.map((text) => `g${text}`),
      tools: fc.constant(['deploy.production']),
      arguments: fc.record({ 'deploy.production': fc.dictionary(texts, value) }),
      context: fc.dictionary(
        texts,
        fc.oneof(value, fc.double({ noNaN: true, noDefaultInfinity: true })),
      ),
    })
    await fc.assert(
      fc.asyncProperty(contracts, async (drawn) => {
        // As JSON writes it: what a double cannot hold is not in it.
        const text = JSON.stringify(drawn).replaceAll(/(?<=[[,:])-0(?=[,\]}])/g, '0')
        const parsed = parseContract(JSON.parse(text))
        fc.pre(parsed.ok && !text.includes('__proto__') && !text.includes('\\u0000'))
        const told = await ask('POST', '/v1/requests', { ...agent, body: text })
        expect(told.status).toBe(202)
        const row = await standing(w, String(told.body['request_id']))
        const { digest } = contractDigest({
          domain: w.runtime.installation.domain,
          caller: w.callerId,
          contract: row.contract as unknown as Contract,
        })
        expect(digest).toBe(told.body['contract_digest'])
      }),
      { numRuns: 40 },
    )
  })
})

describe('over a real node server', () => {
  it('a chunked body without a length is refused once it is too large, and the answer arrives', async () => {
    const { port } = await serve()
    const before = await stored()
    const head = `POST /v1/requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${w.agent.key}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const answer = await exchange(port, async (socket) => {
      socket.write(head)
      for (let i = 0; i < 64 && !socket.destroyed; i++) {
        if (!socket.write(chunk)) await heard(socket, 'drain', 'close')
      }
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"code":"body_too_large"')
    expect(await stored()).toEqual(before)
  })

  it('a body that does not come is cut off by the server, and nothing is stored', async () => {
    const lines: string[] = []
    const log = createLog({ logLevel: 'warn' }, { write: (line) => void lines.push(line) })
    const { port } = await apiOf({ ...w.runtime, log }).serve({
      requestTimeout: 300,
      connectionsCheckingInterval: 50,
    })
    const before = await stored()
    const answer = await exchange(port, (socket) => {
      const type = 'content-type: application/json\r\ncontent-length: 100\r\n\r\n'
      socket.write(
        `POST /v1/requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${w.agent.key}\r\n${type}{"go`,
      )
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(await stored()).toEqual(before)
    expect(lines).toEqual([])
  })

  it.each(['host: a b\r\n', 'host: \r\n', ''])(
    'a Host of "%s" is no fault of ours',
    async (host) => {
      const { port } = await serve()
      const answer = await exchange(port, (socket) => {
        socket.write(
          `GET /v1/requests HTTP/1.1\r\n${host}authorization: Bearer ${w.agent.key}\r\nconnection: close\r\n\r\n`,
        )
      })
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    },
  )
})

type Talk = (socket: Socket) => void | Promise<void>

/** All that the server says on one connection until it closes it. */
async function exchange(port: number, talk: Talk): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  // A reset after the answer is how a server ends what it does not read.
  socket.on('error', () => undefined)
  const closed = heard(socket, 'close')
  await heard(socket, 'connect')
  await talk(socket)
  await closed
  return answer
}

function heard(socket: Socket, ...events: string[]): Promise<void> {
  return new Promise((resolve) => {
    for (const event of events) socket.once(event, () => resolve())
  })
}
