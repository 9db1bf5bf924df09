'use client'

import { useEffect, useState } from 'react'
import { knock } from '../../_client/door'
import { useCeremony } from '../../_client/proof/use-ceremony'
import { keepWhereTo, takeWhereTo, withPlace } from '../../_client/where-to'
import { Button } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { type DoorFault, doorFault, PASSKEY_REFUSED } from '../door-faults'
import { startSignIn } from './actions'

/** Where one goes when nothing was asked for. */
const NOWHERE = '/inbox'

/** Passkey first; single sign-on where it is set up. Forms, because React keeps a press that came before it was ready. */
export function SignInWays({
  from,
  oidcName,
  fault,
}: {
  from: string
  oidcName: string | null
  /** Why single sign-on came back. */
  fault: DoorFault | null
}) {
  const ceremony = useCeremony()
  const [refused, setRefused] = useState(fault)
  const [busy, setBusy] = useState<'passkey' | 'oidc' | null>(null)
  const shown = ceremony.fault ?? refused

  useEffect(() => {
    if (from !== NOWHERE) keepWhereTo(withPlace(from))
  }, [from])

  async function byPasskey() {
    if (busy) return
    setRefused(null)
    setBusy('passkey')
    const why = await signInByPasskey(ceremony.ask, from)
    setRefused(why)
    setBusy(null)
  }

  async function byOidc() {
    if (busy) return
    setRefused(null)
    setBusy('oidc')
    const answer = await knock('signin/oidc', { callbackUrl: withPlace(from) })
    if (answer.isOpen) return location.assign(answer.href)
    setRefused(doorFault(answer.code))
    setBusy(null)
  }

  return (
    <div className="door-ways">
      {shown && (
        <Notice tone="stop" role="alert" isStacked lead={shown.lead}>
          {shown.text}
        </Notice>
      )}
      <form action={() => void byPasskey()}>
        <Button
          type="submit"
          size="large"
          isWide
          icon={busy === 'passkey' ? 'reload' : 'passkey'}
          isBusy={busy === 'passkey'}
        >
          {ceremony.isAsking ? 'Waiting for your passkey' : 'Sign in with a passkey'}
        </Button>
      </form>
      {oidcName && (
        <form action={() => void byOidc()}>
          <Button
            type="submit"
            size="large"
            isWide
            icon={busy === 'oidc' ? 'reload' : 'go'}
            isBusy={busy === 'oidc'}
          >
            Continue with {oidcName}
          </Button>
        </form>
      )}
      <noscript>
        <Notice tone="stop" lead="Signing in needs JavaScript.">
          Passkeys and one-time links do not work without it.
        </Notice>
      </noscript>
    </div>
  )
}

/** @returns why not; null when the page is left, or when the ceremony itself tells why not */
async function signInByPasskey(
  ask: ReturnType<typeof useCeremony>['ask'],
  from: string,
): Promise<DoorFault | null> {
  const started = await startSignIn().catch(() => null)
  if (!started) return doorFault('Unreachable')
  if (!started.ok) return { lead: `${started.title}.`, text: started.text }
  const assertion = await ask(started.value)
  if (!assertion) return null
  const answer = await knock('callback/passkey', { assertion: JSON.stringify(assertion) })
  if (!answer.isOpen) return doorFault(answer.code, PASSKEY_REFUSED)
  takeWhereTo()
  location.assign(withPlace(from))
  return null
}
