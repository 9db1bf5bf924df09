import type { Contract } from '#lib/core/contract/contract'
import type { RemoteFact } from '#lib/core/policy/types'

/** What a decision point is asked about. */
export interface Question {
  requestId: string
  contract: Contract
  /** The request's input_seq whose facts `recorded` holds. */
  inputSeq: number
  recorded: RecordedContext
}

/**
 * What Countersign itself recorded, in the words of Stage0's context. It is laid over the claims of the contract's context, so
 * that an agent that says `approval_status: approved` is asked about as what it is: pending.
 */
export interface RecordedContext {
  approval_status: 'approved' | 'pending'
  rollback_plan: boolean
  [name: string]: string | number | boolean | null
}

/** An answer or the lack of one; `verdict` is null exactly when `error` is set. `at` is when it was asked (epoch ms). */
export interface RemoteAnswer extends RemoteFact {
  error?: AskError
  latencyMs: number
  /** The decision point's own names for its answer, for the trace. */
  remoteRequestId: string | null
  remotePolicyVersion: string | null
}

/** Why there is no verdict. Every one of them holds the request. */
export type AskError =
  | 'unauthorized'
  | 'payment_required'
  | 'rate_limited'
  | 'server_error'
  | 'http_error'
  | 'redirected'
  | 'timeout'
  | 'unreachable'
  | 'too_large'
  | 'wrong_content_type'
  | 'malformed'
  | 'unknown_verdict'
  | 'contradictory'
  | 'internal'
