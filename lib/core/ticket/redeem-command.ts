import { SECOND_MS } from '../durations'
import { ok, type Result, refuse } from '../result'
import type { TicketEvent } from './events'
import type { Grant, TicketCommand } from './types'

type Redeem = Extract<TicketCommand, { kind: 'redeem' }>

/** How long a runtime that did not hear its ok may ask for it again. */
export const REPLAY_MS = 60 * SECOND_MS

/**
 * The one atomic consume, at `now` (epoch ms). `command.refusal` is what the checks outside the grant's state found:
 * with one, the events only record it (`redeem.refused`, or `grant.burnt`) and the caller answers with that refusal.
 * Without one, `ok` means run, and only then. No events = the replay of the redemption that happened.
 *
 * Whoever holds an old or expired token can burn nothing: those are told before a burn is looked at.
 * @returns refusal `already_redeemed`, `token_replaced`, `grant_lapsed` or `expired`
 */
export function redeem(grant: Grant, command: Redeem, now: number): Result<TicketEvent[]> {
  const { actor, jti, nonceHash, refusal, checks } = command
  if (grant.state === 'redeemed') {
    const isReplayed = refusal === null && isReplay(grant, command, now)
    return isReplayed ? ok([]) : refuse('already_redeemed')
  }
  if (refusal !== null && refusal.disposition !== 'burn') {
    return ok([{ type: 'redeem.refused', actor, body: { jti, ...refusal } }])
  }
  if (jti !== grant.jti) return refuse('token_replaced')
  if (now >= grant.endsAt) return refuse('grant_lapsed')
  if (grant.tokenExpiresAt === null || now >= grant.tokenExpiresAt) return refuse('expired')
  if (refusal !== null) {
    return ok([{ type: 'grant.burnt', actor, body: { jti, code: refusal.code } }])
  }
  const body = { jti, key_id: actor.keyId, ...(checks && { checks }) }
  return ok([{ type: 'grant.redeemed', actor, body, nonceHash }])
}

/**
 * Whether this is the same runtime asking again for the ok of its own redemption: same token, same key, same nonce,
 * within a minute. The world is not checked again for a replay, the token and the arguments are.
 */
function isReplay(
  grant: Grant,
  { jti, nonceHash, actor }: Pick<Redeem, 'jti' | 'nonceHash' | 'actor'>,
  now: number,
): boolean {
  return (
    grant.state === 'redeemed' &&
    grant.redeemedAt !== null &&
    now - grant.redeemedAt < REPLAY_MS &&
    jti === grant.jti &&
    nonceHash === grant.redeemNonceHash &&
    actor.keyId === grant.redeemedByKeyId
  )
}
