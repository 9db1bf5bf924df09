import { stepUp } from '#lib/auth/step-up'
import { type Contract, readContract } from '#lib/core/contract/contract'
import { contractDigest } from '#lib/core/contract/digest'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { lockTighten } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import { INSTALLATION_POLICY } from '#lib/policies/policy-book'
import type { Runtime } from '#lib/runtime'
import type { FactorProof } from '#lib/wire/auth'
import type { ChangeForm } from '#lib/wire/change'
import { submitRequest } from '../request/submit-request'
import { consoleCaller } from './console-caller'
import type { Place, Prepared } from './deed'
import { deedOf, toolOf } from './deeds'
import { dualControl } from './dual-control'
import { adminsWithFactor } from './people'

export interface MakeChangeInput {
  personId: string
  change: ChangeForm
  /** A factor of that person's, for this very change. */
  proof: FactorProof | null
}

/**
 * `applied`: it is so now. `proposed`: a ticket holds it until another admin approves, and then it is applied.
 * `secret` is told here, once, either way.
 */
export type ChangeMade = { secret?: string } & (
  | { state: 'applied'; dualControl: 'off' | 'not_needed' }
  | { state: 'proposed'; requestId: string }
)

type Step = { secret?: string } & (
  | { state: 'applied'; dualControl: 'off' | 'not_needed' }
  | { state: 'held'; prepared: Prepared; callerId: string; keyId: string }
)

/**
 * Changes who may do what. What only takes is done at once. What gives needs a factor of the admin, and where dual control is on
 * it becomes a request like any other: another admin signs exactly that change, and a worker applies it once.
 * @returns refusals `forbidden`, `mfa_required` and those of a factor, `no_second_admin`, and those of the deed
 */
export async function makeChange(
  runtime: Runtime,
  input: MakeChangeInput,
): Promise<Result<ChangeMade>> {
  const step = await inTransaction(runtime.db, (tx) => firstStep(runtime, tx, input))
  if (!step.ok) return step
  const { value } = step
  const secret = value.secret === undefined ? {} : { secret: value.secret }
  if (value.state === 'applied') return ok({ ...value })
  const read = contractOf(input.change, value.prepared)
  if (!read.ok) return tooLarge()
  const contract = read.value
  const open = await sameOpen(runtime, value.callerId, contract)
  if (open !== null) return ok({ state: 'proposed', requestId: open, ...secret })
  const submitted = await submitRequest(runtime, {
    contract,
    callerId: value.callerId,
    keyId: value.keyId,
    runKey: null,
    supersedes: null,
    policyName: INSTALLATION_POLICY,
  })
  if (!submitted.ok) return submitted
  return ok({ state: 'proposed', requestId: submitted.value.requestId, ...secret })
}

async function firstStep(
  runtime: Runtime,
  tx: Tx,
  { personId, change, proof }: MakeChangeInput,
): Promise<Result<Step>> {
  // Releases and redemptions under way finish first, and the next see the change.
  await lockTighten(tx)
  const now = runtime.now()
  const { policies, newId, sealer } = runtime
  const place: Place = { tx, now, policies, newId, sealer }
  const deed = deedOf(change.kind)
  const person = await tx.person.findUnique({ where: { id: personId, active: true } })
  if (person === null) return refuse('unauthenticated')
  const isAdmin = person.roles.includes('admin')
  if (!isAdmin && !(await deed.isOwn?.(place, { ...change }, personId))) {
    await tellRefused(tx, personId, change, now)
    return refuse('forbidden', { detail: 'Only an admin may do this.' })
  }
  const prepared = await deed.prepare(place, change)
  if (!prepared.ok) return prepared
  const { args, isLoosening } = prepared.value
  const actor = { kind: 'person', id: personId } as const
  const secret = prepared.value.secret === undefined ? {} : { secret: prepared.value.secret }
  if (!isLoosening) {
    const told = { dual_control: 'not_needed', request: null } as const
    const applied = await deed.apply(place, args, { actor, told })
    return applied.ok ? ok({ state: 'applied', dualControl: 'not_needed', ...secret }) : applied
  }
  const proved = await stepUp(
    runtime,
    tx,
    { personId, proof, action: { action: 'change', change } },
    now,
  )
  if (!proved.ok) return proved
  if (proved.value === null) {
    const detail = 'This takes a confirmed factor of yours. Add one on your account page first.'
    return refuse('mfa_required', { detail })
  }
  if ((await dualControl(tx, personId, now)) === 'off') {
    const told = { dual_control: 'off', request: null } as const
    const applied = await deed.apply(place, args, { actor, told })
    if (!applied.ok) return applied
    const body = { person: personId, change: change.kind }
    const loud = { stream: 'installation', type: 'dual_control.off', actor, body }
    await appendEvents(tx, [loud], now)
    return ok({ state: 'applied', dualControl: 'off', ...secret })
  }
  if ((await adminsWithFactor(tx, personId)).length === 0) return refuse('no_second_admin')
  const caller = await consoleCaller(runtime, tx, person, now)
  return ok({ state: 'held', prepared: prepared.value, ...caller, ...secret })
}

function contractOf(change: ChangeForm, { args, goal }: Prepared) {
  const tool = toolOf(change.kind)
  return readContract(
    JSON.stringify({
      goal,
      tools: [tool],
      arguments: { [tool]: args },
      side_effects: ['Changes who may do what in Countersign'],
    }),
  )
}

/** All else in it was checked before. */
function tooLarge(): Result<never> {
  const detail =
    'This is more than a ticket can show. Whoever runs the installation does it on its own machine.'
  return refuse('body_too_large', { detail })
}

/** Pressing twice asks once: the same change, still held. */
async function sameOpen(
  { db, installation: { domain } }: Runtime,
  callerId: string,
  contract: Contract,
): Promise<string | null> {
  const { digest } = contractDigest({ domain, caller: callerId, contract })
  const row = await db.request.findFirst({
    where: { callerId, state: 'open', contractDigest: digest },
    select: { id: true },
  })
  return row?.id ?? null
}

async function tellRefused(
  tx: Tx,
  personId: string,
  { kind }: ChangeForm,
  now: number,
): Promise<void> {
  const actor = { kind: 'person', id: personId } as const
  const stream = `person:${personId}`
  await appendEvents(tx, [{ stream, type: 'change.refused', actor, body: { kind } }], now)
}
