'use server'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { startPasskeySignIn } from '#lib/commands/session/start-passkey-sign-in'
import { getWeb } from '#lib/web'
import { fromOurPage } from '../../_server/guarded'
import { type Answer, toldRefusal } from '../../_server/told'
import { tooManyKnocks } from '../../_server/too-many-knocks'

/** The challenge that any passkey of this site may answer. */
export async function startSignIn(): Promise<Answer<PublicKeyCredentialRequestOptionsJSON>> {
  return fromOurPage(async () => {
    const limited = await tooManyKnocks('ceremony', null)
    if (limited) return limited
    const started = await startPasskeySignIn(getWeb().runtime)
    return started.ok ? { ok: true, value: started.value.options } : toldRefusal(started.refusal)
  })
}
