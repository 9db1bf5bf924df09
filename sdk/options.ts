import type { Json } from '../lib/core/contract/json'
import type { Obligation, RequestAnswer } from './answers'
import type { TransportOptions } from './transport'

export interface CountersignOptions extends TransportOptions {
  /** Scope submit. Leave it out in a process that only runs actions. */
  agentKey?: string | undefined
  /** Scopes collect, redeem, report. Leave it out in the agent: it then can never collect. */
  runtimeKey?: string | undefined
  /** What this runtime is registered as; tokens for anybody else are refused. */
  audience?: string | undefined
  /** Where this runtime acts, e.g. production. Left out, it redeems only tokens that name no environment. */
  environment?: string | undefined
  /** The `iss` of its tokens, where the installation is reached under another address than its public one. */
  issuer?: string | undefined
  /** `whsec_…` of the endpoint whose deliveries `webhooks.unwrap` opens; both while one takes the other's place. */
  webhookSecret?: string | readonly string[] | undefined
}

export interface CallOptions {
  signal?: AbortSignal
}

export interface SubmitOptions extends CallOptions {
  /** Names the run: the same key and contract is the same request, for ever. Made up when neither it nor `run_id` is given. */
  idempotencyKey?: string
  /** An earlier request that this one replaces. */
  supersedes?: string
}

export interface WaitOptions extends CallOptions {
  /** For ever when left out: a ticket has its own deadline. */
  timeoutMs?: number
  /** Told whenever the request is seen to have changed. */
  onUpdate?: (request: RequestAnswer) => void
}

/** What is about to run. */
export interface Redemption {
  token: string
  /** Exactly as in the contract; left out only where the contract has none. */
  arguments?: Record<string, Json>
  /** The world as seen now: a value for each precondition, by name. */
  observed?: Record<string, Json>
  acknowledged_obligations?: Obligation[]
  /** Where it is about to run; the client's `environment` when left out. */
  environment?: string | null
  /** At least 16 random characters that live in memory only. Made up when left out. */
  nonce?: string
}
