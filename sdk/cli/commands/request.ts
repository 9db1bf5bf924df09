import type { Command } from '../command'
import { exitOfState, requestDone } from '../describe'
import { readContractFile } from '../read-input'
import { runIdOf } from '../run-options'

export const request: Command = {
  name: 'request',
  summary: 'submit a contract and say what became of it',
  usage: '--contract FILE [options]',
  about: `Submits a contract and does not wait. It ends with 0 where it is held or released, and prints its id: wait for it with
countersign wait, here or elsewhere. Only an agent key is needed: what runs the action later has a key of its own.

Without --run-id, or run_id in the contract, each call is a new request.`,
  options: {
    contract: { value: 'FILE', help: 'the contract, JSON; - for stdin' },
    'run-id': {
      value: 'NAME',
      help: 'names the run: the same name and contract are the same request',
    },
    supersedes: { value: 'REQUEST', help: 'an earlier request that this one replaces' },
  },
  examples: ['id=$(countersign request --contract deploy.json --json | jq -r .request.request_id)'],
  settings: ['url', 'agentKey'],
  exits: ['unreachable', 'forbidden', 'settings', 'denied', 'refused'],
  act: async (call) => {
    call.given.none()
    const contract = await readContractFile(call, call.given.need('contract'))
    const runId = runIdOf(call, contract)
    const supersedes = call.given.text('supersedes')
    const settings = await call.settings()
    settings.need('agentKey')
    const answer = await settings.client('agentKey').request(contract, {
      ...(runId !== null && { idempotencyKey: runId }),
      ...(supersedes !== undefined && { supersedes }),
    })
    return requestDone(answer, answer.state === 'open' ? 'ok' : exitOfState(answer))
  },
}
