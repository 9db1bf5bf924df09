import { ok } from '#lib/core/result'
import { readPosition } from '#lib/stream/position'
import { requestChange } from '#lib/wire/event'
import { type ApiRoute, route } from './call'

const stream = route({
  method: 'get',
  path: '/v1/events',
  operationId: 'streamEvents',
  summary: "Follow the caller's requests",
  scopes: ['submit', 'collect'],
  headers: {
    'Last-Event-ID':
      'The id of the last event that was read. What changed since is told first; without it, only what changes from now on.',
  },
  answers: {
    200: {
      description:
        'Server-sent events. One without a name tells how a request that changed stands now; it may be told twice, and is never left out. `beat` says that there was nothing else; the first one that everything from here on is told. `reset` says that too much changed since Last-Event-ID to be told: list the requests again. The stream ends after half an hour, and when the key no longer counts.',
      schema: requestChange,
      mediaType: 'text/event-stream',
    },
  },
  refuses: ['too_many_requests'],
  handle: async ({ streams, credential, isStillAllowed, header, signal }) => {
    const lastEventId = header('last-event-id')
    const opened = await streams.open({
      credential,
      since: lastEventId === undefined ? 'first' : readPosition(lastEventId),
      isLive: isStillAllowed,
      left: signal,
    })
    if (!opened.ok) return opened
    return ok({ status: 200, stream: opened.value })
  },
})

export const eventRoutes: ApiRoute[] = [stream]
