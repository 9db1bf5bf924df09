import type { Evaluation } from '../policy/types'
import { ok, type Result } from '../result'
import { unreachable } from '../unreachable'
import { instant, type TicketEvent } from './events'
import { hasReviewed } from './fitting-evidence'
import { sameDecision } from './same-decision'
import type { Ticket, TicketCommand } from './types'

type Evaluate = Extract<TicketCommand, { kind: 'evaluate' }>

/**
 * Applies an evaluation, made of the facts of min(now, deadline), to an open ticket: released with a grant, denied,
 * expired, opened (the first DEFER) or still held. A decision is recorded when it is the first, when it says something
 * new, and when it ends the ticket; otherwise there are no events and the writer only marks the inputs as evaluated.
 *
 * The grant's execution window starts at min(now, deadline): a worker that comes late lengthens nothing.
 * @throws Error when the evaluation contradicts itself or a length is missing: a fault, and nothing is released by it
 */
export function evaluate(ticket: Ticket, command: Evaluate, now: number): Result<TicketEvent[]> {
  const { evaluation, actor } = command
  const decision = decisionMade(ticket, command)
  switch (evaluation.verdict) {
    case 'ALLOW':
      return ok([decision, ...release(ticket, command, now)])
    case 'DENY':
      return ok([decision, { type: 'request.denied', actor, body: denial(ticket, evaluation) }])
    case 'DEFER':
      return ok(hold(ticket, command, decision, now))
    default:
      return unreachable(evaluation.verdict)
  }
}

function hold(
  ticket: Ticket,
  command: Evaluate,
  decision: TicketEvent,
  now: number,
): TicketEvent[] {
  const { evaluation, actor, deadlineMs } = command
  const { outstanding } = evaluation
  if (ticket.openedAt === null || ticket.deadlineAt === null) {
    const deadline_at = instant(now + positive(deadlineMs, 'deadlineMs'))
    return [decision, { type: 'ticket.opened', actor, body: { deadline_at, outstanding } }]
  }
  if (now >= ticket.deadlineAt) {
    const deadline_at = instant(ticket.deadlineAt)
    const body = { decision: ticket.decisionOrdinal + 1, deadline_at, outstanding }
    return [decision, { type: 'request.expired', actor, body }]
  }
  const isNew = ticket.lastDecision === null || !sameDecision(ticket.lastDecision, evaluation)
  return isNew ? [decision] : []
}

function release(ticket: Ticket, command: Evaluate, now: number): TicketEvent[] {
  const { evaluation, actor, generation, executionWindowMs } = command
  assertSatisfied(evaluation)
  const metAt = Math.min(now, ticket.deadlineAt ?? now)
  const ends_at = instant(metAt + positive(executionWindowMs, 'executionWindowMs'))
  const counted = ticket.votes.filter(({ id }) => evaluation.countedVotes.includes(id))
  const approvals = counted.map(({ id, person, method, channel, at }) => ({
    vote_id: id,
    person,
    method,
    channel,
    at: instant(at),
  }))
  const body = {
    decision: ticket.decisionOrdinal + 1,
    policy_version: evaluation.policyVersion,
    approvals,
    unreviewed_evidence: unreviewedEvidence(ticket, evaluation),
  }
  return [
    { type: 'request.released', actor, body },
    { type: 'grant.created', actor, body: { ends_at, generation } },
  ]
}

/** The last gate before a grant: an ALLOW that still names something outstanding is a fault, never a release. */
function assertSatisfied({ outstanding, issues, requirements }: Evaluation): void {
  const isSatisfied =
    outstanding.length === 0 &&
    issues.every(({ severity }) => severity === 'warn') &&
    requirements.every(({ state }) => state === 'met' || state === 'at_redeem')
  if (!isSatisfied) throw new Error('An evaluation says ALLOW while something is outstanding')
}

function positive(lengthMs: number | undefined, name: string): number {
  if (lengthMs === undefined || !Number.isFinite(lengthMs) || lengthMs <= 0) {
    throw new Error(`An evaluation needs a positive ${name}, not ${lengthMs}`)
  }
  return lengthMs
}

function unreviewedEvidence(ticket: Ticket, { requirements, countedVotes }: Evaluation): string[] {
  const counted = ticket.votes.filter(({ id }) => countedVotes.includes(id))
  const isReviewed = (type: string) =>
    ticket.evidence.some(
      (item) =>
        item.type === type &&
        item.state === 'provided' &&
        counted.some((vote) => hasReviewed(vote, item)),
    )
  return requirements.flatMap(({ requirement }) =>
    requirement.kind === 'evidence' && !isReviewed(requirement.type) ? [requirement.id] : [],
  )
}

function denial(ticket: Ticket, { policyVersion, issues }: Evaluation) {
  const codes = issues.filter(({ severity }) => severity === 'deny').map(({ code }) => code)
  return {
    decision: ticket.decisionOrdinal + 1,
    policy_version: policyVersion,
    issues: [...new Set(codes)].sort(),
  }
}

function decisionMade(ticket: Ticket, { evaluation, actor }: Evaluate): TicketEvent {
  const { verdict, issues, requirements, outstanding } = evaluation
  return {
    type: 'decision.made',
    actor,
    body: {
      ordinal: ticket.decisionOrdinal + 1,
      verdict,
      policy_version: evaluation.policyVersion,
      risk: evaluation.risk,
      environment: evaluation.environment,
      issues: issues.map(({ code, severity, path, requirement }) => ({
        code,
        severity,
        path: path ?? null,
        requirement: requirement ?? null,
      })),
      requirements: requirements.map(({ requirement: { id }, state }) => ({ id, state })),
      outstanding,
      counted_votes: evaluation.countedVotes,
      void_votes: evaluation.voidVotes,
      input_seq: ticket.inputSeq,
    },
    decision: { verdict, issues, requirements, outstanding },
  }
}
