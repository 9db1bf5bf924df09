'use server'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { startStepUp } from '#lib/commands/factor/start-step-up'
import { getWeb } from '#lib/web'
import { stepUpAction } from '#lib/wire/auth'
import { guardedFactor } from './guarded'
import { type Answer, toldRefusal, UNREADABLE } from './told'
import { tooManyKnocks } from './too-many-knocks'

/** The challenge that a passkey signs for one deed that asks for a factor, and for no other. */
export async function startProof(
  sent: unknown,
): Promise<Answer<PublicKeyCredentialRequestOptionsJSON>> {
  return await guardedFactor(async ({ personId }) => {
    const action = stepUpAction.safeParse(sent)
    if (!action.success) return UNREADABLE
    const limited = await tooManyKnocks('ceremony', personId)
    if (limited) return limited
    const started = await startStepUp(getWeb().runtime, { personId, action: action.data })
    return started.ok ? { ok: true, value: started.value.options } : toldRefusal(started.refusal)
  })
}
