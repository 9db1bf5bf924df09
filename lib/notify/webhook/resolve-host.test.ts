import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { afterAll, expect, test } from 'vitest'
import { resolveHost } from './resolve-host'

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

const NOTHING = { hosts: [] }
const TYPE = { A: 1, AAAA: 28 }
const forever = new AbortController().signal

/** A name server on loopback that knows these addresses by name, and is silent about every other name. */
async function nameServer(known: Record<string, string[]>): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query)
    const addresses = known[name]
    if (!addresses) return
    const answers = addresses.filter((one) => one.includes(':') === (type === TYPE.AAAA))
    socket.send(answerTo(query.subarray(0, end), type, answers), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  closers.push(() => socket.close())
  return `127.0.0.1:${socket.address().port}`
}

/** RFC 1035 section 4.1.2. */
function questionOf(query: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answerTo(question: Buffer, type: number, addresses: string[]): Buffer {
  const head = Buffer.from(question)
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(addresses.length, 6)
  head.fill(0, 8, 12)
  const records = addresses.map((address) => {
    const data = bytesOf(address)
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, ...records])
}

/** Of an IPv6 address only in its long form. */
function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  return Buffer.from(address.replaceAll(':', ''), 'hex')
}

test('a name has all its addresses of both families, or of the one that is answered for', async () => {
  const server = await nameServer({
    'both.example': ['93.184.216.34', '10.0.0.1', '2606:2800:0220:0001:0000:0000:0000:0001'],
    'four.example': ['93.184.216.34'],
  })
  expect(await resolveHost('both.example', NOTHING, forever, [server])).toEqual([
    { address: '2606:2800:220:1::1', family: 6 },
    { address: '93.184.216.34', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ])
  expect(await resolveHost('four.example', NOTHING, forever, [server])).toEqual([
    { address: '93.184.216.34', family: 4 },
  ])
})

test('a name whose name server is silent ends with the signal, and holds up no other lookup', async () => {
  const server = await nameServer({})
  const late = new AbortController()
  const silent = Array.from({ length: 16 }, (_, at) =>
    resolveHost(`silent${at}.example`, NOTHING, AbortSignal.any([late.signal]), [server]),
  )
  // By the system, on one of the few threads that there are.
  expect(await lookup('localhost')).toHaveProperty('address')
  late.abort()
  for (const { status, ...told } of await Promise.allSettled(silent)) {
    expect([status, told]).toMatchObject(['rejected', { reason: { code: 'ENOTFOUND' } }])
  }
})

test('a host that the operator named, and a name without a dot, is what the system says', async () => {
  const server = await nameServer({})
  const own = { hosts: ['localhost'] }
  for (const allowed of [own, NOTHING]) {
    const found = await resolveHost('localhost', allowed, forever, [server])
    expect(found.map(({ address }) => address)).toContain('127.0.0.1')
  }
})
