import { canonical } from '#lib/core/contract/canonical'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import type { FactorProof, FactorRef, StepUpAction } from '#lib/wire/auth'
import { confirmedFactors, factorKey } from './factors'
import { checkPasskey } from './passkey'
import type { AuthRuntime } from './runtime'
import { checkTotp } from './totp'

/** What a passkey is asked for when a person changes factors, as stored with the challenge. */
export interface StepUpPayload {
  type: 'countersign/step-up'
  v: 1
  person: string
  /** One text for the action and what it is about. */
  act: string
}

export function stepUpPayload(personId: string, action: StepUpAction): StepUpPayload {
  const act = canonical({ action: action.action, about: aboutOf(personId, action) })
  return { type: 'countersign/step-up', v: 1, person: personId, act }
}

function aboutOf(personId: string, action: StepUpAction): string {
  if ('factor' in action) return factorKey(action.factor)
  if ('personId' in action) return action.personId
  if (action.action === 'change') return canonical(action.change)
  if (action.action !== 'link_slack') return personId
  const { enterpriseId, teamId, userId } = action.user
  return [enterpriseId, teamId, userId].join('/')
}

export interface StepUp {
  personId: string
  /** null: the person offered none. */
  proof: FactorProof | null
  action: StepUpAction
}

/**
 * Changing factors, making recovery codes and linking a Slack user need a factor, wherever the person has a confirmed one: a stolen session alone
 * changes nothing that outlives it.
 * @returns the factor that vouched, or null where there is none that could
 */
export async function stepUp(
  runtime: Pick<AuthRuntime, 'config' | 'installation' | 'sealer'>,
  tx: Tx,
  { personId, proof, action }: StepUp,
  now: number,
): Promise<Result<FactorRef | null>> {
  if ((await confirmedFactors(tx, personId)).length === 0) return ok(null)
  if (proof === null) {
    return refuse('mfa_required', { detail: 'Prove with a factor you have that this is you.' })
  }
  return await checkProof(runtime, tx, { personId, proof, action }, now)
}

/**
 * A person proves with a confirmed factor that it is them who changes factors. A passkey signs the very action; a code is
 * bound to it by this server. Uses the factor up in this transaction: commit it, refused or not.
 * @returns the factor that vouched
 */
async function checkProof(
  runtime: Pick<AuthRuntime, 'config' | 'installation' | 'sealer'>,
  tx: Tx,
  input: StepUp & { proof: FactorProof },
  now: number,
): Promise<Result<FactorRef>> {
  const { personId, proof, action } = input
  const anyConfirmed = Number.POSITIVE_INFINITY
  if (proof.kind === 'totp') {
    const attempt = { personId, method: 'totp', purpose: 'step_up' } as const
    const use = { personId, code: proof.code, confirmedBefore: anyConfirmed, attempt }
    const checked = await checkTotp(runtime, tx, use, now)
    return checked.ok ? ok({ kind: 'totp', personId }) : checked
  }
  const expected = canonical(stepUpPayload(personId, action))
  const checked = await checkPasskey(
    runtime,
    tx,
    {
      assertion: proof.assertion,
      purpose: 'step_up',
      personId,
      confirmedBefore: anyConfirmed,
      isFor: (payload) => canonical(payload) === expected,
    },
    now,
  )
  return checked.ok ? ok({ kind: 'passkey', id: checked.value.passkeyId }) : checked
}
