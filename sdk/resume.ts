import type { Contract } from '../lib/core/contract/contract'
import type { RequestAnswer } from './answers'
import type { Countersign } from './client'
import { HandleError } from './errors'
import { type Handle, type HandleStore, handleOf, readHandle } from './handle'
import type { SubmitOptions } from './options'

export interface ResumeOptions extends SubmitOptions {
  /** Where the request is already: what the agent gave to this runtime, or what an earlier start left. */
  handle?: Handle
  /** Where the handle of this run is kept, so that a restart goes on with the same request although nothing names the run. */
  store?: HandleStore
}

/**
 * The request of this run: the one that is known already, or a new one. A client with an agent key submits the contract again
 * under the run's key, so the server itself says whether it is the same contract; a runtime without one reads the request.
 * @throws HandleError when the handle is none, or of another run, request or contract
 */
export async function submitOrResume(
  client: Countersign,
  contract: Contract,
  options: ResumeOptions,
): Promise<RequestAnswer> {
  const known = await knownHandle(options)
  options.signal?.throwIfAborted()
  const runKey = runKeyOf(contract, known, options)
  const requestId = known?.request_id ?? null
  if (requestId !== null && (runKey === null || !client.canSubmit)) {
    return checked(known, await client.get(requestId, options))
  }
  // Kept before it is sent: a start that dies in between asks again under the same name, and nothing is asked for twice.
  if (known === null && !(await begin(options.store, named(runKey)))) {
    // Another process has begun this run since the store was read: its name is the run's.
    return await submitOrResume(client, contract, options)
  }
  const { signal, supersedes } = options
  const request = checked(
    known,
    await client.request(contract, {
      ...(runKey !== null && { idempotencyKey: runKey }),
      ...(supersedes !== undefined && { supersedes }),
      ...(signal && { signal }),
    }),
  )
  if (requestId === null) await options.store?.save(handleOf(request, runKey))
  return request
}

async function knownHandle({ handle, store }: ResumeOptions): Promise<Handle | null> {
  if (handle !== undefined && store !== undefined) {
    throw new TypeError('Countersign: guard takes a handle or a store, not both')
  }
  const value = handle ?? (await store?.load()) ?? null
  return value === null ? null : readHandle(value)
}

function runKeyOf(
  contract: Contract,
  known: Handle | null,
  { idempotencyKey }: SubmitOptions,
): string | null {
  const given = idempotencyKey ?? contract.run_id
  const kept = known?.run_key ?? null
  if (kept !== null && given !== undefined && kept !== given) {
    throw new HandleError(
      'The handle is of another run',
      'handle_mismatch',
      known?.request_id ?? undefined,
    )
  }
  // A request whose run key is not known is read, not submitted: another name would be another request.
  if (known !== null) return kept
  return given ?? crypto.randomUUID()
}

async function begin(store: HandleStore | undefined, handle: Handle): Promise<boolean> {
  if (store?.create !== undefined) return await store.create(handle)
  await store?.save(handle)
  return true
}

function named(runKey: string | null): Handle {
  return { v: 1, request_id: null, run_key: runKey, contract_digest: null }
}

function checked(known: Handle | null, request: RequestAnswer): RequestAnswer {
  const isSame = (kept: string | null | undefined, now: string) => (kept ?? now) === now
  if (
    isSame(known?.request_id, request.request_id) &&
    isSame(known?.contract_digest, request.contract_digest)
  ) {
    return request
  }
  const told = 'The handle is of another request or contract'
  throw new HandleError(told, 'handle_mismatch', request.request_id)
}
