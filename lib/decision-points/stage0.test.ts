import { once } from 'node:events'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '#lib/core/contract/contract'
import { type Stage0Double, type Stage0Reply, startStage0Double } from '../../test/stage0-double'
import { askDecisionPoints } from './ask'
import { createDecisionPoints } from './create'
import { askStage0 } from './stage0'
import type { Question, RemoteAnswer } from './types'

const NOW = Date.parse('2026-03-14T09:00:00Z')
const MINUTE_MS = 60_000
const TIMEOUT_MS = 400

const contract: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { token: 'canary-argument' } },
  constraints: ['require_approval: true'],
  side_effects: ['service_impact'],
  success_criteria: ['The release answers'],
  context: { approval_status: 'approved', rollback_plan: true, ticket_id: 'OPS-214' },
  run_id: 'run-1',
}
const question: Question = {
  requestId: 'req_1',
  contract,
  inputSeq: 3,
  recorded: { approval_status: 'pending', rollback_plan: false, environment: 'production' },
}
const satisfied: Question = {
  ...question,
  recorded: { approval_status: 'approved', rollback_plan: true, environment: 'production' },
}

let stage0: Stage0Double
beforeAll(async () => {
  stage0 = await startStage0Double()
})
afterEach(() => {
  stage0.reply(undefined)
  stage0.asks.length = 0
})
afterAll(() => stage0.close())

/** Asks about the contract whose recorded facts would satisfy the double, so that only a failure can keep it from ALLOW. */
function ask(reply?: Stage0Reply, about: Question = satisfied): Promise<RemoteAnswer> {
  stage0.reply(reply)
  return askStage0({ url: stage0.url, key: stage0.key, timeoutMs: TIMEOUT_MS }, about, () => NOW)
}

function heldBy(error: RemoteAnswer['error'], retryInMs: number): Partial<RemoteAnswer> {
  return { verdict: null, error, retryAt: NOW + retryInMs, issues: [] }
}

const ALLOW = { verdict: 'ALLOW', decision: 'GO', issues: [], request_id: 'r', policy_version: 'p' }

describe('asking', () => {
  test('the recorded facts are laid over what the agent claims', async () => {
    const answer = await ask(undefined, question)
    expect(answer.verdict).toBe('DEFER')
    expect(stage0.asks[0]?.body).toEqual({
      goal: contract.goal,
      tools: contract.tools,
      constraints: contract.constraints,
      side_effects: contract.side_effects,
      success_criteria: contract.success_criteria,
      context: {
        approval_status: 'pending',
        rollback_plan: false,
        environment: 'production',
        ticket_id: 'OPS-214',
      },
    })
  })

  test('the key and the request id go along; the arguments do not', async () => {
    await ask()
    const [asked] = stage0.asks
    expect(asked?.path).toBe('/check')
    expect(asked?.headers).toMatchObject({
      authorization: `Bearer ${stage0.key}`,
      'x-api-key': stage0.key,
      'x-request-id': 'req_1',
      'content-type': 'application/json',
    })
    expect(JSON.stringify(asked)).not.toContain('canary-argument')
  })

  test('absent lists are sent as empty lists', async () => {
    await ask(undefined, { ...question, contract: { goal: 'Read', tools: ['report.read'] } })
    expect(stage0.asks[0]?.body).toMatchObject({
      constraints: [],
      side_effects: [],
      success_criteria: [],
      context: question.recorded,
    })
  })

  test('a base URL with a path keeps it', async () => {
    const config = { url: `${stage0.url}/v2`, key: stage0.key, timeoutMs: TIMEOUT_MS }
    await askStage0(config, question, () => NOW)
    await askStage0({ ...config, url: `${config.url}/` }, question, () => NOW)
    expect(stage0.asks.map(({ path }) => path)).toEqual(['/v2/check', '/v2/check'])
  })
})

