import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook } from '#lib/core/webhook/signature'
import { atEndOfFile } from './at-end-of-file'

export interface Received {
  id: string
  timestamp: string
  signature: string
  body: string
  /** Epoch ms. */
  at: number
}

export interface Receiver {
  url: string
  received: Received[]
  /** What it answers from now on; 204 at first. `hang` answers nothing. */
  answer: (how: number | 'hang' | ((response: ServerResponse) => void)) => void
  /** Resolves once so many were received. */
  until: (count: number) => Promise<Received[]>
  verify: (delivery: Received, secret: string, now?: number) => boolean
  close: () => void
}

/** A caller's own server that webhooks are sent to, on loopback. */
export async function webhookReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let how: Parameters<Receiver['answer']>[0] = 204
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const header = (name: string) => String(request.headers[name] ?? '')
      received.push({
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
        body: Buffer.concat(chunks).toString('utf8'),
        at: Date.now(),
      })
      for (const wake of waiting) wake()
      if (typeof how === 'function') how(response)
      else if (how !== 'hang') response.writeHead(how).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  atEndOfFile(close)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (next) => {
      how = next
    },
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
      }),
    verify: ({ body, ...headers }, secret, now = Date.now()) =>
      verifyWebhook(body, headers, { secrets: [secret], now }).ok,
    close,
  }
}
