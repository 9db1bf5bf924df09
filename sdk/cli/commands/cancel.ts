import type { Command } from '../command'
import { requestDone } from '../describe'

export const cancel: Command = {
  name: 'cancel',
  summary: 'take a held request back',
  usage: 'REQUEST [--reason TEXT]',
  about: `Takes a request back that is still held. Who was asked to sign is told.`,
  options: { reason: { value: 'TEXT', help: 'why; people read it' } },
  examples: ['countersign cancel req_01M8281NKVV8E52C78EFMXYSV2 --reason "Release withdrawn"'],
  settings: ['url', 'agentKey'],
  exits: ['unreachable', 'forbidden', 'settings', 'refused'],
  act: async (call) => {
    const requestId = call.given.one('one request id')
    const settings = await call.settings()
    settings.need('agentKey')
    const answer = await settings.client('agentKey').cancel(requestId, call.given.text('reason'))
    return requestDone(answer, 'ok')
  },
}
