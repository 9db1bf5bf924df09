import type { Contract } from '#lib/core/contract/contract'
import { contractDigest } from '#lib/core/contract/digest'
import type { Json } from '#lib/core/contract/json'
import { evaluate } from '#lib/core/policy/evaluate'
import type { CompiledPolicy, Evaluation, Facts, RemoteFact } from '#lib/core/policy/types'
import { ok, type Result, refuse } from '#lib/core/result'
import { apply } from '#lib/core/ticket/apply'
import type { TicketEvent } from '#lib/core/ticket/events'
import { transition } from '#lib/core/ticket/transition'
import type { Ticket } from '#lib/core/ticket/types'
import { loadSubmission, type SubmissionRows } from '#lib/db/load-submission'
import type { RequestRow, WriteSet } from '#lib/db/rows'
import { saveChanges } from '#lib/db/save-changes'
import { currentPolicyVersion, joinGate } from '#lib/db/tighten'
import { inTransaction, isUniqueViolation } from '#lib/db/transaction'
import { documentOf } from '#lib/policies/policy-book'
import { callerFact } from '#lib/queries/held-facts'
import type { Runtime } from '#lib/runtime'
import { evaluationPatch, iso, isoOrNull, project } from '../project'
import { answerRows, askAboutContract, clockFrom } from './ask-decision-points'
import { tooManyOpen, tooManySubmits } from './caller-limits'
import { policyMovedOn, supersede } from './supersede'

export interface SubmitInput {
  contract: Contract
  callerId: string
  keyId: string
  /** Idempotency-Key, or the contract's run_id; null = every submit is a new request. */
  runKey: string | null
  /** An earlier request of the same caller that this one replaces. */
  supersedes: string | null
  /** Name of the policy that decides. Left out: the organisation's, which every agent and CI job is under. */
  policyName?: string
}

export interface Submitted {
  requestId: string
  /** false: the run was known already and this is its request. */
  isNew: boolean
}

/**
 * Records a contract with its first decision: ALLOW makes a grant, DEFER opens a ticket, DENY ends it. Two round trips on
 * the usual path: one read, one write of everything.
 */
export async function submitRequest(
  runtime: Runtime,
  input: SubmitInput,
): Promise<Result<Submitted>> {
  const { digest, bytes } = contractDigest({
    domain: runtime.installation.domain,
    caller: input.callerId,
    contract: input.contract,
  })
  const rows = await loadSubmission(runtime.db, {
    keyId: input.keyId,
    runKey: input.runKey,
    policyName: input.policyName ?? runtime.policies.name,
    onBehalfOf: input.contract.on_behalf_of ?? null,
    supersedes: input.supersedes,
    limits: runtime.config.callerLimits,
  })
  if (!rows) return refuse('unauthenticated')
  // Asking again how a run stands is no new request, however many there are.
  if (rows.known) return sameRun(rows.known, digest)
  const limited = tooManySubmits(rows)
  if (limited) return limited
  const requestId = runtime.newId('req')
  const submission: Submission = { requestId, digest, bytes, input, rows }
  const policy = await currentPolicy(runtime, rows)
  // Pinning what nobody can read would hold the request for ever: the caller tries again.
  if (!policy) return refuse('policy_unavailable')
  const changes = await decide(runtime, submission, policy)
  const full = tooManyOpen(runtime, rows, changes)
  return full ?? (await record(runtime, input, digest, changes))
}

interface Submission {
  requestId: string
  digest: string
  bytes: string
  input: SubmitInput
  rows: SubmissionRows
}

function sameRun(known: { id: string; digest: string }, digest: string): Result<Submitted> {
  if (known.digest !== digest) return refuse('run_reused', { meta: { request_id: known.id } })
  return ok({ requestId: known.id, isNew: false })
}

/** Writes it all, unless an equal submit was first: then the request is that one's. */
async function record(
  runtime: Runtime,
  input: SubmitInput,
  digest: string,
  changes: WriteSet,
): Promise<Result<Submitted>> {
  try {
    if (input.supersedes === null) {
      if (!(await insert(runtime, changes))) return policyMovedOn()
      runtime.announce(changes.requestId)
      return ok({ requestId: changes.requestId, isNew: true })
    }
    const superseded = await supersede(runtime, input.supersedes, input.callerId, changes)
    // The earlier request may be closed because an equal submit has just superseded it.
    return superseded.ok ? superseded : ((await earlierRun(runtime, input, digest)) ?? superseded)
  } catch (error) {
    const earlier = isUniqueViolation(error) ? await earlierRun(runtime, input, digest) : null
    if (earlier === null) throw error
    return earlier
  }
}

/**
 * A held or denied request is written as it is. A release is written under the gate that tightening waits for, and only while
 * the policy it was decided by is still the current one: otherwise nothing is written, and the caller submits again.
 */
async function insert(runtime: Runtime, changes: WriteSet): Promise<boolean> {
  const { insert: row } = changes
  if (row?.state !== 'released') {
    await saveChanges(runtime.db, changes)
    return true
  }
  return await inTransaction(runtime.db, async (tx) => {
    await joinGate(tx)
    if ((await currentPolicyVersion(tx, documentOf(row.policy_version))) !== row.policy_version)
      return false
    await saveChanges(tx, changes)
    return true
  })
}

