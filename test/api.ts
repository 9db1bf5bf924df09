import { createServer, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createListener } from '#lib/db/listen'
import type { Listener, Runtime } from '#lib/runtime'
import { createApi, ROUTES } from '../api/app'
import { codesOf } from '../api/openapi/refusals'
import { atEndOfFile } from './at-end-of-file'

export interface Told {
  status: number
  headers: Headers
  /** The JSON that came back; {} when it was none. */
  body: Record<string, unknown>
}

export interface Sent {
  key?: string
  /** Text and bytes go as they are, anything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export type Ask = (method: string, path: string, sent?: Sent) => Promise<Told>

export interface Api {
  ask: Ask
  /** The same through a real node server, which is started once and stopped after the file's tests. */
  serve: (options?: ServerOptions) => Promise<{ ask: Ask; port: number }>
  listener: Listener
}

/** The callers' API of a runtime, asked as callers ask. */
export function apiOf(runtime: Runtime, databaseUrl = runtime.config.databaseUrl): Api {
  const listener = createListener(databaseUrl, runtime.log)
  atEndOfFile(() => listener.close())
  const app = createApi({ runtime, listener })
  const ask = asker(runtime.config.publicUrl, async (request) => await app.fetch(request))
  const serve = async (options: ServerOptions = {}) => {
    const handle = getRequestListener(app.fetch)
    const server = createServer(options, (request, response) => void handle(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEndOfFile(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    return { ask: asker(`http://127.0.0.1:${port}`, fetch), port }
  }
  return { ask, serve, listener }
}

function asker(origin: string, send: (request: Request) => Promise<Response>): Ask {
  return async (method, path, { key, body, headers = {}, signal } = {}) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const response = await send(
      new Request(`${origin}${path}`, {
        method,
        headers: {
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && {
          body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
        }),
        ...(signal && { signal }),
      }),
    )
    const { status, headers: told } = response
    if (told.get('content-type') === 'text/event-stream') {
      // Whoever wants to read it opens it itself: it would go on for half an hour.
      await response.body?.cancel()
      return { status, headers: told, body: {} }
    }
    const answered = read(await response.text())
    expectToldOf(method, path, status, answered)
    return { status, headers: told, body: answered }
  }
}

/** Whatever a test is about: no call answers with a status or a refusal that the OpenAPI document does not tell of. */
function expectToldOf(
  method: string,
  target: string,
  status: number,
  { code }: Record<string, unknown>,
): void {
  const path = target.split('?', 1)[0] ?? ''
  const route = ROUTES.find(
    (each) => each.method === method.toLowerCase() && patternOf(each.path).test(path),
  )
  if (!route) return
  const isTold = status < 400 ? status in route.answers : CODES.get(route)?.has(String(code))
  if (!isTold) throw new Error(`The document does not tell of ${method} ${path}: ${status} ${code}`)
}

const CODES = new Map(ROUTES.map((route) => [route, new Set<string>(codesOf(route))]))

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

function read(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    // A test that looks into the body then sees that there was none.
    return {}
  }
}
