import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Acts } from './acts'
import type { Hooks } from './hooks'
import type { Journal } from './journal'
import type { WebApi } from './web-api'

export interface ServerContext {
  api: WebApi
  botToken: string
  journal: Journal
  /** IANA zone of the times on the page. */
  zone: string
  /** Where the console is. */
  publicUrl: string
  /** Web API calls and answers are cut off, as if Slack were away. */
  isDown: boolean
  /** The code that a user's authenticator app shows and that was not used yet; null where they have none. */
  codeOf: ((userName: string) => Promise<string | null>) | null
  acts: Acts | null
  hooks: Hooks | null
}

const MOST_BODY_BYTES = 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BODY_BYTES) throw new Error('That is too much at once.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}
