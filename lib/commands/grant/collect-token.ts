import type { Json } from '#lib/core/contract/json'
import { ok, type Result, refuse } from '#lib/core/result'
import { legality } from '#lib/core/ticket/legal'
import { whyNotRun } from '#lib/core/ticket/may-run'
import { transition } from '#lib/core/ticket/transition'
import { type AllowClaims, readAllowClaims } from '#lib/core/token/claims'
import { makeAllowClaims } from '#lib/core/token/make-claims'
import { mintAllowToken } from '#lib/core/token/mint-token'
import type { Runtime } from '#lib/runtime'
import { askForRequest } from '../request/ask-decision-points'
import { type Held, transact } from '../transact'

export interface CollectInput {
  requestId: string
  callerId: string
  keyId: string
}

export interface Collected {
  token: string
  claims: AllowClaims
}

const JTI_BYTES = 16

/**
 * Hands out the allow token of a released request. Until it expires every collect gives the same claims; then a new jti
 * replaces it while the grant lives. Only claims are stored, never the token.
 */
export async function collectToken(
  runtime: Runtime,
  input: CollectInput,
): Promise<Result<Collected>> {
  const jti = Buffer.from(runtime.randomBytes(JTI_BYTES)).toString('base64url')
  // Nobody else asks about a request that is released: an answer that has aged since would shut the gate for good.
  await askForRequest(runtime, input.requestId)
  const collected = await transact<AllowClaims>(runtime, { requestId: input.requestId }, (held) =>
    collect(held, input, jti),
  )
  if (!collected.ok) return collected
  const signer = await runtime.keys.tokenSigner()
  return ok({ token: await mintAllowToken(collected.value, signer), claims: collected.value })
}

function collect(held: Held, input: CollectInput, jti: string) {
  if (held.rows.caller.id !== input.callerId) return { result: refuse('not_found'), events: [] }
  const legal = legality(held.ticket, 'collect')
  if (!legal.ok) return { result: legal, events: [] }
  const current = currentClaims(held)
  if (current) return { result: ok(current), events: [] }
  const claims = newClaims(held, jti)
  if (!claims.ok) return { result: claims, events: [] }
  const moved = transition(
    held.ticket,
    {
      kind: 'collect',
      actor: { kind: 'caller', id: input.callerId, keyId: input.keyId },
      jti,
      tokenExpiresAt: claims.value.exp * 1000,
    },
    held.now,
  )
  if (!moved.ok) return { result: moved, events: [] }
  return {
    result: ok(claims.value),
    events: moved.value,
    particulars: { claims: claims.value as unknown as Json },
  }
}

/** The token that is out and still good, if the grant may still be used at all. */
function currentClaims(held: Held): AllowClaims | null {
  const { grant } = held.ticket
  const isLive = grant?.state === 'collected' && held.now < grant.endsAt
  const isFresh = (grant?.tokenExpiresAt ?? 0) > held.now
  const isOurs = grant?.generation === held.rows.generation
  if (!isLive || !isFresh || !isOurs) return null
  const read = readAllowClaims(held.rows.grant?.claims ?? null)
  return read.ok ? read.claims : null
}

/** What a token for this request would say now, or why there is none. */
export function newClaims(held: Held, jti: string): Result<AllowClaims> {
  const { grant } = held.ticket
  if (!grant) return refuse('not_ready')
  if (grant.generation !== held.rows.generation) return refuse('old_generation')
  const evaluation = held.evaluateAt(held.now)
  const refusal = whyNotRun(evaluation)
  if (refusal) return refusal
  const counted = new Set(evaluation.countedVotes)
  return makeAllowClaims(
    {
      issuer: held.facts.domain,
      audience: held.rows.caller.audience,
      requestId: held.ticket.requestId,
      jti,
      contractDigest: held.facts.contractDigest,
      tools: held.contract.tools,
      environment: evaluation.environment,
      policyVersion: held.facts.pinnedPolicyVersion,
      decisionOrdinal: held.ticket.decisionOrdinal,
      approvals: held.ticket.votes
        .filter((vote) => counted.has(vote.id))
        .map((vote) => ({ voter: vote.person, at: vote.at, method: vote.method })),
      obligations: evaluation.obligations,
      generation: grant.generation,
      auditHead: held.rows.head?.hash ?? '',
      windowEndsAt: evaluation.windowEndsAt,
      executionWindowEndsAt: grant.endsAt,
    },
    held.now,
  )
}
