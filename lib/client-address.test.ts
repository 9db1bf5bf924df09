import { describe, expect, test } from 'vitest'
import { clientAddress, clientOf, readTrustedProxies } from './client-address'

const trust = (text: string) => {
  const read = readTrustedProxies(text)
  if (read === null) throw new Error(`not read: ${text}`)
  return read
}

describe('the address of a client', () => {
  test.each(['203.0.113.9', '127.0.0.1', '10.0.0.1, 203.0.113.9', '::1', 'unknown', ''])(
    'is the connection’s own without a trusted proxy, whatever X-Forwarded-For says: %j',
    (forwarded) => {
      expect(clientAddress('198.51.100.7', forwarded, null)).toBe('198.51.100.7')
    },
  )

  test.each([
    ['1', '203.0.113.9', '203.0.113.9'],
    ['1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['2', '1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.0/8', '1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.1,10.0.0.2', '1.1.1.1, 203.0.113.9:4711, 10.0.0.2', '203.0.113.9'],
    ['fd00::/8, 10.0.0.1', '203.0.113.9, [fd00::3]:99', '203.0.113.9'],
    ['10.0.0.0/8', '2001:db8::1', '2001:db8::1'],
  ])('behind %s is what the outermost of them heard: %s', (proxies, forwarded, client) => {
    expect(clientAddress('10.0.0.1', forwarded, trust(proxies))).toBe(client)
  })

  test('is not believed from a connection that is no trusted proxy', () => {
    expect(clientAddress('198.51.100.7', '203.0.113.9', trust('10.0.0.0/8'))).toBe('198.51.100.7')
  })

  test('that a proxy did not add is the connection’s', () => {
    expect(clientAddress('10.0.0.1', undefined, trust('1'))).toBe('10.0.0.1')
    expect(clientAddress('10.0.0.1', undefined, trust('10.0.0.0/8'))).toBe('10.0.0.1')
  })

  test('that is no address is the same client, whatever it says', () => {
    const told = ['x', 'y; DROP TABLE', '999.1.1.1'].map((text) =>
      clientAddress('10.0.0.1', text, trust('1')),
    )
    expect(new Set(told).size).toBe(1)
  })

  test('mapped into IPv6 is the IPv4 address that it is', () => {
    expect(clientAddress('::ffff:198.51.100.7', undefined, null)).toBe('198.51.100.7')
  })
})

describe('one client', () => {
  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['198.51.100.7', '198.51.100.8', false],
  ])('has %s and %s: %s', (one, other, isSame) => {
    expect(clientOf(one) === clientOf(other)).toBe(isSame)
  })
})

test.each([
  '0',
  '11',
  '-1',
  '10.0.0.0/33',
  '10.0.0',
  'proxy.internal',
  '10.0.0.1,,',
  '::/129',
  '1/2/3',
])('TRUSTED_PROXIES=%s is refused', (text) => {
  expect(readTrustedProxies(text)).toBeNull()
})
