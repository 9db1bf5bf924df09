import { ok, type Result, refuse } from '../result'
import { instant, type TicketEvent } from './events'
import type { Grant, TicketCommand } from './types'

type Command<Kind extends TicketCommand['kind']> = Extract<TicketCommand, { kind: Kind }>

/**
 * Hands out a token at `now` (epoch ms). While the last one lives there is no event: the writer gives out the same
 * claims again, and the jti proposed is not used. After that a new jti replaces it.
 * @returns refusal `grant_lapsed`, or `window_closed` when there is no time left for a token
 * @throws RangeError when the token would outlive the grant: a fault of the caller
 */
export function collect(
  grant: Grant,
  { actor, jti, tokenExpiresAt }: Command<'collect'>,
  now: number,
): Result<TicketEvent[]> {
  if (now >= grant.endsAt) return refuse('grant_lapsed')
  if (grant.tokenExpiresAt !== null && now < grant.tokenExpiresAt) return ok([])
  if (tokenExpiresAt > grant.endsAt) throw new RangeError('A token may not outlive its grant')
  if (tokenExpiresAt <= now) {
    return refuse('window_closed', { detail: 'No time is left for a token now. Try again later.' })
  }
  const body = { jti, token_expires_at: instant(tokenExpiresAt), replaces: grant.jti }
  return ok([{ type: 'grant.collected', actor, body }])
}

/**
 * What the runtime says about a redeemed grant. Said again it changes nothing; `unknown` may later become a definite
 * outcome, a definite one is final.
 * @returns refusal `already_decided`
 */
export function report(
  grant: Grant,
  { actor, outcome, detail }: Command<'report'>,
): Result<TicketEvent[]> {
  if (grant.outcome === outcome) return ok([])
  if (grant.outcome !== null && grant.outcome !== 'unknown') {
    const detail = `The outcome was already reported as ${grant.outcome.replace('_', ' ')}.`
    return refuse('already_decided', { detail })
  }
  const body = { outcome, replaces: grant.outcome }
  return ok([{ type: 'grant.reported', actor, body, detail }])
}

/** Ends an unredeemed grant. @returns refusal `forbidden` */
export function revoke({ actor, mayRevoke, reason }: Command<'revoke'>): Result<TicketEvent[]> {
  return mayRevoke
    ? ok([{ type: 'grant.revoked', actor, body: { reason, superseded_by: null } }])
    : refuse('forbidden')
}

/** The execution window is over. A timer that fires early changes nothing. */
export function lapse(
  grant: Grant,
  { actor }: Command<'lapse'>,
  now: number,
): Result<TicketEvent[]> {
  if (now < grant.endsAt) return ok([])
  return ok([{ type: 'grant.lapsed', actor, body: { ends_at: instant(grant.endsAt) } }])
}
