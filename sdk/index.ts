export type { Contract } from '../lib/core/contract/contract'
export { contractDigest } from '../lib/core/contract/digest'
export type { AllowClaims } from '../lib/core/token/claims'
export type { VerifiedAllowToken } from '../lib/core/token/verify-token'
export type { RequestAnswer } from '../lib/wire/request'
export type { RedeemAnswer, TokenAnswer } from '../lib/wire/token'
export {
  type CallOptions,
  Countersign,
  type CountersignOptions,
  type Outcome,
  type Redemption,
  type SubmitOptions,
  type WaitOptions,
} from './client'
export {
  ActionError,
  AlreadyRedeemedError,
  CancelledError,
  ContractChangedError,
  CountersignError,
  DeniedError,
  ExpiredError,
  endedError,
  NotReleasedError,
  RefusedError,
  RejectedError,
  SupersededError,
  TokenError,
  UnknownObligationError,
  UnreachableError,
  WaitTimeoutError,
} from './errors'
export { type Guarded, type GuardOptions, guard, type Obligation, type Released } from './guard'
