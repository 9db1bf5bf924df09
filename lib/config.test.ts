import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from './config'
import { environment } from './environment'

const SECRET = 'a-secret-of-more-than-thirty-two-characters'
const LEAST = {
  DATABASE_URL: 'postgresql://someone@db.example/countersign',
  COUNTERSIGN_SECRET: SECRET,
}

/** Nobody should set these by hand. */
const SET_BY_SCRIPTS = ['COUNTERSIGN_EMBEDDED', 'NODE_ENV']

function sentencesOf(env: Record<string, string>): string[] {
  try {
    parseConfig({ ...LEAST, ...env })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences
    throw error
  }
}

describe('PUBLIC_URL', () => {
  test.each([
    ['https://countersign.example', 'https://countersign.example'],
    ['https://countersign.example/', 'https://countersign.example'],
    ['https://countersign.example:8443', 'https://countersign.example:8443'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://demo.localhost:4000', 'http://demo.localhost:4000'],
  ])('%s is taken', (url, publicUrl) => {
    expect(parseConfig({ ...LEAST, PUBLIC_URL: url }).publicUrl).toBe(publicUrl)
  })

  test.each([
    'http://countersign.example',
    'http://127.0.0.1:3000',
    'http://localhost.evil.example',
    'http://evil.example#localhost',
    'https://countersign.example/console',
    'https://countersign.example/?x=1',
    'https://user@countersign.example',
    'ftp://localhost',
    'countersign.example',
  ])('%s is refused in a sentence that names the variable', (url) => {
    expect(sentencesOf({ PUBLIC_URL: url })).toEqual([expect.stringMatching(/^PUBLIC_URL .+\.$/)])
  })

  test('is localhost on the port unless set', () => {
    expect(parseConfig({ ...LEAST, PORT: '4123' }).publicUrl).toBe('http://localhost:4123')
  })
})

test('every fault is told at once, and no value is repeated', () => {
  const sentences = sentencesOf({
    DATABASE_URL: 'mysql://root:hunter2@host/db',
    COUNTERSIGN_SECRET: 'hunter2',
    PORT: '70000',
    TOKEN_ALG: 'none',
    TIME_ZONE: 'Mars/Olympus',
    LOG_LEVEL: 'loud',
    STAGE0_TIMEOUT_MS: '1e3',
  })
  expect(sentences.map((sentence) => sentence.split(' ')[0]).sort()).toEqual([
    'COUNTERSIGN_SECRET',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'STAGE0_TIMEOUT_MS',
    'TIME_ZONE',
    'TOKEN_ALG',
  ])
  expect(sentences.join()).not.toContain('hunter2')
})

test('a missing secret is refused, and an empty one counts as missing', () => {
  expect(sentencesOf({ COUNTERSIGN_SECRET: '' })).toEqual(['COUNTERSIGN_SECRET is not set.'])
})

test('half a setting is refused instead of silently meaning none', () => {
  expect(sentencesOf({ STAGE0_URL: 'https://stage0.example' })).toEqual([
    'STAGE0_KEY is missing: it goes with STAGE0_URL.',
  ])
  expect(sentencesOf({ OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'x' })).toEqual([
    'OIDC_CLIENT_SECRET is missing: it goes with OIDC_ISSUER.',
  ])
})

test('whole settings are taken', () => {
  const config = parseConfig({
    ...LEAST,
    STAGE0_URL: 'https://stage0.example',
    STAGE0_KEY: 'k',
    STAGE0_TIMEOUT_MS: '750',
    TOKEN_ALG: 'ES256',
    TIME_ZONE: 'Europe/Berlin',
  })
  expect(config).toMatchObject({
    stage0: { url: 'https://stage0.example', key: 'k', timeoutMs: 750 },
    oidc: null,
    redisUrl: null,
    tokenAlg: 'ES256',
    timeZone: 'Europe/Berlin',
    embedded: false,
  })
})

test('.env.example tells every variable in the words of the schema, and sets none', async () => {
  const example = await readFile('.env.example', 'utf8')
  for (const [name, field] of Object.entries(environment.shape)) {
    if (SET_BY_SCRIPTS.includes(name)) continue
    expect(example).toContain(`# ${field.description}\n# ${name}=`)
  }
  expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
})
