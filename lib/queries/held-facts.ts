import type { Contract } from '#lib/core/contract/contract'
import { type ContractParts, digestOfText } from '#lib/core/contract/digest'
import { isJsonObject } from '#lib/core/contract/json'
import type { CallerFact, Facts, RemoteFact, VoteFact } from '#lib/core/policy/types'
import type { DecisionSummary, Grant, Review, Ticket, TicketState } from '#lib/core/ticket/types'
import type { HeldRows } from '#lib/db/load-held'
import type { AnswerRow, GrantRow, VoteRow } from '#lib/db/rows'

/** The rows of one request turned into what the core speaks: epoch milliseconds, closed unions, facts. */
export function ticketOf(rows: HeldRows): Ticket {
  const { request } = rows
  return {
    requestId: request.id,
    state: request.state as TicketState,
    submittedAt: Date.parse(request.submitted_at),
    openedAt: epoch(request.opened_at),
    deadlineAt: epoch(request.deadline_at),
    closedAt: epoch(request.closed_at),
    inputSeq: request.input_seq,
    evaluatedSeq: request.evaluated_seq,
    decisionOrdinal: request.decision_count,
    votes: rows.votes.map(voteFact),
    evidence: rows.evidence.map((item) => ({
      id: item.id,
      type: item.type,
      sha256: item.sha256,
      author: { kind: item.author_kind as 'person' | 'caller', id: item.author_id },
      at: Date.parse(item.at),
      state: item.state as 'provided' | 'rejected' | 'withdrawn',
    })),
    grant: rows.grant === null ? null : grantOf(rows.grant),
    lastDecision: request.decision_count === 0 ? null : decisionOf(request),
  }
}

/** The columns that repeat the latest decision, which this product alone writes. */
function decisionOf(request: HeldRows['request']): DecisionSummary {
  return {
    verdict: request.verdict as DecisionSummary['verdict'],
    issues: request.issues as unknown as DecisionSummary['issues'],
    requirements: request.requirements as unknown as DecisionSummary['requirements'],
    outstanding: request.outstanding,
  }
}

/**
 * The contract out of the very text that was hashed and shown. `isIntact` is false when that text is not what the digest, the
 * caller and this installation say it is: somebody changed the row, and nothing may be decided by it.
 */
export function contractOf(
  rows: HeldRows,
  domain: string,
): { contract: Contract; isIntact: boolean } {
  const { hashed, contract_digest, caller_id } = rows.request
  const document = JSON.parse(hashed) as ContractParts
  const isOurs = document.domain === domain && document.caller === caller_id
  return {
    contract: document.contract,
    isIntact: isOurs && digestOfText(hashed) === contract_digest,
  }
}

/** Facts as they stand now: the directory and the caller are live, requesters only ever grow. */
export function factsOf(rows: HeldRows, domain: string): Facts {
  const ticket = ticketOf(rows)
  return {
    requestId: rows.request.id,
    domain,
    contractDigest: rows.request.contract_digest,
    pinnedPolicyVersion: rows.request.policy_version,
    caller: callerFact(rows.caller),
    requesters: requestersOf(rows),
    votes: ticket.votes,
    evidence: ticket.evidence,
    directory: {
      people: rows.people,
      groups: Object.fromEntries(
        Object.entries(rows.groups).map(([name, members]) => [
          name,
          members.map(({ person, expires_at }) => ({ person, expiresAt: epoch(expires_at) })),
        ]),
      ),
    },
    remotes: rows.answers.map(remoteFact),
    inputSeq: rows.request.input_seq,
  }
}

export function callerFact(row: HeldRows['caller']): CallerFact {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as CallerFact['kind'],
    roles: row.roles,
    environments: row.environments,
    ownerId: row.owner_id,
    active: row.active,
  }
}

/** Every human behind the request: at submission, and who owns the caller or made its key now. */
export function requestersOf(rows: HeldRows): string[] {
  return [...new Set([...rows.request.requesters, rows.caller.owner_id, rows.keyCreatedBy])].sort()
}

export function remoteFact(row: AnswerRow): RemoteFact {
  return {
    name: row.name,
    verdict: row.verdict as RemoteFact['verdict'],
    issues: Array.isArray(row.issues) ? row.issues.filter(isJsonObject).map(remoteIssue) : [],
    at: Date.parse(row.at),
    inputSeq: row.input_seq,
    ...(row.error !== null && { error: row.error }),
    ...(row.retry_at !== null && { retryAt: Date.parse(row.retry_at) }),
  }
}

function remoteIssue(issue: Record<string, unknown>): { code: string; message: string } {
  return { code: String(issue['code'] ?? 'unknown'), message: String(issue['message'] ?? '') }
}

function voteFact(row: VoteRow): VoteFact {
  return {
    id: row.id,
    person: row.person_id,
    choice: row.choice as VoteFact['choice'],
    method: row.method as VoteFact['method'],
    channel: row.channel as VoteFact['channel'],
    at: Date.parse(row.at),
    reviewDigest: row.review_digest,
    reviewed: row.reviewed as unknown as Review,
  }
}

function grantOf(row: GrantRow): Grant {
  return {
    state: row.state as Grant['state'],
    createdAt: Date.parse(row.created_at),
    endsAt: Date.parse(row.ends_at),
    generation: row.generation,
    jti: row.jti,
    tokenExpiresAt: epoch(row.token_expires_at),
    collectedAt: epoch(row.collected_at),
    redeemedAt: epoch(row.redeemed_at),
    redeemNonceHash: row.redeem_nonce_hash,
    redeemedByKeyId: row.redeemed_by_key_id,
    reportedAt: epoch(row.reported_at),
    outcome: row.outcome as Grant['outcome'],
  }
}

function epoch(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}
