import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import next from 'next'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { type Config, readConfig, tellLibraries } from '#lib/config'
import { createRuntime, type Runtime } from '#lib/runtime'
import { setWeb } from '#lib/web'
import { createApi } from './api/app'
import { createSlackApp, type SlackApp } from './slack/app'
import { createSlackReceiver } from './slack/receiver'

/** Paths that the callers' API answers; everything else is the console's. */
const API_PATHS = /^\/(v1\/|\.well-known\/jwks\.json$|healthz$|readyz$)/
/** Where Slack sends to. */
const SLACK_PATHS = /^\/slack\/(events|interactive|commands)$/
const HEADERS_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 60_000
const DRAIN_MS = 30_000

/** One web process: the callers' API and Slack's deliveries straight on Node's http, the console through Next. */
async function main(): Promise<void> {
  const config = readConfig()
  tellLibraries(config)
  const runtime = await createRuntime(config)
  const { log } = runtime
  const listener = runtime.listen()
  const stopping = new AbortController()
  setWeb({ runtime, listener, stopping: stopping.signal })
  const api = getRequestListener(createApi({ runtime, listener }).fetch)
  const slack = openSlackDoor(runtime)
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  })
  const pages = next({ dev: config.development, httpServer: server, port: config.port })
  await pages.prepare()
  const page = pages.getRequestHandler()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (API_PATHS.test(path)) {
      void api(request, response)
      return
    }
    if (slack && SLACK_PATHS.test(path)) {
      void slack.door(request, response)
      return
    }
    protect(request, response, config)
    nameHost(request, config.publicUrl)
    page(request, response).catch((error: unknown) => {
      log.error({ error, path }, 'a page failed')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.listen(config.port, () => log.info({ url: config.publicUrl }, 'web ready'))
  void installAtStart(runtime, stopping.signal)

  const stop = (signal: string) => {
    log.info({ signal }, 'web draining')
    const forced = setTimeout(() => process.exit(1), DRAIN_MS)
    forced.unref()
    server.close(() => {
      // What Slack was told that it is taken in is finished.
      void Promise.resolve(slack?.app.settled())
        .then(() => Promise.all([listener.close(), runtime.close()]))
        .then(() => process.exit(0))
    })
    // Waiting callers and open pages are answered now and ask again elsewhere; idle connections are let go.
    stopping.abort()
    void listener.close()
    server.closeIdleConnections()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal))
}

/** Null where Slack is not set up, or speaks over Socket Mode alone. */
function openSlackDoor(
  runtime: Runtime,
): { app: SlackApp; door: ReturnType<typeof getRequestListener> } | null {
  const { config, slack, now, log } = runtime
  const { signingSecret, appId } = config.slack ?? {}
  if (!slack || !appId || !signingSecret) return null
  const receiver = createSlackReceiver({ signingSecret, appId, slack, now, log })
  const app = createSlackApp({ runtime, receiver })
  return { app, door: getRequestListener(receiver.handle) }
}

/** Headers of every page. Next puts the nonce of the request's policy on its own scripts, so no other script runs. */
function protect(
  request: IncomingMessage,
  response: ServerResponse,
  { development: isDevelopment, publicUrl }: Pick<Config, 'development' | 'publicUrl'>,
): void {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self'${isDevelopment ? " 'unsafe-inline'" : ''}`,
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  request.headers['content-security-policy'] = policy
  response.setHeader('content-security-policy', policy)
  // Whoever came once over HTTPS comes by nothing else for a year.
  if (publicUrl.startsWith('https:')) {
    response.setHeader('strict-transport-security', 'max-age=31536000')
  }
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader(
    'permissions-policy',
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  )
}

/** PUBLIC_URL alone says where this is: Next compares a form's Origin with it and builds its own addresses on it. */
function nameHost(request: IncomingMessage, publicUrl: string): void {
  const { host, protocol } = new URL(publicUrl)
  request.headers.host = host
  request.headers['x-forwarded-host'] = host
  request.headers['x-forwarded-proto'] = protocol.replace(':', '')
}

await main()
