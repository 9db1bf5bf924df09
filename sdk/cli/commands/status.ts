import type { Command } from '../command'
import { requestDone } from '../describe'
import { readingClient } from './reading-client'

export const status: Command = {
  name: 'status',
  summary: 'show how a request stands',
  usage: 'REQUEST',
  about: `Shows state, what is missing, and what became of its grant. It ends with 0 whatever the state is.`,
  options: {},
  examples: ['countersign status req_01M8281NKVV8E52C78EFMXYSV2 --json | jq -r .request.state'],
  settings: ['url', 'agentKey', 'runtimeKey'],
  exits: ['unreachable', 'forbidden', 'settings', 'refused'],
  act: async (call) => {
    const requestId = call.given.one('one request id')
    const client = await readingClient(call)
    return requestDone(await client.get(requestId), 'ok')
  },
}
