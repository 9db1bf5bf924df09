import { describe, expect, test } from 'vitest'
import { createLog } from './log'

const CANARY = 'CANARY7261'

function lineOf(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog({ logLevel: 'trace' }, { write: (line) => void lines.push(line) }))
  return lines.join('')
}

describe('a secret never reaches the log', () => {
  test.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'token',
    'allowToken',
    'access_token',
    'secret',
    'clientSecret',
    'code',
    'password',
    'apiKey',
    'X-API-Key',
  ])('as a member called %s, however deep', (name) => {
    const line = lineOf((log) => {
      log.info({ [name]: CANARY }, 'flat')
      log.info({ request: { headers: [{ [name]: { nested: CANARY } }] } }, 'deep')
    })
    expect(line).not.toContain(CANARY)
    expect(line).toContain('deep')
  })

  test.each([
    `called with csk_agent_${CANARY}`,
    `Authorization: Bearer ${CANARY}`,
    `cannot reach postgresql://someone:${CANARY}@host/db`,
    `got eyJhbGciOiJFZERTQSJ9.eyJ${CANARY}.sig${CANARY}`,
  ])('inside a text: %s', (text) => {
    expect(lineOf((log) => log.info(text))).not.toContain(CANARY)
    expect(lineOf((log) => log.error({ err: new Error(text) }))).not.toContain(CANARY)
  })

  test('as a member that a client hung on its error', () => {
    const error = Object.assign(new Error('refused'), {
      code: 'ECONNREFUSED',
      config: { headers: { authorization: CANARY }, body: CANARY },
      cause: Object.assign(new Error('below'), { response: CANARY }),
    })
    const line = lineOf((log) => log.error({ err: error }, 'failed'))
    expect(line).not.toContain(CANARY)
    expect(line).toContain('ECONNREFUSED')
    expect(line).toContain('below')
  })

  test('in the bindings of a child logger', () => {
    const line = lineOf((log) => log.child({ worker: 'clock' }).child({ token: CANARY }).info('x'))
    expect(line).not.toContain(CANARY)
    expect(line).toContain('clock')
  })
})

test('what is no secret stays readable', () => {
  const line = lineOf((log) =>
    log.info(
      { requestId: 'req_1', policyVersion: 'main@3', at: new Date(0), count: 2 },
      'released',
    ),
  )
  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    msg: 'released',
    requestId: 'req_1',
    policyVersion: 'main@3',
    count: 2,
  })
})