describe('an answer', () => {
  test('is a dated fact with the names that Stage0 gave it', async () => {
    let clock = NOW
    const answer = await askStage0(
      { url: stage0.url, key: stage0.key, timeoutMs: TIMEOUT_MS },
      question,
      () => {
        clock += 7
        return clock
      },
    )
    expect(answer).toEqual({
      name: 'stage0',
      verdict: 'DEFER',
      issues: [
        { code: 'APPROVAL_PENDING', message: 'Approval is still pending.' },
        { code: 'NO_ROLLBACK', message: 'Rollback evidence is missing.' },
      ],
      at: NOW + 7,
      inputSeq: 3,
      latencyMs: 7,
      remoteRequestId: 'stage0-req-1',
      remotePolicyVersion: 'stage0-pack-1',
    })
  })

  test.each(['ALLOW', 'DEFER', 'DENY'])('may be %s', async (verdict) => {
    const answer = await ask({ body: { verdict } })
    expect(answer).toMatchObject({
      verdict,
      issues: [],
      remoteRequestId: null,
      remotePolicyVersion: null,
    })
    expect(answer.error).toBeUndefined()
  })

  test('may hold issues as plain sentences, and long ones are cut', async () => {
    const answer = await ask({
      body: {
        verdict: 'DENY',
        issues: ['No.', { code: 'x'.repeat(900), message: 'y'.repeat(900) }],
      },
    })
    expect(answer.issues).toEqual([
      { code: 'unspecified', message: 'No.' },
      { code: 'x'.repeat(100), message: 'y'.repeat(500) },
    ])
  })

  test('may come with a charset and as a JSON suffix type', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/decision+json']) {
      expect((await ask({ headers: { 'content-type': type }, body: ALLOW })).verdict).toBe('ALLOW')
    }
  })
})

