import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApi } from '../api/app'
import { parseConfig } from '../lib/config'
import { createRuntime } from '../lib/runtime'

/** What this process uses, and how many wait in it. */
export interface Usage {
  waiting: number
  rssBytes: number
  heapBytes: number
  cpuMs: number
}

/** The callers' API in a process of its own, with nothing else in it. Started by another bench with a channel to it. */
async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0))
  const runtime = await createRuntime(parseConfig(process.env))
  const listener = runtime.listen()
  await listener.whenListening()
  const answer = getRequestListener(createApi({ runtime, listener }).fetch)
  const server = createServer((request, response) => void answer(request, response))
  const usage = (isExact: boolean): Usage => {
    // Collecting takes a while in a process of this size: not at every look.
    if (isExact) globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    return {
      waiting: listener.waitingCount(),
      rssBytes: rss,
      heapBytes: heapUsed,
      cpuMs: (user + system) / 1_000,
    }
  }
  process.on('message', (asked) => process.send?.(usage(asked === 'exact')))
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
    process.send?.({ port: (server.address() as AddressInfo).port })
  })
}

await main()
