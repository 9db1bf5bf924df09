import type { Command } from '../command'
import { exitOfState, requestDone, waitingLine } from '../describe'
import { CliError } from '../exits'
import { timeoutOf } from '../run-options'
import { Interrupted, openSignalDesk } from '../signals'
import { startProgress } from '../terminal'
import { readingClient } from './reading-client'

export const wait: Command = {
  name: 'wait',
  summary: 'wait until a request is no longer held',
  usage: 'REQUEST [--timeout TIME]',
  about: `Waits through restarts and outages of the server, and ends as the request ended. A released request has not run: only a
redemption (countersign run, the SDK) does that.`,
  options: {
    timeout: { value: 'TIME', help: 'how long to wait, e.g. 30m; the request stays open' },
  },
  examples: ['countersign wait req_01M8281NKVV8E52C78EFMXYSV2 --timeout 30m && echo released'],
  settings: ['url', 'agentKey', 'runtimeKey'],
  exits: [
    'unreachable',
    'still_open',
    'forbidden',
    'settings',
    'denied',
    'rejected',
    'expired',
    'cancelled',
    'superseded',
    'refused',
    'sighup',
    'sigint',
    'sigterm',
  ],
  act: async (call) => {
    const requestId = call.given.one('one request id')
    const timeoutMs = timeoutOf(call.given.text('timeout'))
    const client = await readingClient(call)
    const desk = openSignalDesk(call.isJson)
    const progress = startProgress(call.env)
    const startedAt = Date.now()
    try {
      const answer = await client.waitFor(requestId, {
        ...(timeoutMs !== undefined && { timeoutMs }),
        signal: desk.signal,
        onUpdate: (seen) => {
          if (seen.state === 'open') progress.show(() => waitingLine(seen, startedAt, Date.now()))
        },
      })
      return requestDone(answer, exitOfState(answer))
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      const message = `The request stays as it is. To go on waiting: countersign wait ${requestId}`
      throw new CliError(error.exit, message, 'interrupted', requestId)
    } finally {
      progress.end()
      desk.close()
    }
  },
}
