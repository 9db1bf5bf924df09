import type { AddressInfo } from 'node:net'
import { createServer, connect as dial, type Socket } from 'node:net'

/** A wire between the product and PostgreSQL that counts, holds replies back, hangs and breaks, as networks do. */
export interface PgProxy {
  /** The database's URL through the proxy. */
  url: string
  /** Answers that PostgreSQL finished (ReadyForQuery) since the last call: one for each round trip. */
  roundTrips(): number
  /** Keeps back the first reply that holds `text`, and everything after it on that connection, until released. */
  holdReply(text: string): { held: Promise<void>; release: () => void }
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>
  /** Connections stand, nothing passes. */
  freeze(): void
  /** Ends `cut` and `freeze`. */
  restore(): Promise<void>
  close(): Promise<void>
}

interface Hold {
  text: string
  onHeld: () => void
  release?: () => void
}

export async function startPgProxy(databaseUrl: string): Promise<PgProxy> {
  const wire: Wire = {
    target: new URL(databaseUrl),
    pairs: new Set(),
    finished: 0,
    isFrozen: false,
    hold: null,
  }
  const server = createServer((client) => relay(wire, client))
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const each = (work: (socket: Socket) => void) => {
    for (const pair of wire.pairs) for (const socket of pair) work(socket)
  }
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    each((socket) => socket.destroy())
    await closed
  }
  return {
    url: url.href,
    roundTrips: () => {
      const since = wire.finished
      wire.finished = 0
      return since
    },
    holdReply: (text) => {
      const held = new Promise<void>((onHeld) => {
        wire.hold = { text, onHeld }
      })
      const release = () => {
        wire.hold?.release?.()
        wire.hold = null
      }
      return { held, release }
    },
    cut,
    freeze: () => {
      wire.isFrozen = true
      each((socket) => socket.pause())
    },
    restore: async () => {
      wire.isFrozen = false
      each((socket) => socket.resume())
      if (!server.listening) await listen(port)
    },
    close: async () => {
      if (server.listening) await cut()
    },
  }
}

interface Wire {
  target: URL
  pairs: Set<[Socket, Socket]>
  finished: number
  isFrozen: boolean
  hold: Hold | null
}

function relay(wire: Wire, client: Socket): void {
  const upstream = dial({ host: wire.target.hostname, port: Number(wire.target.port) })
  const pair: [Socket, Socket] = [client, upstream]
  wire.pairs.add(pair)
  const count = createCounter()
  client.on('data', (chunk) => upstream.write(chunk))
  upstream.on('data', (chunk) => {
    wire.finished += count(chunk)
    if (wire.hold && !wire.hold.release && chunk.includes(wire.hold.text)) {
      upstream.pause()
      wire.hold.release = () => {
        client.write(chunk)
        upstream.resume()
      }
      wire.hold.onHeld()
      return
    }
    client.write(chunk)
  })
  const end = () => {
    for (const socket of pair) socket.destroy()
    wire.pairs.delete(pair)
  }
  for (const socket of pair) socket.on('error', end).on('close', end)
  if (wire.isFrozen) for (const socket of pair) socket.pause()
}

const READY_FOR_QUERY = 0x5a
const HEADER_BYTES = 5

/** Counts ReadyForQuery in a stream of messages, each a type byte and a length that counts itself. */
function createCounter(): (chunk: Buffer) => number {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    let count = 0
    while (rest.length >= HEADER_BYTES) {
      const length = rest.readUInt32BE(1) + 1
      if (rest.length < length) break
      if (rest[0] === READY_FOR_QUERY) count++
      rest = rest.subarray(length)
    }
    return count
  }
}
