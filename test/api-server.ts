import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll } from 'vitest'
import { createListener } from '#lib/db/listen'
import type { Runtime } from '#lib/runtime'
import { createApi } from '../api/app'

export interface ApiServer {
  url: string
  /** Drops every connection, as a process that dies does. */
  close: () => Promise<void>
  /** Listens again on the same port. */
  open: () => Promise<void>
}

/** The callers' API on a real port of this machine: the given one, or any. */
export async function serveApi(runtime: Runtime, givenPort = 0): Promise<ApiServer> {
  const listener = createListener(runtime.config.databaseUrl, runtime.log)
  await listener.whenListening()
  const answer = getRequestListener(createApi({ runtime, listener }).fetch)
  let server: Server | null = null
  let port = givenPort
  const open = async () => {
    const opened = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
    port = (opened.address() as AddressInfo).port
    server = opened
  }
  const close = async () => {
    const closing = server
    server = null
    if (closing === null) return
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
    closing.closeAllConnections()
    await closed
  }
  await open()
  afterAll(async () => {
    await close()
    await listener.close()
  })
  return { url: `http://127.0.0.1:${port}`, open, close }
}