describe('no answer: the request is held and asked about again', () => {
  test.each<[number, RemoteAnswer['error'], number]>([
    [401, 'unauthorized', 10 * MINUTE_MS],
    [403, 'unauthorized', 10 * MINUTE_MS],
    [402, 'payment_required', 10 * MINUTE_MS],
    [400, 'http_error', 10 * MINUTE_MS],
    [404, 'http_error', 10 * MINUTE_MS],
    [201, 'http_error', 10 * MINUTE_MS],
    [429, 'rate_limited', MINUTE_MS],
    [500, 'server_error', MINUTE_MS / 2],
    [503, 'server_error', MINUTE_MS / 2],
  ])('status %i, even with ALLOW in its body', async (status, error, retryInMs) => {
    expect(await ask({ status, body: ALLOW })).toMatchObject(heldBy(error, retryInMs))
  })

  test.each<[string, unknown, Record<string, string>, number]>([
    ['at the top', { retry_after_seconds: 12 }, {}, 12_000],
    ['under detail', { detail: { retry_after_seconds: 2.5 } }, {}, 2_500],
    ['in the header', 'slow down', { 'retry-after': '90' }, 90_000],
    ['in the body before the header', { retry_after_seconds: 5 }, { 'retry-after': '90' }, 5_000],
    ['never sooner than a second', { retry_after_seconds: 0 }, {}, 1_000],
    ['never later than an hour', { retry_after_seconds: 1e9 }, {}, 60 * MINUTE_MS],
    ['not as a negative number', { retry_after_seconds: -5 }, {}, MINUTE_MS],
    ['not as a date', {}, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, MINUTE_MS],
  ])('429 tells when to ask again: %s', async (_, body, headers, retryInMs) => {
    expect(await ask({ status: 429, headers, body })).toMatchObject(
      heldBy('rate_limited', retryInMs),
    )
  })

  test('503 tells when to ask again', async () => {
    const answer = await ask({ status: 503, headers: { 'retry-after': '120' }, body: '' })
    expect(answer).toMatchObject(heldBy('server_error', 120_000))
  })

  test('a redirect is not followed', async () => {
    const answer = await ask({
      status: 307,
      headers: { location: `${stage0.url}/elsewhere` },
      body: ALLOW,
    })
    expect(answer).toMatchObject(heldBy('redirected', 10 * MINUTE_MS))
    expect(stage0.asks.map(({ path }) => path)).toEqual(['/check'])
  })

  test.each<[string, string]>([
    ['an unknown verdict', '{"verdict":"MAYBE"}'],
    ['a verdict in another spelling', '{"verdict":"allow"}'],
    ['a verdict with space round it', '{"verdict":" ALLOW "}'],
    ['a verdict that is a member of every object', '{"verdict":"constructor"}'],
  ])('%s', async (_, body) => {
    expect(await ask({ body })).toMatchObject(heldBy('unknown_verdict', MINUTE_MS / 2))
  })

  test.each<[string, string]>([
    ['no verdict', '{}'],
    ['a verdict that is no text', '{"verdict":true}'],
    ['a verdict in a list', '[{"verdict":"ALLOW"}]'],
    ['two verdicts', '{"verdict":"DENY","verdict":"ALLOW"}'],
    ['issues that are no list', '{"verdict":"ALLOW","issues":"none"}'],
    ['an issue that is a number', '{"verdict":"ALLOW","issues":[1]}'],
    ['half an answer', '{"verdict":"ALLOW"'],
    ['more than one answer', '{"verdict":"ALLOW"}{"verdict":"DENY"}'],
    ['an empty body', ''],
    ['a web page', '<html>ALLOW</html>'],
  ])('%s', async (_, body) => {
    expect(await ask({ body })).toMatchObject(heldBy('malformed', MINUTE_MS / 2))
  })

  test('bytes that are not UTF-8', async () => {
    const answer = await ask((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        Buffer.from([...Buffer.from('{"verdict":"ALLOW","request_id":"'), 0xff, 0x22, 0x7d]),
      )
    })
    expect(answer).toMatchObject(heldBy('malformed', MINUTE_MS / 2))
  })

  test.each(['ERROR', 'NO_GO', 'DEFER', ''])('ALLOW beside the posture "%s"', async (decision) => {
    expect(await ask({ body: { ...ALLOW, decision } })).toMatchObject(
      heldBy('contradictory', MINUTE_MS / 2),
    )
  })

  test.each(['text/html', 'text/plain; charset=utf-8', 'application/jsonp', ''])(
    'the content type "%s"',
    async (type) => {
      expect(await ask({ headers: { 'content-type': type }, body: ALLOW })).toMatchObject(
        heldBy('wrong_content_type', MINUTE_MS / 2),
      )
    },
  )

  test('an answer larger than 64 KiB', async () => {
    const answer = await ask({ body: { ...ALLOW, padding: ' '.repeat(70_000) } })
    expect(answer).toMatchObject(heldBy('too_large', MINUTE_MS / 2))
  })

  test('an answer of 64 KiB is still read', async () => {
    const empty = JSON.stringify({ ...ALLOW, padding: '' }).length
    const answer = await ask({ body: { ...ALLOW, padding: 'x'.repeat(64 * 1024 - empty) } })
    expect(answer.verdict).toBe('ALLOW')
  })

  test('an answer without end is let go of once it is too large', async () => {
    const letGo = new Promise<void>((resolve) => {
      stage0.reply((response) => {
        response.on('close', resolve)
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(`{"verdict":"ALLOW"${' '.repeat(70_000)}`)
      })
    })
    const config = { url: stage0.url, key: stage0.key, timeoutMs: 15_000 }
    expect((await askStage0(config, satisfied, () => NOW)).error).toBe('too_large')
    await letGo
  })

  test('a compressed answer that unfolds beyond 64 KiB', async () => {
    const bomb = gzipSync(JSON.stringify({ ...ALLOW, padding: ' '.repeat(5_000_000) }))
    const answer = await ask((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(bomb)
    })
    expect(answer).toMatchObject(heldBy('too_large', MINUTE_MS / 2))
  })

  test('silence', async () => {
    const answer = await ask(() => undefined)
    expect(answer).toMatchObject(heldBy('timeout', MINUTE_MS / 2))
  })

  test('a body that never ends, however it trickles', async () => {
    const answer = await ask((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"verdict":"ALLOW"')
      const trickle = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(trickle))
    })
    expect(answer).toMatchObject(heldBy('timeout', MINUTE_MS / 2))
  })

  test('a failure whose body never ends', async () => {
    const answer = await ask((response) => {
      response.writeHead(429, { 'content-type': 'application/json' })
      response.write('{')
    })
    expect(answer).toMatchObject({ verdict: null, error: 'timeout' })
  })

  test('a connection that breaks in the middle', async () => {
    const answer = await ask((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"verdict":"ALLOW"}', () => response.destroy())
    })
    expect(answer).toMatchObject(heldBy('unreachable', MINUTE_MS / 2))
  })

  test('a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    server.close()
    await once(server, 'close')
    const config = { url: `http://127.0.0.1:${port}`, key: 'k', timeoutMs: TIMEOUT_MS }
    expect(await askStage0(config, satisfied, () => NOW)).toMatchObject(
      heldBy('unreachable', MINUTE_MS / 2),
    )
  })

  test('a host that has no address', async () => {
    const config = { url: 'http://stage0.invalid', key: 'k', timeoutMs: TIMEOUT_MS }
    const answer = await askStage0(config, satisfied, () => NOW)
    expect(answer.verdict).toBeNull()
    // A resolver that does not answer is as good as none.
    expect(['unreachable', 'timeout']).toContain(answer.error)
  })

  test('a wrong key', async () => {
    const config = { url: stage0.url, key: 'wrong', timeoutMs: TIMEOUT_MS }
    expect(await askStage0(config, satisfied, () => NOW)).toMatchObject(
      heldBy('unauthorized', 10 * MINUTE_MS),
    )
  })

  test('a key that cannot be sent in a header', async () => {
    const config = { url: stage0.url, key: 'line\nbreak', timeoutMs: TIMEOUT_MS }
    expect((await askStage0(config, satisfied, () => NOW)).verdict).toBeNull()
  })
})

