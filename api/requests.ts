import { z } from 'zod'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { reportOutcome } from '#lib/commands/grant/report-outcome'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { submitRequest } from '#lib/commands/request/submit-request'
import { type Contract, readContract } from '#lib/core/contract/contract'
import { isId } from '#lib/core/ids'
import { ok, type Result, refuse } from '#lib/core/result'
import { getRequest, listRequests, MAX_WAIT_SECONDS } from '#lib/queries/get-request'
import type { Runtime } from '#lib/runtime'
import { contractBody, evidenceAnswer } from '#lib/wire/contract'
import { evidenceSubmission } from '#lib/wire/evidence'
import {
  cancelBody,
  outcomeBody,
  type RequestAnswer,
  requestAnswer,
  requestList,
  requestState,
} from '#lib/wire/request'
import { outcomeAnswer } from '#lib/wire/token'
import { type Answer, type ApiRoute, route } from './call'
import { readCursor, writeCursor } from './cursor'
import { NAMES_THE_RUN, RUN_KEY, SUBMIT_REFUSES } from './run-key'

const POLL_HEADERS = { 'Retry-After': 'Seconds until the next poll, at least.' }
const GRANT_ENDED = ['grant_lapsed', 'grant_revoked', 'grant_burnt'] as const

const submit: ApiRoute = {
  ...route({
    method: 'post',
    path: '/v1/requests',
    operationId: 'submitRequest',
    summary: 'Submit a contract for a decision',
    scopes: ['submit'],
    query: z.strictObject({
      supersedes: z
        .string()
        .max(40)
        .describe('An earlier request of this caller, whose place this one takes.')
        .optional(),
    }),
    headers: NAMES_THE_RUN,
    answers: {
      200: { description: 'ALLOW (a grant exists) or DENY.', schema: requestAnswer },
      202: {
        description: 'DEFER: held as a ticket. Wait for it.',
        schema: requestAnswer,
        headers: POLL_HEADERS,
      },
    },
    refuses: [...SUBMIT_REFUSES, 'not_found', 'ticket_closed', 'ticket_expired', ...GRANT_ENDED],
    handle: async ({ runtime, credential, query, body, header }) => {
      const contract = body as Contract
      const idempotencyKey = header('idempotency-key')
      if (idempotencyKey !== undefined && !RUN_KEY.test(idempotencyKey)) {
        return refuse('invalid_body', {
          detail: 'Idempotency-Key takes 1 to 200 visible ASCII characters.',
        })
      }
      if (idempotencyKey !== undefined && (contract.run_id ?? idempotencyKey) !== idempotencyKey) {
        return refuse('invalid_body', {
          detail: 'Idempotency-Key and run_id both name the run and differ. Send one, or the same.',
        })
      }
      if (query.supersedes !== undefined && !isId('req', query.supersedes))
        return refuse('not_found')
      const submitted = await submitRequest(runtime, {
        contract,
        callerId: credential.caller.id,
        keyId: credential.keyId,
        runKey: idempotencyKey ?? contract.run_id ?? null,
        supersedes: query.supersedes ?? null,
      })
      if (!submitted.ok) return submitted
      return await answerRequest(runtime, submitted.value.requestId, credential.caller.id)
    },
  }),
  body: {
    description: 'The execution contract, hashed as received. Unknown members are refused.',
    schema: contractBody,
    read: readContract,
  },
}

const get = route({
  method: 'get',
  path: '/v1/requests/{id}',
  operationId: 'getRequest',
  summary: 'Read a request, or wait until it is no longer open',
  scopes: ['submit', 'collect'],
  query: z.strictObject({
    wait: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_WAIT_SECONDS)
      .describe('Answer when it is no longer open, or after so many seconds.')
      .default(0),
  }),
  answers: {
    200: {
      description: 'The request as it stands.',
      schema: requestAnswer,
      headers: POLL_HEADERS,
    },
  },
  refuses: [],
  handle: async ({ readRequest, listener, credential, params, query, signal }) => {
    const requestId = params['id'] ?? ''
    const owner = { requestId, callerId: credential.caller.id }
    const wait = new AbortController()
    // Listening starts before the read, so a change in between is not missed.
    const change = listener.wait(requestId, {
      timeoutMs: query.wait * 1000,
      signal: AbortSignal.any([signal, wait.signal]),
    })
    const before = await readRequest(owner)
    if (before?.state !== 'open' || query.wait === 0) {
      wait.abort()
      return before ? ok(answer(before, 200)) : refuse('not_found')
    }
    await change
    // Read again however the wait ended: a change whose announcement was lost is told now, not at the next poll.
    const after = signal.aborted ? before : await readRequest(owner)
    return ok(answer(after ?? before, 200))
  },
})

