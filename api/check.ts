import { submitRequest } from '#lib/commands/request/submit-request'
import { type Contract, parseContract } from '#lib/core/contract/contract'
import { isJsonObject } from '#lib/core/contract/json'
import { parseJson } from '#lib/core/contract/parse-json'
import type { RiskClass } from '#lib/core/policy/types'
import { ok, type Result, refuse } from '#lib/core/result'
import { getRequest, riskOf } from '#lib/queries/get-request'
import { type CheckAnswer, checkAnswer, checkBody, IGNORED_MEMBERS } from '#lib/wire/check'
import type { RequestAnswer } from '#lib/wire/request'
import { type ApiRoute, route } from './call'
import { NAMES_THE_RUN, RUN_KEY, SUBMIT_REFUSES } from './run-key'

/** Stage0 tells risk as a number. Ours is a class, so the number only keeps their order. */
const RISK_SCORE: Record<RiskClass, number> = {
  read_only: 5,
  external_side_effect: 40,
  production_control_plane: 70,
  destructive_data_change: 80,
  privilege_change: 85,
  money_outward: 90,
  unknown: 100,
}

const SEVERITY = { deny: 'HIGH', defer: 'MEDIUM', warn: 'LOW' } as const

/**
 * Stage0's door, so that a client of it can be pointed here. It submits like `POST /v1/requests` and never says ALLOW: whoever
 * runs something on an ALLOW would run it without the redemption that makes it single-use. What is released is collected and
 * redeemed by the runtime, under the `request_id`.
 */
const check: ApiRoute = {
  ...route({
    method: 'post',
    path: '/check',
    operationId: 'check',
    summary: 'Submit a contract as a client of Stage0 does',
    scopes: ['submit'],
    answers: {
      200: {
        description: 'DEFER, with the request to wait for, or DENY. Never ALLOW.',
        schema: checkAnswer,
      },
    },
    headers: NAMES_THE_RUN,
    refuses: [...SUBMIT_REFUSES],
    handle: async ({ runtime, credential, body, header }) => {
      const contract = body as Contract
      const runKey = header('idempotency-key') ?? contract.run_id ?? null
      if (runKey !== null && !RUN_KEY.test(runKey)) {
        return refuse('invalid_body', {
          detail: 'Idempotency-Key takes 1 to 200 visible ASCII characters.',
        })
      }
      const callerId = credential.caller.id
      const submitted = await submitRequest(runtime, {
        contract,
        callerId,
        keyId: credential.keyId,
        runKey,
        supersedes: null,
      })
      if (!submitted.ok) return submitted
      const { requestId } = submitted.value
      const request = await getRequest(runtime, { requestId, callerId })
      if (!request) return refuse('not_found')
      const risk = await riskOf(runtime, requestId)
      return ok({ status: 200, body: answerOf(request, RISK_SCORE[risk]) })
    },
  }),
  keyHeader: 'x-api-key',
  body: {
    description:
      'A contract. `pro`, `policy_pack_version` and `debug_store_input` are read over; other members that a contract does not have are refused.',
    schema: checkBody,
    read: readCheck,
  },
}

export const checkRoutes: ApiRoute[] = [check]

function readCheck(bytes: Uint8Array): Result<Contract> {
  const parsed = parseJson(bytes)
  if (!parsed.ok) return parsed
  if (!isJsonObject(parsed.value)) return parseContract(parsed.value)
  const ignored: readonly string[] = IGNORED_MEMBERS
  const members = Object.entries(parsed.value).filter(([name]) => !ignored.includes(name))
  return parseContract(Object.fromEntries(members))
}

function answerOf(request: RequestAnswer, riskScore: number): CheckAnswer {
  const isHeld = request.state === 'open' || request.state === 'released'
  const issues = request.issues.map(({ code, severity, message }) => ({
    code,
    severity: SEVERITY[severity],
    message,
  }))
  if (request.state === 'released') {
    issues.push({ code: 'redemption_required', severity: 'MEDIUM', message: TO_REDEEM })
  }
  return {
    verdict: isHeld ? 'DEFER' : 'DENY',
    decision: isHeld ? 'DEFER' : 'NO_GO',
    reason: reasonOf(request),
    issues,
    request_id: request.request_id,
    policy_version: request.policy_version,
    risk_score: riskScore,
    state: request.state,
    ticket_url: request.ticket_url,
  }
}

const TO_REDEEM =
  'Released. The runtime collects the allow token of this request and redeems it before it runs the action.'

function reasonOf({ state, issues, closed, superseded_by }: RequestAnswer): string {
  const by = closed?.by ? ` by ${closed.by}` : ''
  switch (state) {
    case 'released':
      return TO_REDEEM
    case 'rejected':
      return `Rejected${by}${closed?.note ? `: ${closed.note}` : ''}.`
    case 'expired':
      return 'Expired: not enough answers in time. Nothing ran.'
    case 'cancelled':
      return `Cancelled${by}. Nothing ran.`
    case 'superseded':
      return `Superseded by ${superseded_by}.`
    default:
      return issues.map(({ message }) => message).join(' ') || 'Held until people have answered.'
  }
}
