import { createHash } from 'node:crypto'
import { argumentsOf } from '#lib/core/contract/contract'
import { isJsonObject, type Json, type JsonObject } from '#lib/core/contract/json'
import { ok, type Result, refuse } from '#lib/core/result'
import { apply } from '#lib/core/ticket/apply'
import type { TicketEvent } from '#lib/core/ticket/events'
import { redeemChecks } from '#lib/core/ticket/redeem-checks'
import { transition } from '#lib/core/ticket/transition'
import type { Outcome, TicketCommand } from '#lib/core/ticket/types'
import type { Db } from '#lib/db/client'
import type { Runtime } from '#lib/runtime'
import { newClaims } from '../grant/collect-token'
import { type Held, transact, type Work } from '../transact'
import type { Deed, Place } from './deed'
import { deedOf, kindOfTool } from './deeds'
import { personOf } from './people'

const JTI_BYTES = 16
const MOST_AT_ONCE = 50

/** Released changes of the installation that nobody has applied yet. Callers' requests are their runtimes' to redeem. */
const RELEASED = `
SELECT g.request_id FROM grants g JOIN requests r ON r.id = g.request_id JOIN callers c ON c.id = r.caller_id
WHERE c.kind = 'console' AND g.state IN ('ready', 'collected') AND g.ends_at > clock_timestamp()
ORDER BY g.created_at LIMIT ${MOST_AT_ONCE}`

/** Applies every change that was released. One that cannot be applied now is tried again until its grant ends. */
export async function applyReleased(runtime: Runtime): Promise<void> {
  const due = await releasedChanges(runtime.db)
  const done = await Promise.allSettled(due.map((id) => applyChange(runtime, id)))
  const failed = done.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

async function releasedChanges(db: Db): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ request_id: string }[]>(RELEASED)
  return rows.map(({ request_id }) => request_id)
}

/**
 * Applies one released change, once: everything is checked again under the lock that tightening takes, and the grant is
 * redeemed in the transaction that writes the change. Where the change no longer fits, nothing is written but that it failed.
 * @returns refusals as of a redemption: `policy_tightened`, `voter_ineligible`, `not_ready`, …
 */
export function applyChange(
  runtime: Runtime,
  requestId: string,
): Promise<Result<{ outcome: Outcome }>> {
  const jti = Buffer.from(runtime.randomBytes(JTI_BYTES)).toString('base64url')
  return transact(runtime, { requestId, isTightening: true }, (held) =>
    redeemAndApply(runtime, held, jti),
  )
}

async function redeemAndApply(
  runtime: Runtime,
  held: Held,
  jti: string,
): Promise<Work<{ outcome: Outcome }>> {
  const { rows, contract, facts, now } = held
  if (rows.caller.kind !== 'console') return nothing(refuse('not_found'))
  if (held.policies.length === 0) return nothing(refuse('policy_unavailable'))
  if (!held.isIntact) return nothing(refuse('digest_mismatch'))
  const claims = newClaims(held, jti)
  if (!claims.ok) return nothing(claims)
  const evaluation = held.evaluateAt(now)
  const policies = held.policies.map(({ version }) => version)
  const checks = redeemChecks({ evaluation, facts, contract, claims: claims.value, policies })
  const actor = { kind: 'caller', id: rows.caller.id, keyId: rows.request.key_id } as const
  const nonceHash = createHash('sha256').update(jti).digest('hex')
  const taken = inTurn(held, [
    { kind: 'collect', actor, jti, tokenExpiresAt: claims.value.exp * 1000 },
    { kind: 'redeem', actor, jti, nonceHash, refusal: null, checks },
  ])
  if (!taken.ok) return nothing(taken)
  const applied = await perform(runtime, held)
  const outcome: Outcome = applied.ok ? 'succeeded' : 'failed'
  const detail = applied.ok ? null : (applied.refusal.detail ?? applied.refusal.code)
  const reported = inTurn({ ...held, ticket: taken.value.ticket }, [
    { kind: 'report', actor, outcome, detail },
  ])
  // A redemption that cannot be reported is a fault of ours: nothing of it is kept.
  if (!reported.ok) throw new Error(`A change could not be reported: ${reported.refusal.code}`)
  return {
    result: ok({ outcome }),
    events: [...taken.value.events, ...reported.value.events],
    particulars: { claims: claims.value as unknown as Json },
  }
}

/** What the hashed contract says, by the hand of whoever asked for it: they must still be allowed to ask. */
async function perform(runtime: Runtime, held: Held): Promise<Result<undefined>> {
  const { contract, rows, tx, now } = held
  const [tool = ''] = contract.tools
  const kind = contract.tools.length === 1 ? kindOfTool(tool) : null
  const args = argumentsOf(contract, tool)
  if (kind === null || !isJsonObject(args)) return refuse('change_outdated')
  const { policies, newId, sealer } = runtime
  const place = { tx, now, policies, newId, sealer }
  const deed = deedOf(kind)
  if (!(await mayAskStill(place, deed, args, rows.caller.owner_id))) {
    return refuse('change_outdated', { detail: 'Whoever asked for it may no longer do so.' })
  }
  const actor = { kind: 'person', id: rows.caller.owner_id } as const
  const told = { dual_control: 'on', request: rows.request.id } as const
  return await deed.apply(place, args, { actor, told })
}

async function mayAskStill(
  place: Place,
  deed: Deed,
  args: JsonObject,
  personId: string,
): Promise<boolean> {
  const person = await personOf(place.tx, personId)
  if (!person?.active) return false
  return person.roles.includes('admin') || ((await deed.isOwn?.(place, args, personId)) ?? false)
}

function inTurn(
  { ticket, now }: Pick<Held, 'ticket' | 'now'>,
  commands: TicketCommand[],
): Result<{ ticket: Held['ticket']; events: TicketEvent[] }> {
  const events: TicketEvent[] = []
  let after = ticket
  for (const command of commands) {
    const moved = transition(after, command, now)
    if (!moved.ok) return moved
    events.push(...moved.value)
    after = moved.value.reduce((before, event) => apply(before, event, now), after)
  }
  return ok({ ticket: after, events })
}

function nothing(result: Result<never>): Work<never> {
  return { result, events: [] }
}
