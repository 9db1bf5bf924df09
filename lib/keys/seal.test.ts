import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSealer, UnsealError, type UnsealReason } from './seal'

const SECRET = 'an installation secret of 32 bytes or more'
const OTHER = 'another installation secret of enough bytes'
const TEXT = new TextEncoder().encode('{"kty":"OKP"}')
const sealer = createSealer(SECRET)

function reasonOf(open: () => unknown): UnsealReason | 'opened' {
  try {
    open()
    return 'opened'
  } catch (error) {
    if (error instanceof UnsealError) return error.reason
    throw error
  }
}

describe('what is sealed', () => {
  test('opens for its purpose and id, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string(),
        fc.string(),
        (bytes, purpose, id) => {
          const sealed = sealer.seal(purpose, id, bytes)
          expect(sealer.open(purpose, id, sealed)).toEqual(bytes)
        },
      ),
    )
  })

  test('opens in another process with the same secret', () => {
    const sealed = createSealer(Buffer.from(SECRET, 'utf8')).seal('totp', 'prs_1', TEXT)
    expect(sealer.open('totp', 'prs_1', sealed)).toEqual(TEXT)
  })

  test('opens as it did when the format was fixed: stored secrets depend on it', () => {
    const sealed = 'cs1.f77cbaff.cUE-E2WXpVe4ffR2O0iYslDw9yN3mJfbxcqF7TrHE3KDcgYvSnZEftk'
    expect(sealer.open('totp', 'prs_1', sealed)).toEqual(TEXT)
  })

  test('never looks the same twice', () => {
    const texts = Array.from({ length: 50 }, () => sealer.seal('totp', 'prs_1', TEXT))
    expect(new Set(texts).size).toBe(50)
  })

  test('shows its version and nothing of its content', () => {
    const sealed = sealer.seal('totp', 'prs_1', TEXT)
    expect(sealed).toMatch(/^cs1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/)
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain(
      'OKP',
    )
  })

  test('does not open for another purpose, another id, or with their parts shifted', () => {
    const sealed = sealer.seal('ab', 'c', TEXT)
    for (const [purpose, id] of [
      ['ab', 'd'],
      ['x', 'c'],
      ['a', 'bc'],
      ['abc', ''],
      ['', 'abc'],
    ] as const) {
      expect(reasonOf(() => sealer.open(purpose, id, sealed))).toBe('forged')
    }
  })

  test('does not open once any bit is another', () => {
    const [version, secretId, encoded = ''] = sealer.seal('totp', 'prs_1', TEXT).split('.')
    const body = Buffer.from(encoded, 'base64url')
    for (let bit = 0; bit < body.length * 8; bit++) {
      const changed = Buffer.from(body)
      const at = Math.floor(bit / 8)
      changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8))
      const sealed = [version, secretId, changed.toString('base64url')].join('.')
      expect(reasonOf(() => sealer.open('totp', 'prs_1', sealed))).toBe('forged')
    }
  })

  test('does not open when shortened or spelled otherwise', () => {
    const sealed = sealer.seal('totp', 'prs_1', TEXT)
    for (let length = 0; length < sealed.length; length++) {
      const reason = reasonOf(() => sealer.open('totp', 'prs_1', sealed.slice(0, length)))
      expect(['malformed', 'forged']).toContain(reason)
    }
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const digit of digits.replace(sealed.at(-1) ?? '', '')) {
      const other = sealed.slice(0, -1) + digit
      expect(reasonOf(() => sealer.open('totp', 'prs_1', other))).toBe('forged')
    }
    for (const other of [`${sealed}A`, `${sealed}=`, sealed.replace('cs1', 'cs2'), `${sealed}\n`]) {
      expect(['malformed', 'forged']).toContain(reasonOf(() => sealer.open('totp', 'prs_1', other)))
    }
  })

  test('under another secret is told as that, not as forged', () => {
    const sealed = createSealer(OTHER).seal('totp', 'prs_1', TEXT)
    expect(reasonOf(() => sealer.open('totp', 'prs_1', sealed))).toBe('unknown_secret')
  })

  test('under a previous secret still opens, and is sealed anew under the current one', () => {
    const sealed = createSealer(OTHER).seal('totp', 'prs_1', TEXT)
    const both = createSealer(SECRET, [OTHER])
    expect(both.open('totp', 'prs_1', sealed)).toEqual(TEXT)
    expect(sealer.open('totp', 'prs_1', both.seal('totp', 'prs_1', TEXT))).toEqual(TEXT)
  })

  test('says in its error where, and neither secret nor content', () => {
    const sealed = sealer.seal('totp', 'prs_1', TEXT)
    expect(() => sealer.open('totp', 'prs_2', sealed)).toThrow(
      'The sealed text was changed or belongs elsewhere (totp prs_2)',
    )
  })
})

test.each(['', 'short', 'x'.repeat(31), new Uint8Array(31)])(
  'a secret of less than 32 bytes is refused (%#)',
  (secret) => {
    expect(() => createSealer(secret)).toThrow(RangeError)
    expect(() => createSealer(SECRET, [secret])).toThrow(RangeError)
  },
)
