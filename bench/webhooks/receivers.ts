import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Servers of callers, on loopback: each takes a request in whole, notes when, and says 204. */
export interface Receivers {
  urls: string[]
  /** Epoch ms at which each delivery had arrived, by the receiver's number and the webhook's id; its first arrival counts. */
  arrivals: Map<string, number>
  /** From now on the last of them answers nothing. */
  hangLast: (isHanging: boolean) => void
  close: () => void
}

export async function openReceivers(count: number): Promise<Receivers> {
  const arrivals = new Map<string, number>()
  let isHanging = false
  const servers = Array.from({ length: count }, (_, nr) =>
    createServer((request, response) => {
      request.resume().on('end', () => {
        const key = arrivalKey(nr, String(request.headers['webhook-id']))
        if (!arrivals.has(key)) arrivals.set(key, wallClock())
        if (!isHanging || nr < count - 1) response.writeHead(204).end()
      })
    }),
  )
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    urls: servers.map(
      (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    ),
    arrivals,
    hangLast: (hangs) => {
      isHanging = hangs
    },
    close: () => {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

export function arrivalKey(receiver: number, webhookId: string): string {
  return `${receiver} ${webhookId}`
}

/** Epoch ms with a fraction. Nobody sets the clock of the machine during a bench. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now()
}
