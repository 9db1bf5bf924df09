import { BlockList } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Allowed, addressFault, mayConnectTo, readAllowed } from './address-guard'

const NOTHING: Allowed = { hosts: [], networks: new BlockList() }
const allowed = (text: string) => {
  const read = readAllowed(text)
  if (!read) throw new Error(`not readable: ${text}`)
  return read
}

describe('an address that a webhook may go to', () => {
  it('is public and https', () => {
    for (const url of [
      'https://hooks.example.com/countersign?team=7',
      'https://hooks.example.com:8443/',
      'https://93.184.216.34/',
      'https://[2606:2800:220:1::1]/',
    ]) {
      expect(addressFault(url, NOTHING), url).toBeNull()
    }
  })

  it('is no other kind of address', () => {
    const faults = {
      'hooks.example.com': 'not_a_url',
      'http://hooks.example.com/': 'not_https',
      'ftp://hooks.example.com/': 'not_https',
      'file:///etc/passwd': 'not_https',
      'https://user:secret@hooks.example.com/': 'has_credentials',
      'https://hooks.example.com:22/': 'port_not_allowed',
      'https://hooks.example.com:6379/': 'port_not_allowed',
    }
    for (const [url, fault] of Object.entries(faults))
      expect(addressFault(url, NOTHING), url).toBe(fault)
  })

  it('is no private one, however it is written', () => {
    for (const host of [
      '127.0.0.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '127.1',
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '169.254.169.254',
      '172.31.255.1',
      '192.168.0.1',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '[::]',
      '[::1]',
      '[::127.0.0.1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::7f00:1]',
      '[fe80::1]',
      '[fc00::1]',
      '[fd00:ec2::254]',
      '[ff02::1]',
      '[2001::1]',
      '[2001:db8::1]',
      '[2002:7f00:1::]',
    ]) {
      expect(addressFault(`https://${host}/`, NOTHING), host).toBe('private_address')
    }
  })

  it('is judged the same when a name resolves to it', () => {
    for (const address of [
      '169.254.169.254',
      '::1',
      '::ffff:10.0.0.1',
      '::127.0.0.1',
      'fe80::1%eth0',
    ]) {
      expect(mayConnectTo(address, NOTHING), address).toBe(false)
    }
    expect(mayConnectTo('93.184.216.34', NOTHING)).toBe(true)
    expect(mayConnectTo('2606:2800:220:1::1', NOTHING)).toBe(true)
    expect(mayConnectTo('hooks.example.com', NOTHING)).toBe(false)
  })

  it('can be a private one that whoever runs the installation allows, and only that', () => {
    const own = allowed('10.1.0.0/16, ::1, hooks.internal')
    expect(addressFault('http://10.1.9.9:9000/', own)).toBeNull()
    expect(addressFault('http://[::1]:9000/', own)).toBeNull()
    expect(addressFault('http://hooks.internal:9000/', own)).toBeNull()
    expect(mayConnectTo('10.9.9.9', own, 'hooks.internal')).toBe(true)
    expect(addressFault('https://10.2.0.1/', own)).toBe('private_address')
    expect(addressFault('http://hooks.example.com/', own)).toBe('not_https')
    expect(mayConnectTo('10.9.9.9', own, 'evil.example')).toBe(false)
  })

  it('is read from a list that has no slip in it', () => {
    for (const text of ['10.0.0.0/33', 'http://x', 'a b', '10.0.0.0/-1', '::1/200', '-x']) {
      expect(readAllowed(text), text).toBeNull()
    }
    expect(readAllowed('')?.hosts).toEqual([])
  })
})
