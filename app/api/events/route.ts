import { changedSince } from '#lib/queries/changed-since'
import { isSessionLive } from '#lib/queries/is-session-live'
import { EVENT_STREAM, type OpenStream, openStream } from '#lib/stream/open-stream'
import { askedFor, positionAfter } from '#lib/stream/position'
import { getWeb } from '#lib/web'
import { currentViewer } from '../../_server/viewer'

const HEARTBEAT_MS = 20_000
/** A stream ends then and the browser opens the next: positions are counted from the database's time at its start. */
const LONGEST_MS = 30 * 60_000
/** Streams of one process. Pages beyond that look in vain and try again. */
const MOST_STREAMS = 5_000
let streams = 0

/**
 * Server-sent events for the console: ids of changed requests, nothing else; `*` where any may have changed. The page reads
 * again what it shows. Each event has an id that says until when changes were told, so that a browser that comes back with
 * it (`Last-Event-ID`) is told what it missed, and nothing when it missed nothing.
 */
export async function GET(request: Request): Promise<Response> {
  const viewer = await currentViewer()
  if (!viewer) return new Response(null, { status: 401 })
  if (streams >= MOST_STREAMS) return new Response(null, { status: 503 })
  const asked = askedFor(request)
  const told = follow(asked.requestId, viewer.sessionId, request.signal)
  try {
    // Listened first, then looked: what changed meanwhile is not missed.
    const missed = await changedSince(getWeb().runtime, asked)
    told.startFrom(missed.readAt)
    for (const id of missed.isAll ? ['*'] : missed.requestIds) told.change(id)
    told.beat()
    return new Response(told.body, { headers: EVENT_STREAM })
  } catch (error) {
    getWeb().runtime.log.warn({ error }, 'changes could not be looked up')
    told.close()
    return new Response(null, { status: 503 })
  }
}

/** Without this Next would open a stream for whoever asks for its head alone: nobody reads that one, and nobody ends it. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: 'GET' } })
}

interface Following extends Pick<OpenStream, 'body' | 'close'> {
  /** From here on events have ids. */
  startFrom: (readAt: Date) => void
  change: (id: string) => void
  /** Nothing but until when changes were told. */
  beat: () => void
}

/** Sends the ids that are heard of until the reader leaves, the process stops or the session ends. */
function follow(requestId: string | null, sessionId: string, left: AbortSignal): Following {
  const { listener, runtime, stopping } = getWeb()
  let position: (() => string) | null = null
  const send = (lines: string) =>
    stream.send(`${position ? `id: ${position()}\n` : ''}${lines}\n\n`)
  const change = (id: string) => send(`data: ${id}`)
  const beat = () => send('event: beat\ndata: -')
  const stop = () => {
    streams -= 1
    unsubscribe()
    clearInterval(heartbeat)
    clearTimeout(end)
  }
  const unsubscribe = listener.subscribe((changed) => {
    if (changed === null) change('*')
    else if (requestId === null || changed === requestId) change(changed)
  })
  const heartbeat = setInterval(() => {
    beat()
    isSessionLive(runtime, sessionId).then(
      (isLive) => isLive || stream.close(),
      () => stream.close(),
    )
  }, HEARTBEAT_MS)
  const end = setTimeout(() => stream.close(), LONGEST_MS)
  streams += 1
  const stream = openStream([left, stopping], stop)
  stream.send('retry: 2000\n\n')
  return {
    body: stream.body,
    close: stream.close,
    startFrom: (readAt) => {
      position = positionAfter(readAt)
    },
    change,
    beat,
  }
}
