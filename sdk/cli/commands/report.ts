import type { Outcome } from '../../index'
import type { Command } from '../command'
import { usageError } from '../exits'

const OUTCOMES: readonly string[] = [
  'succeeded',
  'failed',
  'rolled_back',
  'unknown',
] satisfies Outcome[]

export const report: Command = {
  name: 'report',
  summary: 'say how a run ended that could not say so itself',
  usage: 'REQUEST succeeded|failed|rolled_back|unknown [--detail TEXT]',
  about: `countersign run reports by itself. This is for a run that was killed after it was redeemed, once somebody has looked at
what it did. Unknown may become known later; anything else is final.`,
  options: { detail: { value: 'TEXT', help: 'what happened; people read it' } },
  examples: [
    'countersign report req_01M8281NKVV8E52C78EFMXYSV2 failed --detail "Stopped at step 3"',
  ],
  settings: ['url', 'runtimeKey'],
  exits: ['unreachable', 'forbidden', 'settings', 'refused'],
  act: async (call) => {
    const [requestId, outcome, ...others] = call.given.positionals
    if (requestId === undefined || !isOutcome(outcome) || others.length > 0) {
      throw usageError(`Give a request id and one of ${OUTCOMES.join(', ')}.`)
    }
    const settings = await call.settings()
    settings.need('runtimeKey')
    const client = settings.client('runtimeKey')
    const answer = await client.report(requestId, outcome, call.given.text('detail'))
    return { exit: 'ok', json: { ...answer }, lines: [`${requestId} ${answer.outcome}`] }
  },
}

function isOutcome(text: string | undefined): text is Outcome {
  return text !== undefined && OUTCOMES.includes(text)
}
