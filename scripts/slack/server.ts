import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBody, type ServerContext, send } from './exchange'
import { answerPage } from './page-routes'

export interface EmulatorServer {
  /** http://127.0.0.1:… */
  origin: string
  /** From now on people may act. */
  open(what: Partial<Pick<ServerContext, 'acts' | 'codeOf' | 'hooks'>>): void
  close(): Promise<void>
}

/** One server on this machine alone: Slack's Web API, the answers to response_urls, and the page. */
export async function startServer(
  options: Pick<ServerContext, 'api' | 'botToken' | 'journal' | 'zone' | 'publicUrl'> & {
    port: number
  },
): Promise<EmulatorServer> {
  const context: ServerContext = {
    ...options,
    isDown: false,
    codeOf: null,
    acts: null,
    hooks: null,
  }
  const server = createServer((request, response) => {
    answer(context, request, response).catch((error: unknown) => {
      const words = error instanceof Error ? error.message : String(error)
      if (!response.headersSent) send(response, 500, { error: words })
      else response.destroy()
    })
  })
  const port = await listen(server, options.port)
  return {
    origin: `http://127.0.0.1:${port}`,
    open: (what) => Object.assign(context, what),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://page')
  const { port } = request.socket.address() as AddressInfo
  // Another site's page, or a name that was made to lead here, must not act as a user of this workspace.
  if (!isOurs(request, port))
    return send(response, 403, { error: 'This page answers itself alone.' })
  const called = /^\/(api|actions)\/([\w.-]+)$/.exec(url.pathname)
  if (!called) return answerPage(context, { request, response, url })
  if (context.isDown) return void response.destroy()
  if (request.method !== 'POST' || request.headers.origin !== undefined) {
    return send(response, 403, { ok: false, error: 'not_allowed' })
  }
  const [, kind, name = ''] = called
  const body = await readBody(request)
  if (kind === 'actions') {
    const [status, text] = (await context.hooks?.answer(name, JSON.parse(body))) ?? [404, '']
    response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
    return
  }
  const contentType = request.headers['content-type'] ?? ''
  if (!bearsToken(request, body, context.botToken)) {
    return send(response, 200, { ok: false, error: 'invalid_auth' })
  }
  send(response, 200, await context.api.call(name, body, contentType))
}

function isOurs({ headers, method }: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!hosts.includes(headers.host ?? '')) return false
  if (method === 'GET' || method === 'HEAD') return true
  return headers.origin === undefined || headers.origin === `http://${headers.host}`
}

function bearsToken(request: IncomingMessage, body: string, token: string): boolean {
  const bearer = request.headers.authorization?.replace(/^Bearer /, '')
  return bearer === token || (!bearer && new URLSearchParams(body).get('token') === token)
}

/** On the port that was asked for, or on any that is free. */
async function listen(server: Server, port: number): Promise<number> {
  const attempt = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await attempt(port).catch(() => attempt(0))
  return (server.address() as AddressInfo).port
}
