import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Countersign, CountersignError, webhooks } from './index'

const AGENT = `csk_agent_${'a'.repeat(43)}`
const RUNTIME = `csk_runtime_${'b'.repeat(43)}`
const SECRET = `whsec_${'c'.repeat(43)}=`
const TOKEN = `eyJhbGciOiJFZERTQSJ9.${'d'.repeat(40)}.${'e'.repeat(86)}`
const CANARIES = [AGENT, RUNTIME, SECRET, TOKEN]
const URL = 'https://countersign.example'
const OPTIONS = { url: URL, agentKey: AGENT, runtimeKey: RUNTIME, webhookSecret: SECRET }

/** Everything that a log could make of a value. */
function told(value: unknown): string {
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }
  const stack = value instanceof Error ? value.stack : ''
  return [inspect(value, deep), String(value), stack, JSON.stringify(value)].join('\n')
}

function expectNoSecret(value: unknown): void {
  const text = told(value)
  for (const canary of CANARIES) expect(text).not.toContain(canary)
}

/** What a call throws when `answer` is what the network does. */
async function thrown(answer: typeof fetch): Promise<unknown> {
  const client = new Countersign({ ...OPTIONS, fetch: answer, maxTries: 1 })
  return await client.redeem({ token: TOKEN }).then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  )
}

describe('no key and no token', () => {
  it('is in what is shown of a client', () => {
    expectNoSecret(new Countersign(OPTIONS))
    expectNoSecret({ client: new Countersign(OPTIONS) })
  })

  it('is in an error, when a library puts the whole request on its own', async () => {
    const error = await thrown((_, init) => {
      const cause = Object.assign(new Error(`sent ${JSON.stringify(init)}`), { config: init })
      throw new Error(`could not send Bearer ${RUNTIME}`, { cause })
    })
    expect(error).toMatchObject({ name: 'UnreachableError' })
    expect(told(error)).toContain('could not send Bearer [key]')
    expectNoSecret(error)
  })

  it('is in an error, when something between repeats the headers and the body', async () => {
    const error = await thrown((_, init) => {
      const echo = JSON.stringify([init?.headers, init?.body])
      const problem = { status: 400, title: 'Odd', code: 'odd', detail: echo }
      return Promise.resolve(new Response(JSON.stringify(problem), { status: 400 }))
    })
    expect(error).toMatchObject({ name: 'InvalidError', code: 'odd' })
    expect(told(error)).toContain('Bearer [key]')
    expectNoSecret(error)
  })

  it('is in an error about a page that nobody asked for', async () => {
    for (const status of [200, 407, 502]) {
      const page = `<pre>authorization: Bearer ${RUNTIME} ${TOKEN}</pre>`
      expectNoSecret(await thrown(() => Promise.resolve(new Response(page, { status }))))
    }
  })

  it('is in an error about a key that was read with its line break', () => {
    for (const key of [`${AGENT}\n`, `${AGENT} `, '']) {
      const construct = () => new Countersign({ url: URL, agentKey: key })
      expect(construct).toThrow(TypeError)
      try {
        construct()
      } catch (error) {
        expectNoSecret(error)
      }
    }
  })

  it('is in an error about a delivery or a webhook secret', () => {
    for (const secret of [SECRET, `${SECRET}\n`]) {
      try {
        webhooks.unwrap('{}', { 'webhook-id': 'evt_1' }, { secret })
      } catch (error) {
        expectNoSecret(error)
      }
    }
  })
})

it('an error in a structured log has its code and request_id', () => {
  const error = new CountersignError('No.', 'not_ready', 'req_1')
  expect(JSON.parse(JSON.stringify({ error }))).toEqual({
    error: { name: 'CountersignError', code: 'not_ready', message: 'No.', request_id: 'req_1' },
  })
})
