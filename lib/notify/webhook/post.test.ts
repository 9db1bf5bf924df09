import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, BlockList } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { readAllowed } from './address-guard'
import { post } from './post'

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

const LOOPBACK = readAllowed('127.0.0.1, receiver.test') ?? { hosts: [], networks: new BlockList() }
const NOTHING = { hosts: [], networks: new BlockList() }
const HEADERS = { 'webhook-id': 'evt_1' }

async function receiver(listener: RequestListener, raw?: string): Promise<number> {
  const server = createServer(listener)
  // What no server of Node says by itself.
  if (raw !== undefined) {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write(raw))
    })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('one post of a webhook', () => {
  it('sends the body as it is and brings back status, headers and the beginning of the answer', async () => {
    let got = ''
    const port = await receiver((request, response) => {
      request.on('data', (chunk) => {
        got += chunk
      })
      request.on('end', () => {
        response.writeHead(202, { 'retry-after': '7', 'set-cookie': 'session=secret' })
        response.end(`ok\0${'x'.repeat(5_000)}`)
      })
    })
    const sent = { headers: HEADERS, body: '{"ä":1}' }
    const posted = await post(`http://127.0.0.1:${port}/hook`, sent, { allowed: LOOPBACK })
    expect(posted).toMatchObject({ status: 202, fault: null })
    expect(got).toBe('{"ä":1}')
    expect(posted.headers).toMatchObject({ 'retry-after': '7' })
    expect(JSON.stringify(posted.headers)).not.toContain('secret')
    expect(posted.body.length).toBeLessThanOrEqual(2_048)
    expect(posted.body).not.toContain('\0')
  })

  it('does not follow a redirect', async () => {
    let askedCount = 0
    const port = await receiver((request, response) => {
      askedCount += 1
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
      request.resume()
    })
    const posted = await post(
      `http://127.0.0.1:${port}/`,
      { headers: HEADERS, body: '{}' },
      { allowed: LOOPBACK },
    )
    expect(posted).toMatchObject({ status: 302, fault: null })
    expect(askedCount).toBe(1)
  })

  it('goes to the address that was checked, whatever the name resolves to a moment later', async () => {
    let askedCount = 0
    const port = await receiver((request, response) => {
      askedCount += 1
      request.resume()
      response.end()
    })
    let lookups = 0
    // The first answer is where the receiver is; every later one would be the metadata service.
    const resolve = () => {
      lookups += 1
      const address = lookups === 1 ? '127.0.0.1' : '169.254.169.254'
      return Promise.resolve([{ address, family: 4 }])
    }
    const url = `http://receiver.test:${port}/`
    const posted = await post(url, { headers: HEADERS, body: '{}' }, { allowed: LOOPBACK, resolve })
    expect(posted).toMatchObject({ status: 200, fault: null })
    expect([askedCount, lookups]).toEqual([1, 1])
  })

  it('refuses a name when any of its addresses is private, without a connection', async () => {
    let askedCount = 0
    const port = await receiver((_request, response) => {
      askedCount += 1
      response.end()
    })
    for (const address of [
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '::127.0.0.1',
      '169.254.169.254',
    ]) {
      const family = address.includes(':') ? 6 : 4
      const all = [
        { address: '93.184.216.34', family: 4 },
        { address, family },
      ]
      const resolve = () => Promise.resolve(all)
      const posted = await post(
        'https://hooks.example.com:8443/',
        { headers: HEADERS, body: '{}' },
        { allowed: NOTHING, resolve },
      )
      expect(posted, address).toMatchObject({ status: null, fault: 'private_address' })
    }
    const direct = await post(
      `http://0x7f.1:${port}/`,
      { headers: HEADERS, body: '{}' },
      { allowed: NOTHING },
    )
    expect(direct).toMatchObject({ status: null, fault: 'private_address' })
    expect(askedCount).toBe(0)
  })

  it('ends in time with a receiver that hangs, one that drips, and a name that does not resolve', async () => {
    const hanging = await receiver(() => undefined)
    const dripping = await receiver((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const options = { allowed: LOOPBACK, timeoutMs: 300 }
    for (const port of [hanging, dripping]) {
      const posted = await post(
        `http://127.0.0.1:${port}/`,
        { headers: HEADERS, body: '{}' },
        options,
      )
      expect(posted.fault).toBe('timeout')
    }
    const silent = { ...options, resolve: () => new Promise<never>(() => undefined) }
    const unresolved = await post(
      'https://hooks.example.com/',
      { headers: HEADERS, body: '{}' },
      silent,
    )
    expect(unresolved.fault).toBe('timeout')
  })

  it('ends at once with a receiver that switches to another protocol: its place is free again', async () => {
    const port = await receiver(
      () => undefined,
      'HTTP/1.1 101 Switching Protocols\r\n' + 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    const posted = await post(
      `http://127.0.0.1:${port}/`,
      { headers: HEADERS, body: '{}' },
      { allowed: LOOPBACK },
    )
    expect(posted).toMatchObject({ status: 101, fault: null, body: '' })
  })

  it('stops reading an answer that does not end', async () => {
    let written = 0
    const port = await receiver((_request, response) => {
      const chunk = Buffer.alloc(16_384, 'x')
      const write = () => {
        while (!response.destroyed && written < 50_000_000) {
          written += chunk.length
          if (!response.write(chunk)) {
            response.once('drain', write)
            return
          }
        }
      }
      write()
    })
    const posted = await post(
      `http://127.0.0.1:${port}/`,
      { headers: HEADERS, body: '{}' },
      { allowed: LOOPBACK },
    )
    expect(posted.status).toBe(200)
    expect(written).toBeLessThan(50_000_000)
  })

  it('says what went wrong when nobody listens', async () => {
    const port = await receiver(() => undefined)
    closers.pop()?.()
    const posted = await post(
      `http://127.0.0.1:${port}/`,
      { headers: HEADERS, body: '{}' },
      { allowed: LOOPBACK },
    )
    expect(posted).toMatchObject({ status: null, fault: 'refused_connection' })
  })
})