describe('several decision points', () => {
  test('are asked at once', async () => {
    let asked = 0
    let allAsked: () => void = () => undefined
    const barrier = new Promise<void>((resolve) => {
      allAsked = resolve
    })
    const point = (name: string) => ({
      name,
      ask: async (about: Question, now: () => number) => {
        asked += 1
        if (asked === 3) allAsked()
        await barrier
        return await askStage0({ url: stage0.url, key: stage0.key, timeoutMs: 5_000 }, about, now)
      },
    })
    const answers = await askDecisionPoints(['a', 'b', 'c'].map(point), satisfied, () => NOW)
    expect(answers.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['a', 'ALLOW'],
      ['b', 'ALLOW'],
      ['c', 'ALLOW'],
    ])
  })

  test('take no answer from each other when one hangs or fails', async () => {
    const slow = await startStage0Double()
    slow.reply(() => undefined)
    const point = (name: string, url: string) => ({
      name,
      ask: (about: Question, now: () => number) =>
        askStage0({ url, key: stage0.key, timeoutMs: TIMEOUT_MS }, about, now),
    })
    const broken = { name: 'broken', ask: () => Promise.reject(new Error('a fault of ours')) }
    const answers = await askDecisionPoints(
      [point('slow', slow.url), broken, point('fine', stage0.url)],
      satisfied,
      () => NOW,
    )
    expect(answers.map(({ name, verdict, error }) => [name, verdict, error])).toEqual([
      ['slow', null, 'timeout'],
      ['broken', null, 'internal'],
      ['fine', 'ALLOW', undefined],
    ])
    await slow.close()
  })

  test('there is none unless it is configured', async () => {
    expect(createDecisionPoints({ stage0: null })).toEqual([])
    const points = createDecisionPoints({
      stage0: { url: stage0.url, key: stage0.key, timeoutMs: TIMEOUT_MS },
    })
    const [answer] = await askDecisionPoints(points, question, () => NOW)
    expect(answer).toMatchObject({ name: 'stage0', verdict: 'DEFER' })
  })
})
