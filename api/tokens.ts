import { collectToken } from '#lib/commands/grant/collect-token'
import { redeemToken } from '#lib/commands/grant/redeem-token'
import { isRefusalCode, REFUSALS, type RefusalCode, refusalEntry } from '#lib/core/refusals'
import { ok } from '#lib/core/result'
import { redeemAnswer, redeemBody, tokenAnswer } from '#lib/wire/token'
import { type ApiRoute, route } from './call'

/** Every reason that a redemption is refused for says what becomes of the grant; that it has ended needs no such word. */
const REDEEM_REFUSES: RefusalCode[] = [
  ...Object.keys(REFUSALS)
    .filter(isRefusalCode)
    .filter((code) => refusalEntry(code).disposition !== undefined),
  'grant_lapsed',
  'grant_revoked',
  'grant_burnt',
]

const collect = route({
  method: 'post',
  path: '/v1/requests/{id}/token',
  operationId: 'collectToken',
  summary: 'Collect the allow token of a released request',
  scopes: ['collect'],
  answers: { 200: { description: 'The same token until it expires.', schema: tokenAnswer } },
  refuses: [
    'not_ready',
    'ticket_closed',
    'ticket_expired',
    'already_redeemed',
    'grant_lapsed',
    'grant_revoked',
    'grant_burnt',
    'window_closed',
    'policy_tightened',
    'voter_ineligible',
    'old_generation',
    'decision_point_unavailable',
    'policy_unavailable',
  ],
  handle: async ({ runtime, credential, params }) => {
    const collected = await collectToken(runtime, {
      requestId: params['id'] ?? '',
      callerId: credential.caller.id,
      keyId: credential.keyId,
    })
    if (!collected.ok) return collected
    const { token, claims } = collected.value
    const body = {
      request_id: claims.sub,
      token,
      jti: claims.jti,
      expires_at: new Date(claims.exp * 1000).toISOString(),
      obligations: claims.obligations,
    }
    return ok({ status: 200, body })
  },
})

const redeem = route({
  method: 'post',
  path: '/v1/tokens/redeem',
  operationId: 'redeemToken',
  summary: 'Redeem an allow token, once, right before the action runs',
  scopes: ['redeem'],
  body: { description: 'What is about to run, and what is seen of the world.', schema: redeemBody },
  answers: {
    200: {
      description: 'Run it now. Only this answer authorises execution.',
      schema: redeemAnswer,
    },
  },
  refuses: REDEEM_REFUSES,
  handle: async ({ runtime, credential, body }) => {
    const redeemed = await redeemToken(runtime, {
      token: body.token,
      call: {
        arguments: body.arguments,
        observed: body.observed,
        acknowledgedObligations: body.acknowledged_obligations,
        environment: body.environment,
      },
      nonce: body.nonce,
      callerId: credential.caller.id,
      keyId: credential.keyId,
      audience: credential.caller.audience,
    })
    if (!redeemed.ok) return redeemed
    const { requestId, redeemedAt, isReplay } = redeemed.value
    const answer = {
      ok: true,
      request_id: requestId,
      redeemed_at: new Date(redeemedAt).toISOString(),
      replay: isReplay,
    }
    return ok({ status: 200, body: answer })
  },
})

export const tokenRoutes: ApiRoute[] = [collect, redeem]
