import type { CallerCredential } from '#lib/auth/api-key'
import { ok, type Result, refuse } from '#lib/core/result'
import { callerChangesSince } from '#lib/queries/caller-changes'
import type { Listener, Runtime } from '#lib/runtime'
import { openStream } from '#lib/stream/open-stream'
import { positionAfter } from '#lib/stream/position'
import type { RequestChange } from '#lib/wire/event'
import { createChangeReader, type Stream } from './change-reader'

export interface StreamBounds {
  /** How often a stream is heard of although nothing happened, and its key looked at again. */
  heartbeatMs: number
  /** A stream ends then and its reader opens the next: positions are counted from the database's time at its start. */
  longestMs: number
  /** Of one process. */
  most: number
  mostOfCaller: number
}

export const STREAM_BOUNDS: StreamBounds = {
  heartbeatMs: 20_000,
  longestMs: 30 * 60_000,
  most: 5_000,
  mostOfCaller: 20,
}

export interface StreamAsked {
  credential: CallerCredential
  /** From where the stream before ended: what changed since is told first. `first`: there was none. null: nobody knows. */
  since: Date | 'first' | null
  /** Whether the key still counts. */
  isLive: () => Promise<boolean>
  /** The reader has gone. */
  left: AbortSignal
}

export interface CallerStreams {
  /** @returns refusals `too_many_requests` and `unavailable`, both with when to come back */
  open: (asked: StreamAsked) => Promise<Result<ReadableStream<Uint8Array>>>
  count: () => number
}

const RETRY_SECONDS = 10

/** All streams of `GET /v1/events` in this process. */
export function createCallerStreams(
  { runtime, listener }: { runtime: Runtime; listener: Listener },
  bounds: StreamBounds = STREAM_BOUNDS,
): CallerStreams {
  const streams = new Map<string, Set<Stream>>()
  const reader = createChangeReader(runtime, listener, streams)
  let count = 0

  const add = (stream: Stream): void => {
    count += 1
    streams.set(stream.callerId, (streams.get(stream.callerId) ?? new Set()).add(stream))
  }
  const remove = (stream: Stream): void => {
    count -= 1
    const own = streams.get(stream.callerId)
    own?.delete(stream)
    if (own?.size === 0) streams.delete(stream.callerId)
  }
  const whyFull = (callerId: string) => {
    const meta = { retry_after_seconds: RETRY_SECONDS }
    if ((streams.get(callerId)?.size ?? 0) >= bounds.mostOfCaller) {
      const detail = `This caller has ${bounds.mostOfCaller} streams open here. One tells of all its requests.`
      return refuse('too_many_requests', { detail, meta })
    }
    if (count < bounds.most) return null
    return refuse('unavailable', { detail: 'As many streams are open as one process has.', meta })
  }
  /** Listened first, then looked: what changed meanwhile is not missed. */
  const start = async (stream: Stream, asked: StreamAsked['since']): Promise<void> => {
    const since = asked === 'first' ? null : asked
    for (let losses = -1; losses !== reader.losses(); ) {
      losses = reader.losses()
      const missed = await callerChangesSince(runtime, { callerIds: [stream.callerId], since })
      // What was lost while nobody heard is looked for again.
      if (losses !== reader.losses()) continue
      const position = positionAfter(missed.readAt, undefined, reader.toldUntil)
      stream.backlog(missed.changes.map(({ change }) => change))
      stream.startFrom(position)
      if (missed.isAll && asked !== 'first') stream.reset()
      stream.beat()
    }
  }

  return {
    count: () => count,
    open: async (asked) => {
      const full = whyFull(asked.credential.caller.id)
      if (full) return full
      const ends = [asked.left, listener.closed]
      if (ends.some(({ aborted }) => aborted)) return refuse('unavailable')
      const stream = createStream(asked, ends, bounds, remove)
      add(stream)
      try {
        await start(stream, asked.since)
      } catch (error) {
        stream.close()
        throw error
      }
      return ok(stream.body)
    },
  }
}

function createStream(
  { credential, isLive }: StreamAsked,
  ends: AbortSignal[],
  { heartbeatMs, longestMs }: StreamBounds,
  onClose: (stream: Stream) => void,
): Stream {
  let position: (() => string) | null = null
  const send = (lines: string) => open.send(`${position ? `id: ${position()}\n` : ''}${lines}\n\n`)
  const heartbeat = setInterval(() => {
    isLive().then(
      (holds) => (holds ? stream.beat() : stream.close()),
      () => stream.close(),
    )
  }, heartbeatMs)
  const end = setTimeout(() => stream.close(), longestMs)
  const open = openStream(ends, () => {
    clearInterval(heartbeat)
    clearTimeout(end)
    onClose(stream)
  })
  const stream: Stream = {
    callerId: credential.caller.id,
    body: open.body,
    change: (change) => send(dataOf(change)),
    backlog: (changes) => {
      if (changes.length > 0) open.send(changes.map((one) => `${dataOf(one)}\n\n`).join(''))
    },
    reset: () => send('event: reset\ndata: {}'),
    beat: () => send('event: beat\ndata: {}'),
    close: open.close,
    position: () => (position ? Number(position()) : null),
    startFrom: (from) => {
      position = from
    },
  }
  open.send('retry: 2000\n\n')
  return stream
}

function dataOf(change: RequestChange): string {
  return `data: ${JSON.stringify(change)}`
}
