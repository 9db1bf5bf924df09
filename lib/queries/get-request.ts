import type { CompiledPolicy, Issue, RequirementStatus, RiskClass } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { RequestAnswer } from '#lib/wire/request'
import { gatherReads } from '../gather'
import { requirementTitle } from './requirement-title'

/** Longest `wait` of one poll, seconds. */
export const MAX_WAIT_SECONDS = 25
const RETRY_AFTER_SECONDS = 1

interface Row {
  id: string
  callerId: string
  verdict: RequestAnswer['verdict']
  state: RequestAnswer['state']
  issues: Issue[]
  requirements: RequirementStatus[]
  policyVersion: string
  contractDigest: string
  decisionCount: number
  submittedAt: Date
  openedAt: Date | null
  deadlineAt: Date | null
  closedAt: Date | null
  closedByName: string | null
  closeReason: Record<string, unknown> | null
  supersededBy: string | null
  grant: GrantRow | null
}

interface GrantRow {
  state: NonNullable<RequestAnswer['grant']>['state']
  ends_at: string
  collected_at: string | null
  redeemed_at: string | null
  reported_at: string | null
  outcome: NonNullable<RequestAnswer['grant']>['outcome']
}

const SELECT = `
SELECT r.id, r.caller_id AS "callerId", r.verdict, r.state, r.issues, r.requirements, r.policy_version AS "policyVersion",
  r.contract_digest AS "contractDigest", r.decision_count AS "decisionCount", r.submitted_at AS "submittedAt",
  r.opened_at AS "openedAt", r.deadline_at AS "deadlineAt", r.closed_at AS "closedAt", p.name AS "closedByName",
  r.close_reason AS "closeReason", r.superseded_by AS "supersededBy", to_jsonb(g) AS "grant"
FROM requests r LEFT JOIN grants g ON g.request_id = r.id LEFT JOIN people p ON p.id = r.closed_by`

interface Owned {
  requestId: string
  callerId: string
}

/** A request as its caller sees it; null when this caller has none of that id. */
export type RequestReader = (input: Owned) => Promise<RequestAnswer | null>

/** One read. */
export async function getRequest(runtime: Runtime, input: Owned): Promise<RequestAnswer | null> {
  const [read] = await readRequests(runtime, [input])
  return read ?? null
}

/** For those who are woken together: they are read for together. */
export function createRequestReader(runtime: Runtime): RequestReader {
  return gatherReads((inputs: Owned[]) => readRequests(runtime, inputs))
}

async function readRequests(runtime: Runtime, inputs: Owned[]): Promise<(RequestAnswer | null)[]> {
  const ids = [...new Set(inputs.map(({ requestId }) => requestId))]
  const rows = await runtime.db.$queryRawUnsafe<Row[]>(
    `${SELECT} WHERE r.id = ANY($1::text[])`,
    ids,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return await Promise.all(
    inputs.map(async ({ requestId, callerId }) => {
      const row = byId.get(requestId)
      return row?.callerId === callerId ? await answerOf(runtime, row) : null
    }),
  )
}

/** Of the latest decision. */
export async function riskOf({ db }: Pick<Runtime, 'db'>, requestId: string): Promise<RiskClass> {
  const row = await db.request.findUnique({ where: { id: requestId }, select: { risk: true } })
  return (row?.risk ?? 'unknown') as RiskClass
}

export interface ListInput {
  callerId: string
  state: string | null
  limit: number
  /** As the page before gave it. */
  before: { submittedAt: Date; id: string } | null
}

/** A caller's requests, newest first, by keyset: a page costs the same however long the history is. */
export async function listRequests(runtime: Runtime, input: ListInput): Promise<RequestAnswer[]> {
  const rows = await runtime.db.$queryRawUnsafe<Row[]>(
    `${SELECT} WHERE r.caller_id = $1 AND ($2::text IS NULL OR r.state = $2)
       AND ($3::timestamptz IS NULL OR (r.submitted_at, r.id) < ($3, $4))
     ORDER BY r.submitted_at DESC, r.id DESC LIMIT $5`,
    input.callerId,
    input.state,
    input.before?.submittedAt ?? null,
    input.before?.id ?? '',
    input.limit,
  )
  return await Promise.all(rows.map((row) => answerOf(runtime, row)))
}

async function answerOf(runtime: Runtime, row: Row): Promise<RequestAnswer> {
  const policy = await runtime.policies.get(row.policyVersion)
  return {
    request_id: row.id,
    verdict: row.verdict,
    state: row.state,
    issues: row.issues,
    requirements: row.requirements.map((status) => requirementAnswer(status, policy)),
    policy_version: row.policyVersion,
    contract_digest: row.contractDigest,
    decision: row.decisionCount,
    submitted_at: row.submittedAt.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
    closed: row.closedAt ? closingOf(row, row.closedAt) : null,
    grant: row.grant && grantOf(row.grant),
    ticket_url: row.openedAt ? `${runtime.config.publicUrl}/tickets/${row.id}` : null,
    superseded_by: row.supersededBy,
    poll:
      row.state === 'open'
        ? { wait_seconds: MAX_WAIT_SECONDS, retry_after_seconds: RETRY_AFTER_SECONDS }
        : null,
  }
}

/** A policy that cannot be loaded leaves its groups without a label; the title then names the group itself. */
function requirementAnswer(status: RequirementStatus, policy: CompiledPolicy | null) {
  const { requirement, state, opensAt } = status
  return {
    id: requirement.id,
    kind: requirement.kind,
    state,
    title: requirementTitle(status, policy ? [policy] : []),
    opens_at: opensAt === undefined ? null : new Date(opensAt).toISOString(),
  }
}

function closingOf(row: Row, closedAt: Date) {
  const reason = row.closeReason ?? {}
  return {
    at: closedAt.toISOString(),
    by: row.closedByName,
    reason: textOrNull(reason['reason']),
    note: textOrNull(reason['note']),
  }
}

function grantOf(row: GrantRow): NonNullable<RequestAnswer['grant']> {
  return {
    state: row.state,
    ends_at: utc(row.ends_at),
    collected_at: row.collected_at && utc(row.collected_at),
    redeemed_at: row.redeemed_at && utc(row.redeemed_at),
    reported_at: row.reported_at && utc(row.reported_at),
    outcome: row.outcome,
  }
}

function utc(text: string): string {
  return new Date(text).toISOString()
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
