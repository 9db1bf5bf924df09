import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

/** Slack's Web API at the network's edge, answering what a test says: for what no ordinary workspace answers. */
export interface SlackAnswers {
  /** Ends with /api/. */
  url: string
  /** What a method answers from now on; `null` cuts the connection. */
  answer: Map<string, Record<string, unknown> | null>
  /** Parameters of each call, oldest first, and the token it came with. */
  calls: { method: string; args: Record<string, string>; token: string | null }[]
}

export async function startSlackAnswers(): Promise<SlackAnswers> {
  const answer: SlackAnswers['answer'] = new Map()
  const calls: SlackAnswers['calls'] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const method = (request.url ?? '').replace('/api/', '')
      const token = request.headers.authorization?.replace('Bearer ', '') ?? null
      calls.push({ method, args: Object.fromEntries(new URLSearchParams(body)), token })
      const told = answer.get(method)
      if (told === null) return void response.destroy()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(told ?? { ok: true }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/api/`, answer, calls }
}
