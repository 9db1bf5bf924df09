import type { IncomingMessage } from 'node:http'
import { BlockList } from 'node:net'
import { describe, expect, it } from 'vitest'
import { nameClient, nameHost } from './page-headers'

function request(remoteAddress: string, headers: IncomingMessage['headers']) {
  return { headers, socket: { remoteAddress } } as IncomingMessage
}

const proxy = new BlockList()
proxy.addAddress('10.0.0.2', 'ipv4')

describe('what pages read as the client’s address', () => {
  it('is never what the client wrote', () => {
    for (const trustedProxies of [null, proxy]) {
      const sent = request('203.0.113.9', { 'x-forwarded-for': '198.51.100.1' })
      nameClient(sent, { trustedProxies })
      expect(sent.headers['x-forwarded-for']).toBe('203.0.113.9')
    }
  })

  it('is there where nothing was sent', () => {
    const sent = request('203.0.113.9', {})
    nameClient(sent, { trustedProxies: null })
    expect(sent.headers['x-forwarded-for']).toBe('203.0.113.9')
  })

  it('behind a trusted proxy is what that proxy heard, whatever stands before it', () => {
    const sent = request('10.0.0.2', { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' })
    nameClient(sent, { trustedProxies: proxy })
    expect(sent.headers['x-forwarded-for']).toBe('203.0.113.9')
  })
})

describe('what pages read as the host', () => {
  it('is that of PUBLIC_URL, whatever was sent', () => {
    const sent = request('203.0.113.9', {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    })
    nameHost(sent, 'https://countersign.example')
    expect(sent.headers).toEqual({
      host: 'countersign.example',
      'x-forwarded-host': 'countersign.example',
      'x-forwarded-proto': 'https',
    })
  })
})
