import type { Facts, Issue, RemoteFact, Requirement, RequirementState } from './types'

type DecisionPoint = Extract<Requirement, { kind: 'decision_point' }>

export interface DecisionPointAnswer {
  state: RequirementState
  issues: Issue[]
  /** When it is asked again, epoch ms. */
  opensAt?: number
  nextCheckAt?: number
}

/**
 * What a remote decision point's answer is worth at `now` (epoch ms). Only a fresh, well-formed answer to the inputs as
 * they are counts: no answer, an error, an unknown verdict, one too old or dated ahead is a hold, never consent.
 */
export function decisionPointAnswer(
  point: DecisionPoint,
  facts: Facts,
  now: number,
): DecisionPointAnswer {
  const latest = facts.remotes
    .filter(({ name }) => name === point.name)
    .reduce<RemoteFact | undefined>((a, b) => (a === undefined || isLater(b, a) ? b : a), undefined)
  const problem = problemWith(latest, point, facts, now)
  if (latest === undefined || problem !== null) return unavailable(point, problem, latest, now)
  const nextCheckAt = latest.at + point.max_age_ms
  switch (latest.verdict) {
    case 'ALLOW':
      return { state: 'met', issues: [], nextCheckAt }
    case 'DENY':
      return { state: 'missing', issues: answerIssues(point, latest, 'deny'), nextCheckAt }
    case 'DEFER':
      return { state: 'missing', issues: answerIssues(point, latest, 'defer'), nextCheckAt }
    default:
      return unavailable(point, 'it gave a verdict that nobody knows', latest, now)
  }
}

function isLater(a: RemoteFact, b: RemoteFact): boolean {
  return a.inputSeq === b.inputSeq ? a.at > b.at : a.inputSeq > b.inputSeq
}

function problemWith(
  answer: RemoteFact | undefined,
  point: DecisionPoint,
  { inputSeq }: Facts,
  now: number,
): string | null {
  if (answer === undefined) return 'it was not asked yet'
  if (answer.error !== undefined) return 'it could not be asked'
  if (answer.inputSeq < inputSeq) return 'something changed since it answered'
  // Written so that a time that is no number is a problem too.
  if (!(answer.at <= now)) return 'its answer is dated ahead'
  if (!(now < answer.at + point.max_age_ms)) return 'its answer is too old'
  return null
}

/** How soon a decision point without an answer is asked again when it did not say. */
const ASK_AGAIN_MS = 30_000

function unavailable(
  { name, id }: DecisionPoint,
  problem: string | null,
  answer: RemoteFact | undefined,
  now: number,
): DecisionPointAnswer {
  const retryAt = answer?.retryAt
  // Whoever could not answer is asked again, whether it said when or not: nothing else would wake the request.
  const again =
    retryAt !== undefined && retryAt > now
      ? { opensAt: retryAt, nextCheckAt: retryAt }
      : { nextCheckAt: now + ASK_AGAIN_MS }
  return {
    state: 'waiting',
    issues: [
      {
        code: 'decision_point_unavailable',
        severity: 'defer',
        message: `${name} has no answer that counts: ${problem ?? 'it is not known why'}.`,
        requirement: id,
      },
    ],
    ...again,
  }
}

/** Its own issues, their codes prefixed by its name, so that nobody takes them for Countersign's. */
function answerIssues(
  { name, id }: DecisionPoint,
  { issues }: RemoteFact,
  severity: 'deny' | 'defer',
): Issue[] {
  const verdict = severity === 'deny' ? 'denies it' : 'holds it'
  const plain = { code: 'no_reason', message: `${name} ${verdict} and gives no reason.` }
  return (issues.length > 0 ? issues : [plain]).map(({ code, message }) => ({
    code: `${name}.${code}`,
    severity,
    message,
    requirement: id,
  }))
}
