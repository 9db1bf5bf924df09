import type { Contract } from '../../lib/core/contract/contract'
import { parseDuration } from '../../lib/core/durations'
import type { Call } from './command'
import { usageError } from './exits'

/** `--timeout`, in milliseconds. */
export function timeoutOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : parseDuration(text)
  if (text !== undefined && ms === undefined) {
    throw usageError(`--timeout ${text}: write a time such as 30m or 2h.`)
  }
  return ms
}

/** The name of the run, where somebody gave one. */
export function runIdOf({ given }: Pick<Call, 'given'>, contract: Contract): string | null {
  const named = given.text('run-id')
  const own = contract.run_id
  if (named === '') throw usageError('--run-id is empty.')
  if (named !== undefined && own !== undefined && named !== own) {
    throw usageError(`The contract has the run_id ${own}, and --run-id says ${named}.`)
  }
  return named ?? own ?? null
}