/** What became of the run that somebody else inserted between our read and our write, if so. */
async function earlierRun(
  runtime: Runtime,
  input: SubmitInput,
  digest: string,
): Promise<Result<Submitted> | null> {
  if (input.runKey === null) return null
  const rows = await loadSubmission(runtime.db, {
    keyId: input.keyId,
    runKey: input.runKey,
    policyName: input.policyName ?? runtime.policies.name,
    onBehalfOf: null,
    supersedes: null,
    limits: runtime.config.callerLimits,
  })
  return rows?.known ? sameRun(rows.known, digest) : null
}

async function decide(
  runtime: Runtime,
  submission: Submission,
  policy: CompiledPolicy,
): Promise<WriteSet> {
  const { input, rows, requestId } = submission
  const clock = clockFrom(rows.now)
  const remotes = await askAboutContract(
    runtime,
    policy,
    { requestId, contract: input.contract },
    clock,
  )
  const facts = factsOf(runtime, submission, remotes)
  const now = clock()
  const evaluation = evaluate({ contract: input.contract, facts, policies: [policy], now })
  const fresh = freshTicket(requestId, now)
  const events = firstEvents(fresh, submission, evaluation, policy, rows.generation, now)
  const { after, changes } = project(
    { ticket: fresh, head: null, grantRow: null },
    events,
    { evaluation, cause: 'submit', answers: answerRows(runtime, requestId, remotes) },
    now,
  )
  const { patch, settlesOutbox: _none, ...rest } = changes
  return { ...rest, insert: { ...requestRow(submission, facts, evaluation, after), ...patch } }
}

async function currentPolicy(
  runtime: Runtime,
  rows: SubmissionRows,
): Promise<CompiledPolicy | null> {
  return rows.currentPolicyVersion === null
    ? null
    : await runtime.policies.get(rows.currentPolicyVersion)
}

function factsOf(runtime: Runtime, submission: Submission, remotes: RemoteFact[]): Facts {
  const { rows, requestId, digest } = submission
  return {
    requestId,
    domain: runtime.installation.domain,
    contractDigest: digest,
    pinnedPolicyVersion: rows.currentPolicyVersion ?? '',
    caller: callerFact(rows.caller),
    requesters: [
      ...new Set([rows.caller.owner_id, rows.keyCreatedBy, ...rows.onBehalfOfIds]),
    ].sort(),
    votes: [],
    evidence: [],
    directory: { people: {}, groups: {} },
    remotes,
    inputSeq: 0,
  }
}

function freshTicket(requestId: string, now: number): Ticket {
  return {
    requestId,
    state: 'open',
    submittedAt: now,
    openedAt: null,
    deadlineAt: null,
    closedAt: null,
    inputSeq: 0,
    evaluatedSeq: 0,
    decisionOrdinal: 0,
    votes: [],
    evidence: [],
    grant: null,
    lastDecision: null,
  }
}

function firstEvents(
  fresh: Ticket,
  submission: Submission,
  evaluation: Evaluation,
  policy: CompiledPolicy,
  generation: number,
  now: number,
): TicketEvent[] {
  const { input, digest, rows } = submission
  const submitted: TicketEvent = {
    type: 'request.submitted',
    actor: { kind: 'caller', id: input.callerId, keyId: input.keyId },
    body: {
      contract_digest: digest,
      caller: input.callerId,
      key: input.keyId,
      policy_version: rows.currentPolicyVersion ?? '',
      run_key: input.runKey,
      supersedes: input.supersedes,
    },
  }
  const moved = transition(
    apply(fresh, submitted, now),
    {
      kind: 'evaluate',
      actor: { kind: 'system' },
      evaluation,
      generation,
      executionWindowMs: policy.executionWindowMs,
      deadlineMs: policy.deadlineMs,
    },
    now,
  )
  // A fresh ticket accepts every evaluation; anything else is a fault of ours and must not be stored half.
  if (!moved.ok) throw new Error(`A fresh ticket refused its evaluation: ${moved.refusal.code}`)
  return [submitted, ...moved.value]
}

function requestRow(
  submission: Submission,
  facts: Facts,
  evaluation: Evaluation,
  after: Ticket,
): RequestRow {
  const { input, rows } = submission
  const base = evaluationPatch(evaluation)
  return {
    id: submission.requestId,
    caller_id: input.callerId,
    key_id: input.keyId,
    run_key: input.runKey,
    contract_digest: submission.digest,
    contract: input.contract as unknown as Json,
    hashed: submission.bytes,
    goal: input.contract.goal,
    tools: input.contract.tools,
    requesters: facts.requesters,
    policy_version: rows.currentPolicyVersion ?? '',
    state: after.state,
    verdict: evaluation.verdict,
    risk: evaluation.risk,
    environment: evaluation.environment,
    issues: base.issues ?? [],
    requirements: base.requirements ?? [],
    outstanding: evaluation.outstanding,
    waiting_groups: base.waiting_groups ?? [],
    decision_count: after.decisionOrdinal,
    input_seq: after.inputSeq,
    evaluated_seq: after.inputSeq,
    submitted_at: iso(after.submittedAt),
    opened_at: isoOrNull(after.openedAt),
    deadline_at: isoOrNull(after.deadlineAt),
    closed_at: isoOrNull(after.closedAt),
    closed_by: null,
    close_reason: null,
    next_check_at: isoOrNull(evaluation.nextCheckAt),
    supersedes: input.supersedes,
    superseded_by: null,
  }
}
