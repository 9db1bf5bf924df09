import { isId } from '#lib/core/ids'
import { isSessionLive } from '#lib/queries/is-session-live'
import { isStale } from '#lib/queries/is-stale'
import { getWeb } from '#lib/web'
import { currentViewer } from '../../_server/viewer'
import { type OpenStream, openStream } from './open-stream'

const HEARTBEAT_MS = 20_000
/** Streams of one process. Pages beyond that look in vain and try again. */
const MOST_STREAMS = 5_000
let streams = 0

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Server-sent events for the console: ids of changed requests, nothing else. The page reads again what it shows. */
export async function GET(request: Request): Promise<Response> {
  const viewer = await currentViewer()
  if (!viewer) return new Response(null, { status: 401 })
  if (streams >= MOST_STREAMS) return new Response(null, { status: 503 })
  const asked = readAddress(new URL(request.url))
  const stream = follow(asked.requestId, viewer.sessionId, request.signal)
  try {
    // Listened first, then looked: what changed since the page was read is not missed.
    if (await isStale(getWeb().runtime, asked)) stream.send('data: *\n\n')
    return new Response(stream.body, { headers: HEADERS })
  } catch (error) {
    getWeb().runtime.log.warn({ error }, 'changes could not be looked up')
    stream.close()
    return new Response(null, { status: 503 })
  }
}

/** Sends the ids that are heard of until the reader leaves, the process stops or the session ends. */
function follow(requestId: string | null, sessionId: string, left: AbortSignal): OpenStream {
  const { listener, runtime, stopping } = getWeb()
  const stop = () => {
    streams -= 1
    unsubscribe()
    clearInterval(heartbeat)
  }
  const unsubscribe = listener.subscribe((changed) => {
    if (changed === null) stream.send('data: *\n\n')
    else if (requestId === null || changed === requestId) stream.send(`data: ${changed}\n\n`)
  })
  const heartbeat = setInterval(() => {
    stream.send(': still here\n\n')
    isSessionLive(runtime, sessionId).then(
      (isLive) => isLive || stream.close(),
      () => stream.close(),
    )
  }, HEARTBEAT_MS)
  streams += 1
  const stream = openStream([left, stopping], stop)
  stream.send('retry: 2000\n\n')
  return stream
}

function readAddress({ searchParams }: URL): { requestId: string | null; readAt: Date } {
  const request = searchParams.get('request') ?? ''
  const since = new Date(searchParams.get('since') ?? '')
  return {
    requestId: isId('req', request) ? request : null,
    // Who does not say when is told to read.
    readAt: Number.isNaN(since.getTime()) ? new Date(0) : since,
  }
}
