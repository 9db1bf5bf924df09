export type { Contract } from '../lib/core/contract/contract'
export { contractDigest } from '../lib/core/contract/digest'
export type { AllowClaims } from '../lib/core/token/claims'
export type {
  CancelledRequest,
  Closing,
  DeniedRequest,
  EvidenceAnswer,
  ExpiredRequest,
  Grant,
  Issue,
  Obligation,
  OpenRequest,
  Outcome,
  OutcomeAnswer,
  Problem,
  RedeemAnswer,
  RejectedRequest,
  ReleasedRequest,
  RequestAnswer,
  RequestPage,
  RequestState,
  RequestSummary,
  RequirementStatus,
  SettledRequest,
  SupersededRequest,
  TokenAnswer,
  Verdict,
} from './answers'
export { Countersign } from './client'
export {
  ActionError,
  AlreadyRedeemedError,
  CancelledError,
  ClosedError,
  ContractChangedError,
  CountersignError,
  DeniedError,
  ExpiredError,
  endedError,
  ForbiddenError,
  GrantEndedError,
  HandleError,
  InvalidError,
  NotFoundError,
  NotReadyError,
  NotReleasedError,
  PreconditionFailedError,
  RefusedError,
  RejectedError,
  RunReusedError,
  SupersededError,
  TokenError,
  TooManyError,
  UnauthenticatedError,
  UnavailableError,
  UnknownObligationError,
  UnreachableError,
  WaitTimeoutError,
  WebhookError,
  WrongRuntimeError,
} from './errors'
export type { Evidence } from './evidence'
export { type Guarded, type GuardOptions, guard, type Released } from './guard'
export { type Handle, type HandleStore, handleOf } from './handle'
export type { Listing, ListOptions } from './listing'
export type {
  CallOptions,
  CountersignOptions,
  Redemption,
  SubmitOptions,
  WaitOptions,
} from './options'
export type { PublishedKey, PublishedKeys, VerifiedToken } from './verified-token'
export {
  type HeadersLike,
  type RequestEvent,
  type TestEvent,
  type UnwrapOptions,
  type WebhookEvent,
  webhooks,
} from './webhooks'
