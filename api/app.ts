import { Hono } from 'hono'
import {
  authenticateCaller,
  type CallerCredential,
  createKeyReader,
  type KeyReader,
  requireScope,
} from '#lib/auth/api-key'
import { isId } from '#lib/core/ids'
import { type Result, refuse } from '#lib/core/result'
import { createRequestReader, type RequestReader } from '#lib/queries/get-request'
import { EVENT_STREAM } from '#lib/stream/open-stream'
import type { OpenApiDocument } from '#lib/wire/openapi'
import type { Answer, ApiContext, ApiRoute } from './call'
import { type CallerStreams, createCallerStreams, type StreamBounds } from './caller-streams'
import { checkRoutes } from './check'
import { eventRoutes } from './events'
import { metrics } from './metrics'
import { openApiDocument } from './openapi/document'
import { operational } from './operational'
import { newInstance, problemResponse } from './problem'
import { readBody, readQuery } from './read-input'
import { requestRoutes } from './requests'
import { tokenRoutes } from './tokens'

/** Every call of the callers' API. Routing, OpenAPI and the test matrix read this one table. */
export const ROUTES: ApiRoute[] = [...requestRoutes, ...eventRoutes, ...tokenRoutes, ...checkRoutes]

/** What calls of one process share. */
interface Context extends ApiContext {
  streams: CallerStreams
  readRequest: RequestReader
  readKey: KeyReader
}

/** The callers' API as one Hono app: `/v1/*`, the JWKS, health, the OpenAPI document. */
export function createApi(given: ApiContext, bounds?: StreamBounds): Hono {
  const context: Context = {
    ...given,
    streams: createCallerStreams(given, bounds),
    readRequest: createRequestReader(given.runtime),
    readKey: createKeyReader(given.runtime.db),
  }
  const app = new Hono({ strict: true })
  for (const route of ROUTES) {
    app.on(route.method.toUpperCase(), honoPath(route.path), (c) =>
      answerCall(context, route, c.req.raw, c.req.param() as Record<string, string>),
    )
  }
  operational(app, context)
  metrics(app, context)
  let document: OpenApiDocument | undefined
  app.get('/v1/openapi.json', (c) => {
    // Made once, when first asked for: anybody may ask.
    document ??= openApiDocument(ROUTES, context.runtime.config.publicUrl)
    return c.json(document)
  })
  for (const [path, methods] of methodsByPath()) app.all(path, () => wrongMethod(methods))
  app.notFound(() => problemResponse({ code: 'not_found', detail: 'There is no such call.' }))
  app.onError((error) => failed(context, error))
  return app
}

/** Hono's form of an OpenAPI path. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>()
  for (const { path, method } of ROUTES) {
    const at = honoPath(path)
    methods.set(at, [...(methods.get(at) ?? []), method.toUpperCase()])
  }
  return methods
}

/** RFC 9110 section 15.5.6: says which methods there are. */
function wrongMethod(methods: string[]): Response {
  const response = problemResponse({ code: 'method_not_allowed' })
  response.headers.set('allow', methods.join(', '))
  return response
}

/** A fault, not a refusal: the log has it, the caller learns whether to send the call again. */
function failed(
  { runtime }: ApiContext,
  error: unknown,
  about: { operation?: string; requestId?: string | undefined } = {},
): Response {
  const instance = newInstance()
  runtime.log.error({ error, ...about, instance }, 'a call failed')
  const code = runtime.isUnavailable(error) ? 'unavailable' : 'internal'
  return problemResponse({ code }, about.requestId, instance)
}

async function answerCall(
  context: Context,
  route: ApiRoute,
  request: Request,
  params: Record<string, string>,
): Promise<Response> {
  const requestId = params['id']
  try {
    const answered = await runCall(context, route, request, params)
    if (!answered.ok) return problemResponse(answered.refusal, requestId)
    const answer = answered.value
    if ('stream' in answer) return await streamed(request, answer.stream)
    const { status, body, headers = {} } = answer
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    })
  } catch (error) {
    return failed(context, error, { operation: route.operationId, requestId })
  }
}

/** Of whoever asks for the head alone nobody reads the stream, and nobody would end it. */
async function streamed(
  { method }: Request,
  stream: ReadableStream<Uint8Array>,
): Promise<Response> {
  if (method === 'HEAD') await stream.cancel()
  return new Response(method === 'HEAD' ? null : stream, { headers: EVENT_STREAM })
}

async function runCall(
  context: Context,
  route: ApiRoute,
  request: Request,
  params: Record<string, string>,
): Promise<Result<Answer>> {
  const { runtime } = context
  const authorization = authorizationOf(route, request)
  const allowed = async (): Promise<Result<CallerCredential>> => {
    const credential = await authenticateCaller(
      runtime.db,
      authorization,
      runtime.now(),
      context.readKey,
    )
    if (!credential.ok) return credential
    context.noteKey?.(credential.value.keyId)
    const scoped = requireScope(credential.value, ...route.scopes)
    return scoped.ok ? credential : scoped
  }
  const credential = await allowed()
  if (!credential.ok) return credential
  const query = readQuery(route, new URL(request.url))
  if (!query.ok) return query
  const body = await readBody(route, request)
  if (!body.ok) return body
  if (params['id'] !== undefined && !isId('req', params['id'])) return refuse('not_found')
  return await route.handle({
    ...context,
    credential: credential.value,
    isStillAllowed: async () => (await allowed()).ok,
    params,
    query: query.value,
    body: body.value,
    header: (name) => request.headers.get(name) ?? undefined,
    signal: request.signal,
  })
}

/** Clients of other services send the key in a header of its own. */
function authorizationOf({ keyHeader }: ApiRoute, { headers }: Request): string | null {
  const key = keyHeader === undefined ? null : headers.get(keyHeader)
  return headers.get('authorization') ?? (key === null ? null : `Bearer ${key}`)
}
