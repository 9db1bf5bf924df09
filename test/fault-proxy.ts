import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll } from 'vitest'

/** What goes wrong with one call: the server does it and its answer is lost, or somebody between answers instead. */
export type Fault =
  | 'answer_lost'
  | 'connection_lost'
  | { status: number; headers?: Record<string, string>; body?: string }

export interface FaultProxy {
  url: string
  /** The next calls whose path ends in `path` meet these faults, one each; then calls pass. */
  fail: (path: string, ...faults: Fault[]) => void
  /** From here on everything passes. */
  forget: () => void
  /** Bodies of the calls seen so far whose path ends in `path`. */
  calls: (path: string) => string[]
  /** Told when the proxied server has answered a call, before the answer is passed on. */
  onAnswer: (callback: (path: string) => Promise<void> | void) => void
}

/** The network between a caller and the API. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const faults: { path: string; fault: Fault }[] = []
  const seen: { path: string; body: string }[] = []
  let told: (path: string) => Promise<void> | void = () => undefined
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const body = await buffer(request)
    seen.push({ path, body: body.toString('utf8') })
    const at = faults.findIndex((one) => path.endsWith(one.path))
    const [found] = at < 0 ? [] : faults.splice(at, 1)
    const fault = found?.fault
    if (fault === 'connection_lost') return request.socket.destroy()
    if (typeof fault === 'object') {
      return response.writeHead(fault.status, fault.headers).end(fault.body ?? '')
    }
    const answer = await forward(target, request, body)
    await told(path)
    if (fault === 'answer_lost') return request.socket.destroy()
    return response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (path, ...more) => {
      faults.push(...more.map((fault) => ({ path, fault })))
    },
    forget: () => {
      faults.length = 0
    },
    calls: (path) => seen.filter((one) => one.path.endsWith(path)).map((one) => one.body),
    onAnswer: (callback) => {
      told = callback
    },
  }
}

async function forward(target: string, request: IncomingMessage, body: Buffer) {
  const { host: _host, connection: _connection, ...headers } = request.headers
  const answer = await fetch(new URL(request.url ?? '', target), {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? '', ...retryAfter(answer) },
    body: await answer.text(),
  }
}

function retryAfter(answer: Response): Record<string, string> {
  const value = answer.headers.get('retry-after')
  return value === null ? {} : { 'retry-after': value }
}
