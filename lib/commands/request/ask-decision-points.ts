import type { Contract } from '#lib/core/contract/contract'
import type { Json } from '#lib/core/contract/json'
import type { CompiledPolicy, Evaluation } from '#lib/core/policy/types'
import type { AnswerRow } from '#lib/db/rows'
import { saveChanges } from '#lib/db/save-changes'
import { askDecisionPoints } from '#lib/decision-points/ask'
import type { RecordedContext, RemoteAnswer } from '#lib/decision-points/types'
import { type Picture, readHeld } from '#lib/queries/read-held'
import type { Runtime } from '#lib/runtime'
import { iso, isoOrNull } from '../project'

const NOTHING_RECORDED: RecordedContext = { approval_status: 'pending', rollback_plan: false }

/** Asks every decision point about a contract that was not recorded yet. */
export function askAboutContract(
  runtime: Runtime,
  policy: CompiledPolicy,
  { requestId, contract }: { requestId: string; contract: Contract },
  now: () => number,
): Promise<RemoteAnswer[]> {
  const question = { requestId, contract, inputSeq: 0, recorded: NOTHING_RECORDED }
  return askDecisionPoints(pointsOf(runtime, [policy]), question, now)
}

/** Those that one of these policies asks: every one that is configured, but for changes of the installation itself. */
function pointsOf(
  { decisionPoints }: Runtime,
  policies: readonly CompiledPolicy[],
): Runtime['decisionPoints'] {
  const names = new Set(policies.flatMap((policy) => policy.decisionPoints.map(({ name }) => name)))
  return decisionPoints.filter(({ name }) => names.has(name))
}

/** The database's clock, carried on from when it was read: answers of different processes can then be compared. */
export function clockFrom(databaseNow: number): () => number {
  const startedAt = performance.now()
  return () => databaseNow + Math.floor(performance.now() - startedAt)
}

/**
 * Brings the answers of the decision points up to date for a request that is held or may be redeemed, before any lock.
 * An answer is a dated fact: evaluation under the lock decides whether it is fresh enough.
 */
export async function askForRequest(runtime: Runtime, requestId: string): Promise<void> {
  if (runtime.decisionPoints.length === 0) return
  const picture = await readHeld(runtime, runtime.db, { requestId })
  if (!picture || !isUndecided(picture)) return
  const stale = pointsOf(runtime, picture.policies).filter(({ name }) => !isFresh(picture, name))
  if (stale.length === 0) return
  const answers = await askDecisionPoints(
    stale,
    {
      requestId,
      contract: picture.contract,
      inputSeq: picture.ticket.inputSeq,
      recorded: recordedOf(picture.evaluateAt(picture.now)),
    },
    clockFrom(picture.now),
  )
  await saveChanges(runtime.db, { requestId, answers: answerRows(runtime, requestId, answers) })
}

export function answerRows(
  runtime: Pick<Runtime, 'newId'>,
  requestId: string,
  answers: RemoteAnswer[],
): AnswerRow[] {
  return answers.map((answer) => ({
    id: runtime.newId('ans'),
    request_id: requestId,
    name: answer.name,
    verdict: answer.verdict,
    issues: answer.issues as unknown as Json,
    error: answer.error ?? null,
    input_seq: answer.inputSeq,
    at: iso(answer.at),
    retry_at: isoOrNull(answer.retryAt ?? null),
    latency_ms: Math.round(answer.latencyMs),
  }))
}

function isUndecided({ ticket }: Picture): boolean {
  const { grant } = ticket
  return ticket.state === 'open' || grant?.state === 'ready' || grant?.state === 'collected'
}

/** Fresh, or failed so recently that asking again was put off. */
function isFresh({ facts, policies, ticket, now }: Picture, name: string): boolean {
  const answer = facts.remotes.find((remote) => remote.name === name)
  if (!answer || answer.inputSeq !== ticket.inputSeq) return false
  if (answer.error !== undefined) return (answer.retryAt ?? 0) > now
  return now - answer.at < maxAgeMs(policies, name) / 2
}

function maxAgeMs(policies: Picture['policies'], name: string): number {
  const ages = policies.flatMap(({ decisionPoints }) =>
    decisionPoints.filter((point) => point.name === name).map((point) => point.max_age_ms),
  )
  return Math.min(...ages)
}

/** What our own records say, in the words of the contract's context: it replaces what the caller claims there. */
function recordedOf({ requirements }: Evaluation): RecordedContext {
  const approvals = requirements.filter(({ requirement }) => requirement.kind === 'approval')
  const plan = requirements.find(
    ({ requirement }) => requirement.kind === 'evidence' && requirement.type === 'rollback_plan',
  )
  const isApproved = approvals.length > 0 && approvals.every(({ state }) => state === 'met')
  return {
    approval_status: isApproved ? 'approved' : 'pending',
    rollback_plan: plan?.state === 'met',
  }
}
