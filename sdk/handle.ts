import type { RequestAnswer } from './answers'
import { HandleError } from './errors'

/**
 * What a start of a run leaves for the next one, or an agent for the runtime: where its request is. Plain JSON, and no secret.
 * With it alone nothing can be run.
 */
export interface Handle {
  v: 1
  /** null until the request is known. */
  request_id: string | null
  /** The idempotency key that the request was submitted under, where it is known. */
  run_key: string | null
  contract_digest: string | null
}

/** Where the handle of one run is kept: a file, a row, a job's payload. One run each; a store that is used again is the same run. */
export interface HandleStore {
  /** null when this is the first start. What cannot be read has to throw: a start that forgot the one before would ask anew. */
  load: () => Promise<unknown> | unknown
  /** Has to be durable when it returns. */
  save: (handle: Handle) => Promise<void> | void
  /**
   * The first save of a run: keeps the handle only where none is kept yet, and says whether it did, as one step. With it, two
   * processes that start the run at the same moment are one run; without it, each of them may ask.
   */
  create?: (handle: Handle) => Promise<boolean> | boolean
}

/** The handle of a request, to give to the runtime or to keep. */
export function handleOf(request: RequestAnswer, runKey: string | null = null): Handle {
  const { request_id, contract_digest } = request
  return { v: 1, request_id, run_key: runKey, contract_digest }
}

/** @throws HandleError when it is not a handle: then nothing may run */
export function readHandle(value: unknown): Handle {
  const members =
    typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null
  const text = (name: string): string | null => {
    const member: unknown = members?.get(name)
    if (member === null || (typeof member === 'string' && member !== '')) return member
    throw new HandleError(`The handle has no ${name}`, 'handle_unreadable')
  }
  if (members?.get('v') !== 1) throw new HandleError('This is no handle', 'handle_unreadable')
  const handle: Handle = {
    v: 1,
    request_id: text('request_id'),
    run_key: text('run_key'),
    contract_digest: text('contract_digest'),
  }
  if (handle.request_id !== null || handle.run_key !== null) return handle
  throw new HandleError('The handle names neither a request nor a run', 'handle_unreadable')
}
