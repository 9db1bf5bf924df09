import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the double was asked. */
export interface Stage0Ask {
  path: string
  headers: IncomingHttpHeaders
  body: unknown
}

/** How to answer: a whole JSON answer, or anything at all done to the response by hand. */
export type Stage0Reply =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | ((response: ServerResponse, ask: Stage0Ask) => void)

export interface Stage0Double {
  url: string
  key: string
  /** Everything it was asked, oldest first. */
  asks: Stage0Ask[]
  /** Answers every later ask like this; `undefined` = by its own rule again. */
  reply(with_: Stage0Reply | undefined): void
  close(): Promise<void>
}

/**
 * A stand-in for Stage0 at the network's edge. By its own rule it refuses a wrong key, and says ALLOW once the context holds
 * `approval_status: approved` and `rollback_plan: true`, else DEFER with an issue for each.
 */
export async function startStage0Double(): Promise<Stage0Double> {
  const key = 'stage0-test-key'
  const asks: Stage0Ask[] = []
  let reply: Stage0Reply | undefined

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
      const ask = { path: request.url ?? '', headers: request.headers, body }
      asks.push(ask)
      answer(response, ask, reply ?? ownRule(ask, key))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    asks,
    reply: (with_) => {
      reply = with_
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(response: ServerResponse, ask: Stage0Ask, reply: Stage0Reply): void {
  if (typeof reply === 'function') {
    reply(response, ask)
    return
  }
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
  response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
}

function ownRule({ headers, body }: Stage0Ask, key: string): Stage0Reply {
  if (headers['x-api-key'] !== key && headers.authorization !== `Bearer ${key}`) {
    return { status: 401, body: { detail: 'Invalid API key' } }
  }
  const context = (body as { context?: Record<string, unknown> }).context ?? {}
  const issues = [
    ...(context['approval_status'] === 'approved'
      ? []
      : [{ code: 'APPROVAL_PENDING', severity: 'MEDIUM', message: 'Approval is still pending.' }]),
    ...(context['rollback_plan'] === true
      ? []
      : [{ code: 'NO_ROLLBACK', severity: 'MEDIUM', message: 'Rollback evidence is missing.' }]),
  ]
  const isFine = issues.length === 0
  return {
    body: {
      verdict: isFine ? 'ALLOW' : 'DEFER',
      decision: isFine ? 'GO' : 'DEFER',
      issues,
      request_id: 'stage0-req-1',
      policy_version: 'stage0-pack-1',
    },
  }
}
