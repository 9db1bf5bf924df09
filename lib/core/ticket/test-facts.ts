import type { Evaluation, EvidenceFact, Facts, Requirement, VoteFact } from '../policy/types'
import { apply } from './apply'
import type { Approval } from './eligibility'
import { buildReview, reviewDigest } from './review'
import { transition } from './transition'
import type { Review, Ticket, TicketCommand } from './types'

/** Small world for the tests of this folder: who there is, what is asked, and a ticket that is open. */
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const T0 = Date.UTC(2026, 2, 16, 9)
export const DEADLINE = T0 + DAY

export const RELEASE: Approval = {
  kind: 'approval',
  id: 'approval:release',
  tree: { group: 'release', count: 1 },
  via: ['web', 'slack'],
  mfa: 'any',
  slack_totp: true,
  vote_max_age_ms: DAY,
}

export const PLAN: Extract<Requirement, { kind: 'evidence' }> = {
  kind: 'evidence',
  id: 'evidence:rollback_plan',
  type: 'rollback_plan',
  from: 'human',
  max_age_ms: null,
  approve_before_evidence: false,
}

/** mara and tomas are in `release`, aiko in `security`, ben in both; olga owns the caller; zed left. */
export function testFacts(changes: Partial<Facts> = {}): Facts {
  const person = (name: string) => ({ name, active: true, roles: [] })
  const member = (id: string) => ({ person: id, expiresAt: null })
  return {
    requestId: 'req_1',
    domain: 'https://countersign.example',
    contractDigest: `sha-256:${'c'.repeat(64)}`,
    pinnedPolicyVersion: 'main@1+abcdef01',
    caller: {
      id: 'clr_1',
      name: 'ci-release',
      kind: 'ci_job',
      roles: [],
      environments: ['production'],
      ownerId: 'olga',
      active: true,
    },
    requesters: ['olga'],
    votes: [],
    evidence: [],
    directory: {
      people: {
        mara: person('Mara'),
        tomas: person('Tomas'),
        aiko: person('Aiko'),
        ben: person('Ben'),
        olga: person('Olga'),
        zed: { ...person('Zed'), active: false },
      },
      groups: {
        release: [member('mara'), member('tomas'), member('ben'), member('olga'), member('zed')],
        security: [member('aiko'), member('ben')],
      },
    },
    remotes: [],
    inputSeq: 0,
    ...changes,
  }
}

export function testEvidence(changes: Partial<EvidenceFact> = {}): EvidenceFact {
  return {
    id: 'evd_1',
    type: 'rollback_plan',
    sha256: `sha-256:${'e'.repeat(64)}`,
    author: { kind: 'person', id: 'rita' },
    at: T0,
    state: 'provided',
    ...changes,
  }
}

export function reviewOf(facts: Facts, requirements: Requirement[]): Review {
  return buildReview(facts, testEvaluation(requirements))
}

/** A vote by somebody who was shown exactly these facts and requirements. */
export function testVote(
  facts: Facts,
  requirements: Requirement[],
  changes: Partial<VoteFact> = {},
): VoteFact {
  const reviewed = reviewOf(facts, requirements)
  const person = changes.person ?? 'mara'
  return {
    id: `vot_${person}`,
    person,
    choice: 'approve',
    method: 'totp',
    channel: 'web',
    at: T0,
    reviewDigest: reviewDigest(reviewed),
    reviewed,
    ...changes,
  }
}

export function testEvaluation(
  requirements: Requirement[],
  changes: Partial<Evaluation> = {},
): Evaluation {
  const ids = requirements.map(({ id }) => id)
  return {
    verdict: 'DEFER',
    issues: [],
    requirements: requirements.map((requirement) => ({ requirement, state: 'missing' })),
    outstanding: [...ids].sort(),
    risk: 'production_control_plane',
    environment: 'production',
    obligations: [],
    countedVotes: [],
    voidVotes: [],
    nextCheckAt: null,
    windowEndsAt: null,
    policyVersion: 'main@1+abcdef01',
    ...changes,
  }
}

/** The same requirements, all met. */
export function allowing(
  requirements: Requirement[],
  changes: Partial<Evaluation> = {},
): Evaluation {
  const statuses = requirements.map((requirement) => ({ requirement, state: 'met' as const }))
  return testEvaluation(requirements, {
    verdict: 'ALLOW',
    requirements: statuses,
    outstanding: [],
    ...changes,
  })
}

export function freshTicket(): Ticket {
  return {
    requestId: 'req_1',
    state: 'open',
    submittedAt: T0,
    openedAt: null,
    deadlineAt: null,
    closedAt: null,
    inputSeq: 0,
    evaluatedSeq: 0,
    decisionOrdinal: 0,
    lastDecision: null,
    votes: [],
    evidence: [],
    grant: null,
  }
}

export function evaluateCommand(
  evaluation: Evaluation,
): Extract<TicketCommand, { kind: 'evaluate' }> {
  return {
    kind: 'evaluate',
    actor: { kind: 'system' },
    evaluation,
    generation: 1,
    executionWindowMs: 4 * HOUR,
    deadlineMs: DAY,
  }
}

/** Runs commands one after another; a refusal is a fault of the test. */
export function after(ticket: Ticket, steps: [command: TicketCommand, at: number][]): Ticket {
  return steps.reduce((held, [command, at]) => {
    const moved = transition(held, command, at)
    if (!moved.ok) throw new Error(`${command.kind} was refused: ${moved.refusal.code}`)
    return moved.value.reduce((next, event) => apply(next, event, at), held)
  }, ticket)
}

export function openTicket(requirements: Requirement[] = [RELEASE, PLAN]): Ticket {
  return after(freshTicket(), [[evaluateCommand(testEvaluation(requirements)), T0]])
}

export function releasedTicket(at = T0 + HOUR): Ticket {
  return after(openTicket(), [[evaluateCommand(allowing([RELEASE, PLAN])), at]])
}

export function voteCommand(
  changes: Partial<Extract<TicketCommand, { kind: 'vote' }>> = {},
): Extract<TicketCommand, { kind: 'vote' }> {
  const evaluation = changes.evaluation ?? testEvaluation([RELEASE, PLAN])
  const review = changes.review ?? buildReview(testFacts(), evaluation)
  return {
    kind: 'vote',
    actor: { kind: 'person', id: 'mara' },
    voteId: 'vot_1',
    choice: 'approve',
    channel: 'web',
    method: 'totp',
    reviewDigest: reviewDigest(review),
    note: null,
    reason: null,
    evaluation,
    review,
    voter: { active: true, groups: ['release'], isRequester: false },
    ...changes,
  }
}

export const RUNTIME = { kind: 'caller', id: 'clr_1', keyId: 'key_runtime' } as const

export function collectCommand(at: number, jti = 'jti_1') {
  return { kind: 'collect', actor: RUNTIME, jti, tokenExpiresAt: at + 300_000 } as const
}

export function redeemCommand(
  changes: Partial<Extract<TicketCommand, { kind: 'redeem' }>> = {},
): Extract<TicketCommand, { kind: 'redeem' }> {
  return {
    kind: 'redeem',
    actor: RUNTIME,
    jti: 'jti_1',
    nonceHash: 'n'.repeat(64),
    refusal: null,
    ...changes,
  }
}
