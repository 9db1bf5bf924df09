import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  API_KEY_PATTERN,
  type ApiKeyKind,
  equalSecrets,
  generateApiKey,
  hashSecret,
  readApiKey,
} from './hash-secret'

const KINDS: ApiKeyKind[] = ['agent', 'runtime']

describe('an API key', () => {
  test.each(KINDS)('of kind %s is what a secret scanner matches', (kind) => {
    for (let made = 0; made < 200; made++) {
      const { key } = generateApiKey(kind)
      expect(key).toMatch(new RegExp(`^csk_${kind}_[0-9A-Za-z]{43}$`))
      expect(API_KEY_PATTERN.exec(`export KEY="${key}"`)?.[0]).toBe(key)
      expect(readApiKey(key)).toBe(kind)
    }
  })

  test('is never the same twice', () => {
    expect(new Set(Array.from({ length: 500 }, () => generateApiKey('agent').key)).size).toBe(500)
  })

  test('comes with its hash, and a hint that gives away four characters', () => {
    const { key, hash, hint } = generateApiKey('runtime')
    expect(hash).toBe(createHash('sha256').update(key).digest('hex'))
    expect(hint).toBe(key.slice(0, 'csk_runtime_'.length + 4))
  })

  test('mistyped in any one character is not one', () => {
    const { key } = generateApiKey('agent')
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === 'x' ? 'y' : 'x'
      expect(readApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined()
    }
  })

  test('of one kind cannot be passed off as the other', () => {
    expect(readApiKey(generateApiKey('agent').key.replace('agent', 'runtime'))).toBeUndefined()
  })

  test.each([
    '',
    'csk_agent_',
    `csk_agent_${'0'.repeat(43)}`,
    `csk_agent_${'z'.repeat(43)}`,
    `csk_admin_${'A'.repeat(43)}`,
    'Bearer x',
  ])('is not %j', (text) => {
    expect(readApiKey(text)).toBeUndefined()
  })

  test('with anything around it is not one', () => {
    const { key } = generateApiKey('agent')
    for (const text of [` ${key}`, `${key} `, `${key}\n`, `x ${key}`, `${key}.`]) {
      expect(readApiKey(text)).toBeUndefined()
    }
  })
})

describe('secrets', () => {
  test('hash to SHA-256 in hex', () => {
    expect(hashSecret('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  test('are equal only to themselves, whatever their lengths', () => {
    expect(equalSecrets('same', 'same')).toBe(true)
    expect(equalSecrets('', '')).toBe(true)
    for (const other of ['', 'sam', 'samE', 'same ', 'same\u0000']) {
      expect(equalSecrets('same', other)).toBe(false)
    }
  })
})
