'use server'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { after } from 'next/server'
import { secretHash } from '#lib/auth/secret-hash'
import { askForLink as mailLink } from '#lib/commands/session/ask-for-link'
import { startPasskeySignIn } from '#lib/commands/session/start-passkey-sign-in'
import { getWeb } from '#lib/web'
import { askForLinkForm } from '#lib/wire/auth'
import { fromOurPage } from '../../_server/guarded'
import { type Answer, type NotDone, type Told, toldRefusal } from '../../_server/told'
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

const NO_ADDRESS = 'Type your whole e-mail address, such as mara@example.com.'
const NOT_AN_ADDRESS: NotDone = {
  ok: false,
  title: 'Not yet',
  text: NO_ADDRESS,
  fields: { email: NO_ADDRESS },
}
const NO_MAIL: NotDone = {
  ok: false,
  title: 'No mail is sent from here',
  text: 'Use another way to sign in, or ask an admin for a one-time link.',
}

/** Has a link mailed to whoever has this address. The answer is the same, and as fast, for everybody. */
export async function askForLink(sent: unknown): Promise<Told> {
  return fromOurPage<Told>(async () => {
    const { runtime } = getWeb()
    const form = askForLinkForm.safeParse(sent)
    const limited = await tooManyKnocks(
      'mail_link',
      form.success ? secretHash(form.data.email) : null,
    )
    if (limited) return limited
    if (runtime.mail === null) return NO_MAIL
    if (!form.success) return NOT_AN_ADDRESS
    // Whether anybody is looked for, found and written to begins when this answer has gone out.
    after(async () => {
      try {
        await mailLink(runtime, form.data)
      } catch (error) {
        runtime.log.error({ error }, 'a link that was asked for could not be made')
      }
    })
    return {
      ok: true,
      text: 'If somebody here has this address, a link is on its way to it. It signs in once, within 15 minutes.',
    }
  })
}
