import type { Json } from '#lib/core/contract/json'

/**
 * Rows as PostgreSQL's own JSON gives and takes them: column names, timestamps as RFC 3339 text.
 * Only the command path reads and writes these; pages read through Prisma.
 */
export interface RequestRow {
  id: string
  caller_id: string
  key_id: string
  run_key: string | null
  contract_digest: string
  contract: Json
  /** Exact JCS text. Written once; never read back by commands. */
  hashed: string
  goal: string
  tools: string[]
  risk: string
  environment: string | null
  requesters: string[]
  policy_version: string
  state: string
  verdict: string
  issues: Json
  requirements: Json
  outstanding: string[]
  waiting_groups: string[]
  decision_count: number
  input_seq: number
  evaluated_seq: number
  submitted_at: string
  opened_at: string | null
  deadline_at: string | null
  closed_at: string | null
  closed_by: string | null
  close_reason: Json
  next_check_at: string | null
  supersedes: string | null
  superseded_by: string | null
}

/** The columns a command may change after submission. The contract, its digest and the pinned policy are not among them. */
export const CHANGING_COLUMNS = [
  'state',
  'verdict',
  'issues',
  'requirements',
  'outstanding',
  'waiting_groups',
  'decision_count',
  'input_seq',
  'evaluated_seq',
  'opened_at',
  'deadline_at',
  'closed_at',
  'closed_by',
  'close_reason',
  'next_check_at',
  'superseded_by',
  'risk',
  'environment',
] as const satisfies (keyof RequestRow)[]

export type RequestPatch = Partial<Pick<RequestRow, (typeof CHANGING_COLUMNS)[number]>>

export interface DecisionRow {
  request_id: string
  ordinal: number
  verdict: string
  issues: Json
  requirements: Json
  outstanding: string[]
  policy_version: string
  cause: string
  at: string
}

export interface VoteRow {
  id: string
  request_id: string
  person_id: string
  choice: string
  reason: string | null
  note: string | null
  review_digest: string
  reviewed: Json
  channel: string
  method: string
  receipt: Json
  at: string
  ended_at: string | null
  end_reason: string | null
}

export interface EvidenceRow {
  id: string
  request_id: string
  type: string
  body: Json
  sha256: string
  author_kind: string
  author_id: string
  channel: string
  at: string
  state: string
  ended_at: string | null
  ended_by: string | null
  end_reason: string | null
}

export interface GrantRow {
  request_id: string
  state: string
  created_at: string
  ends_at: string
  generation: number
  jti: string | null
  token_expires_at: string | null
  claims: Json
  collected_at: string | null
  redeemed_at: string | null
  redeem_nonce_hash: string | null
  redeemed_by_key_id: string | null
  reported_at: string | null
  outcome: string | null
  outcome_detail: string | null
  ended_at: string | null
  end_reason: Json
}

export interface EventRow {
  stream: string
  ordinal: number
  type: string
  at: string
  actor: Json
  body: Json
  prev: string
  hash: string
}

export interface OutboxRow {
  topic: string
  request_id: string
  cause: string
}

export interface AnswerRow {
  id: string
  request_id: string
  name: string
  verdict: string | null
  issues: Json
  error: string | null
  input_seq: number
  at: string
  retry_at: string | null
  latency_ms: number
}

/** All that one command writes about one request, in one statement. */
export interface WriteSet {
  requestId: string
  insert?: RequestRow
  patch?: RequestPatch
  decisions?: DecisionRow[]
  endVotes?: { id: string; at: string; reason: string }[]
  votes?: VoteRow[]
  endEvidence?: { id: string; at: string; by: string; state: string; reason: string | null }[]
  evidence?: EvidenceRow[]
  /** The whole row; inserted or replaced. */
  grant?: GrantRow
  answers?: AnswerRow[]
  events?: EventRow[]
  outbox?: OutboxRow[]
  /** An evaluation under the lock has seen every committed input: all of the request's waiting `evaluate` rows are done. */
  settlesOutbox?: true
}
