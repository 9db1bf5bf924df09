import type { z } from 'zod'
import type { CallerCredential, Scope } from '#lib/auth/api-key'
import type { RefusalCode } from '#lib/core/refusals'
import type { Result } from '#lib/core/result'
import type { RequestReader } from '#lib/queries/get-request'
import type { Listener, Runtime } from '#lib/runtime'
import type { CallerStreams } from './caller-streams'

/** What every handler is given besides what its route parsed. */
export interface ApiContext {
  runtime: Runtime
  listener: Listener
  /** Hears which key a call came with; left out where nobody keeps it. */
  noteKey?: (keyId: string) => void
}

/** A call that passed authentication, scope and shape. */
export interface ApiCall<Query, Body> extends ApiContext {
  streams: CallerStreams
  readRequest: RequestReader
  credential: CallerCredential
  /** Looks at the key and its scope again, as the next call would. */
  isStillAllowed: () => Promise<boolean>
  params: Record<string, string>
  query: Query
  body: Body
  header: (name: string) => string | undefined
  signal: AbortSignal
}

export type Answer =
  | { status: 200 | 202; body: unknown; headers?: Record<string, string> }
  /** Server-sent events: an answer that goes on. */
  | { status: 200; stream: ReadableStream<Uint8Array> }

/** What a successful answer looks like. Of an event stream the schema is that of each event's data. */
export interface AnswerShape {
  description: string
  schema: z.ZodType
  mediaType?: 'text/event-stream'
  /** Headers that mean something here, with what. */
  headers?: Record<string, string>
}

interface RouteBase {
  method: 'get' | 'post'
  /** OpenAPI form: /v1/requests/{id} */
  path: string
  operationId: string
  summary: string
  /** Any one of these lets a key in. */
  scopes: [Scope, ...Scope[]]
  query?: z.ZodType
  /** Request headers that the call reads besides those of every call, with what they are for. */
  headers?: Record<string, string>
  /** Another header that the API key may come in, without a scheme. `Authorization` counts first. */
  keyHeader?: string
  /** By status. */
  answers: Record<number, AnswerShape>
  /** Codes of refusals besides those of every call, of every body and of every id: test/api.ts holds callers to them. */
  refuses: RefusalCode[]
}

/** A JSON body is parsed strictly (duplicate keys, folding numbers, depth, size) and then by its schema. */
export interface ApiRoute<Query = unknown, Body = unknown> extends RouteBase {
  body?: { description: string; schema: z.ZodType; read?: (bytes: Uint8Array) => Result<unknown> }
  handle: (call: ApiCall<Query, Body>) => Promise<Result<Answer>>
}

/** Ties a handler's types to its schemas; the table of routes then forgets them. */
export function route<Query extends z.ZodType, Body extends z.ZodType>(
  definition: Omit<ApiRoute<z.output<Query>, z.output<Body>>, 'query' | 'body'> & {
    query?: Query
    body?: { description: string; schema: Body }
  },
): ApiRoute {
  return definition as unknown as ApiRoute
}
