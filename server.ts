import { setMaxListeners } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import next from 'next'
import { createKeyUses } from '#lib/auth/key-uses'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { readConfig, tellLibraries } from '#lib/config'
import { createQueueDesk } from '#lib/queue/queue-desk'
import { createRuntime, type Runtime } from '#lib/runtime'
import { setWeb } from '#lib/web'
import { createApi, ROUTES } from './api/app'
import { openApiDocument } from './api/openapi/document'
import { isApiPath } from './api/paths'
import {
  giveNonce,
  nameClient,
  nameHost,
  protect,
  protectData,
  protectPage,
} from './app/_server/page-headers'
import { createSlackApp, type SlackApp } from './slack/app'
import { createSlackReceiver } from './slack/receiver'

/** Where Slack sends to. */
const SLACK_PATHS = /^\/slack\/(events|interactive|commands)$/
/** Milliseconds. */
const TIMEOUTS = { headersTimeout: 15_000, requestTimeout: 60_000 }
const DRAIN_MS = 30_000

/** One web process: the callers' API and Slack's deliveries straight on Node's http, the console through Next. */
async function main(): Promise<void> {
  const config = readConfig()
  tellLibraries(config)
  const runtime = await createRuntime(config)
  const { log } = runtime
  const listener = runtime.listen()
  const stopping = new AbortController()
  // Each open page waits for it.
  setMaxListeners(0, stopping.signal)
  const queues = createQueueDesk(config, log)
  setWeb({
    runtime,
    listener,
    stopping: stopping.signal,
    queues,
    apiDocument: openApiDocument(ROUTES, config.publicUrl),
  })
  const keyUses = createKeyUses(runtime)
  const api = getRequestListener(createApi({ runtime, listener, noteKey: keyUses.note }).fetch)
  const slack = openSlackDoor(runtime)
  const server = createServer(TIMEOUTS)
  const pages = next({ dev: config.development, httpServer: server, port: config.port })
  await pages.prepare()
  const page = pages.getRequestHandler()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    protect(response, config)
    if (isApiPath(path)) {
      protectData(response)
      void api(request, response)
      return
    }
    if (slack && SLACK_PATHS.test(path)) {
      protectData(response)
      void slack.door(request, response)
      return
    }
    protectPage(request, response, config)
    giveNonce(request, response, config)
    nameClient(request, config)
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
        .then(() => Promise.all([listener.close(), queues.close(), keyUses.close()]))
        .then(runtime.close)
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

await main()
