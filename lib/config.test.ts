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

describe('signing in', () => {
  const OIDC = {
    OIDC_ISSUER: 'https://id.example',
    OIDC_CLIENT_ID: 'x',
    OIDC_CLIENT_SECRET: 's',
  }
  const MAIL = { SMTP_URL: 'smtps://user:hunter2@mail.example', MAIL_FROM: 'C <c@example.com>' }

  test('by an issuer maps its groups by the last colon of each pair, and never to admins', () => {
    const mapped = (pairs: string) => ({ ...OIDC, OIDC_GROUPS_CLAIM: 'groups', OIDC_GROUPS: pairs })
    const { oidc } = parseConfig({ ...LEAST, ...mapped('a:b:releases, finance team:finance') })
    expect(oidc?.groups?.pairs).toEqual([
      { value: 'a:b', group: 'releases' },
      { value: 'finance team', group: 'finance' },
    ])
    for (const odd of ['x:admins', 'finance', ':finance', 'x:', 'x:Finance', 'a:b,,c:d']) {
      expect(sentencesOf(mapped(odd))).toEqual([expect.stringMatching(/^OIDC_GROUPS .+\.$/)])
    }
    expect(sentencesOf({ OIDC_GROUPS_CLAIM: 'g', OIDC_GROUPS: 'a:b' })).toEqual([
      'OIDC_ISSUER is missing: OIDC_GROUPS goes with it.',
    ])
    expect(sentencesOf({ ...OIDC, OIDC_SCOPE: 'openid' })).toHaveLength(1)
  })

  test('goes to an issuer over https, but on this machine', () => {
    for (const url of [
      'http://localhost:9000',
      'http://127.0.0.1:9000/x',
      'https://id.example/t',
    ]) {
      expect(sentencesOf({ ...OIDC, OIDC_ISSUER: url })).toEqual([])
    }
    for (const url of ['http://id.example', 'ftp://id.example', 'id.example']) {
      expect(sentencesOf({ ...OIDC, OIDC_ISSUER: url })).toHaveLength(1)
    }
  })

  test('by mail takes a server and one address to come from', () => {
    expect(parseConfig({ ...LEAST, ...MAIL }).mail?.from).toBe('C <c@example.com>')
    expect(sentencesOf({ SMTP_URL: MAIL.SMTP_URL })).toEqual([
      'MAIL_FROM is missing: it goes with SMTP_URL.',
    ])
    for (const odd of ['a@b, c@d', 'C <c@example.com>\r\nBcc: x@y.z', 'nobody', '<>']) {
      expect(sentencesOf({ ...MAIL, MAIL_FROM: odd })).toHaveLength(1)
    }
    expect(sentencesOf({ ...MAIL, SMTP_URL: 'https://hunter2@mail.example' })).toEqual([
      'SMTP_URL must begin with smtps:// or smtp://.',
    ])
  })
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
