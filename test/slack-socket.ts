import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll } from 'vitest'

/** Slack's end of Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): a web socket that hands out envelopes. */
export interface SlackSocket {
  /** What apps.connections.open answers. */
  url: string
  /** Resolves once somebody is connected. */
  connected(): Promise<void>
  /** Sends an envelope; resolves with what it is acknowledged with. */
  hand(envelope: { id: string; type: string; payload: object }): Promise<unknown>
  /** Breaks the connection, as Slack does every few hours. */
  hangUp(): void
}

const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export async function startSlackSocket(): Promise<SlackSocket> {
  const server = createServer()
  let open: Duplex | null = null
  let onConnected: () => void = () => undefined
  const waiting = new Map<string, (payload: unknown) => void>()
  server.on('upgrade', (request, socket: Duplex) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${HANDSHAKE}`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    open = socket
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (open === socket) open = null
    })
    const read = frameReader()
    socket.on('data', (chunk: Buffer) => {
      for (const text of read(chunk)) {
        const told = JSON.parse(text) as { envelope_id: string; payload?: unknown }
        waiting.get(told.envelope_id)?.(told.payload)
      }
    })
    socket.write(frame(JSON.stringify({ type: 'hello', num_connections: 1 })))
    onConnected()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    open?.destroy()
    server.close()
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`,
    connected: () =>
      open
        ? Promise.resolve()
        : new Promise((resolve) => {
            onConnected = resolve
          }),
    hand: ({ id, type, payload }) =>
      new Promise((resolve) => {
        waiting.set(id, resolve)
        const envelope = { envelope_id: id, type, payload, accepts_response_payload: true }
        open?.write(frame(JSON.stringify(envelope)))
      }),
    hangUp: () => {
      open?.destroy()
      open = null
    },
  }
}

const TEXT = 0x81
const LENGTH_16 = 126

/** One text frame from a server, unmasked (RFC 6455, 5.2). */
function frame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(body.length < LENGTH_16 ? 2 : 4)
  head[0] = TEXT
  head[1] = Math.min(body.length, LENGTH_16)
  if (body.length >= LENGTH_16) head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

/** Text frames from a client; other frames are left out. */
function frameReader(): (chunk: Buffer) => string[] {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const texts: string[] = []
    for (let found = nextFrame(rest); found; found = nextFrame(rest)) {
      if (found.text !== null) texts.push(found.text)
      rest = rest.subarray(found.size)
    }
    return texts
  }
}

/** The first frame, masked with four bytes of its own; null where it is not whole yet. */
function nextFrame(bytes: Buffer): { text: string | null; size: number } | null {
  if (bytes.length < 4) return null
  const short = (bytes[1] ?? 0) & 0x7f
  const isLong = short === LENGTH_16
  const at = isLong ? 4 : 2
  const start = at + 4
  const size = start + (isLong ? bytes.readUInt16BE(2) : short)
  if (bytes.length < size) return null
  const mask = bytes.subarray(at, start)
  const unmasked = bytes.subarray(start, size).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return { text: bytes[0] === TEXT ? Buffer.from(unmasked).toString() : null, size }
}