const list = route({
  method: 'get',
  path: '/v1/requests',
  operationId: 'listRequests',
  summary: "List the caller's requests, newest first",
  scopes: ['submit'],
  query: z.strictObject({
    state: requestState.optional(),
    cursor: z.string().max(200).describe('`next_cursor` of the page before.').optional(),
    limit: z.coerce.number().int().min(1).max(100).describe('Most items of a page.').default(50),
  }),
  answers: { 200: { description: 'One page.', schema: requestList } },
  refuses: [],
  handle: async ({ runtime, credential, query }) => {
    const before = readCursor(query.cursor)
    if (!before.ok) return before
    const requests = await listRequests(runtime, {
      callerId: credential.caller.id,
      state: query.state ?? null,
      limit: query.limit,
      before: before.value,
    })
    const last = requests.length === query.limit ? requests.at(-1) : undefined
    const body = { items: requests.map(listItem), next_cursor: last ? writeCursor(last) : null }
    return ok({ status: 200, body })
  },
})

const evidence = route({
  method: 'post',
  path: '/v1/requests/{id}/evidence',
  operationId: 'addEvidence',
  summary: "Attach the caller's own evidence, where the policy takes it from callers",
  scopes: ['submit'],
  body: { description: 'A type and its body.', schema: evidenceSubmission },
  answers: { 200: { description: 'Recorded.', schema: evidenceAnswer } },
  refuses: ['evidence_not_allowed', 'evidence_invalid', 'ticket_closed', 'ticket_expired'],
  handle: async ({ runtime, credential, params, body }) => {
    const added = await addEvidence(runtime, {
      requestId: params['id'] ?? '',
      actor: { kind: 'caller', id: credential.caller.id, keyId: credential.keyId },
      type: body.type,
      body: body.body,
      channel: 'api',
    })
    if (!added.ok) return added
    const { evidenceId, sha256 } = added.value
    return ok({ status: 200, body: { evidence_id: evidenceId, sha256 } })
  },
})

const cancel = route({
  method: 'post',
  path: '/v1/requests/{id}/cancel',
  operationId: 'cancelRequest',
  summary: 'Take an open request back',
  scopes: ['submit'],
  body: { description: 'Why, if there is something to say.', schema: cancelBody },
  answers: { 200: { description: 'Cancelled; nothing will run.', schema: requestAnswer } },
  refuses: ['ticket_closed', 'ticket_expired'],
  handle: async ({ runtime, credential, params, body }) => {
    const requestId = params['id'] ?? ''
    const cancelled = await cancelRequest(runtime, {
      requestId,
      actor: { kind: 'caller', id: credential.caller.id, keyId: credential.keyId },
      reason: body.reason ?? null,
    })
    if (!cancelled.ok) return cancelled
    return await answerRequest(runtime, requestId, credential.caller.id)
  },
})

const outcome = route({
  method: 'post',
  path: '/v1/requests/{id}/outcome',
  operationId: 'reportOutcome',
  summary: 'Report how the action ended',
  scopes: ['report'],
  body: { description: 'The outcome, and detail for people.', schema: outcomeBody },
  answers: { 200: { description: 'Recorded.', schema: outcomeAnswer } },
  refuses: ['not_ready', 'already_decided', 'ticket_closed', 'ticket_expired', ...GRANT_ENDED],
  handle: async ({ runtime, credential, params, body }) => {
    const requestId = params['id'] ?? ''
    const reported = await reportOutcome(runtime, {
      requestId,
      callerId: credential.caller.id,
      keyId: credential.keyId,
      outcome: body.outcome,
      detail: body.detail ?? null,
    })
    if (!reported.ok) return reported
    return ok({ status: 200, body: { request_id: requestId, outcome: reported.value.outcome } })
  },
})

export const requestRoutes: ApiRoute[] = [submit, get, list, evidence, cancel, outcome]

async function answerRequest(
  runtime: Runtime,
  requestId: string,
  callerId: string,
): Promise<Result<Answer>> {
  const request = await getRequest(runtime, { requestId, callerId })
  if (!request) return refuse('not_found')
  return ok(answer(request, request.state === 'open' ? 202 : 200))
}

function answer(request: RequestAnswer, status: 200 | 202): Answer {
  const { poll } = request
  return {
    status,
    body: request,
    ...(poll && { headers: { 'retry-after': String(poll.retry_after_seconds) } }),
  }
}

function listItem(request: RequestAnswer) {
  const { requirements: _r, issues: _i, poll: _p, closed: _c, ...item } = request
  return item
}
